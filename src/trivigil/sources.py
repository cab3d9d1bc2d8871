"""Sources: the files that users name, found, bounded and decoded, before any reader sees them.

What is wrong with one file is a value (`Source.problem`), so that the other files are still read; a
name that stands for no file at all is a SourceError, because there is nothing to carry it.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from io import BufferedIOBase

MAX_BYTES: Final = 1 << 30
"""The largest document that is read as a whole, in bytes (1 GiB). Streams have no such limit."""
HEAD_BYTES: Final = 1 << 16
"""How much of a file recognition may look at."""
BLOCK_BYTES: Final = 1 << 18
"""How much of a stream is in memory at once; with more, what is made of it leaves the processor's cache."""
MAX_LINE: Final = 1 << 24
"""The longest line of a stream (16 MiB)."""
MAX_RATIO: Final = 250
"""How many times its size a gzip file may unpack to; raw samples of load tools reach about 40."""
FREE_BYTES: Final = 1 << 26
"""Below this (64 MiB) no ratio is asked for: what repeats itself packs well."""

_TOOL = re.compile(r"([a-z0-9_-]+)=(.+)", re.DOTALL)
_MAGIC = re.compile(r"[*?\[]")
_UTF8_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_HEADER, _TRAILER = 10, 8
"""Bytes of a gzip member around what is packed (RFC 1952)."""
_WIDE_BOMS = (  # the longer ones first: a UTF-32 mark begins like a UTF-16 mark
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class Source(NamedTuple):
    """One file that may hold results; nothing but its first bytes has been read."""

    path: str
    """As it is shown: forward slashes, relative to the working directory where it lies below it."""
    file: str
    """Where it really is."""
    tool: str | None
    """The tool the user named in `TOOL=PATH`."""
    size: int
    head: bytes
    """Its first bytes, without a mark of UTF-8; of a gzip file, those inside it."""
    problem: str | None = None
    """Why it cannot be read, as a sentence with the path in it; None where it can."""
    packed: bool = False
    """Whether it is gzip, which is looked into and unpacked as it is read."""


def find(
    specs: Sequence[str], *, directory: str, fence: Sequence[str] | None = None
) -> tuple[Source, ...]:
    """The files that `[tool=]glob` specs name, sorted by path, each once.

    Relative names start at `directory`; `**` stands for any number of folders. With a `fence`,
    files outside all of its folders (symbolic links followed) are problems. Raises SourceError
    for a glob that matches no file.
    """
    found: dict[str, Source] = {}
    for spec in specs:
        tool, pattern = _split(spec, directory)
        for name in _matches(pattern, directory):
            source = _source(name, tool, directory, fence)
            earlier = found.get(source.file)
            if earlier is None or (earlier.tool is None and tool is not None):
                found[source.file] = source
    return tuple(sorted(found.values(), key=lambda source: source.path))


def _split(spec: str, directory: str) -> tuple[str | None, str]:
    """`locust=run.csv` apart; a file that exists with `=` in its name is a file."""
    if not spec.strip() or "\0" in spec:
        raise SourceError(
            "a result file is named by an empty text.", tip="Name a file or a pattern."
        )
    match = _TOOL.fullmatch(spec)
    if match is None or os.path.lexists(os.path.join(directory, spec)):
        return None, spec
    return match.group(1), match.group(2)


def _matches(pattern: str, directory: str) -> Iterable[str]:
    """The files of a glob, or the one name that is not a glob, whether or not it exists."""
    if not _MAGIC.search(pattern) or os.path.lexists(os.path.join(directory, pattern)):
        return (pattern,)
    from glob import glob

    names = glob(pattern, root_dir=directory, recursive=True)
    files = [name for name in names if not os.path.isdir(os.path.join(directory, name))]
    if not files:
        what = "only folders match" if names else "no file matches"
        raise SourceError(
            f"{what} `{printable(pattern)}` in {printable(directory)}.",
            tip="Check the pattern, and that the tool ran and wrote its files there.",
        )
    return files


def _source(name: str, tool: str | None, directory: str, fence: Sequence[str] | None) -> Source:
    place = os.path.abspath(os.path.join(directory, name))
    file = os.path.realpath(place)
    source = Source(_shown(name, place, os.path.abspath(directory)), file, tool, 0, b"")
    if fence is not None and not any(_below(file, os.path.realpath(root)) for root in fence):
        return _unusable(source, "lies outside the workspace.", "Copy it into the workspace.")
    try:
        return _opened(source)
    except FileNotFoundError:
        tip = "Check the name, and that the tool wrote it."
        return _unusable(source, "does not exist.", tip)
    except OSError as error:
        return _unusable(source, f"cannot be read: {error.strerror or 'unknown error'}.")


def _opened(source: Source) -> Source:
    status = os.stat(source.file)
    source = source._replace(size=status.st_size)
    complaint = _complaint(source.path, status)
    if complaint is not None:
        return _unusable(source, *complaint)
    with open(source.file, "rb") as stream:
        head = stream.read(HEAD_BYTES)
    known = head.startswith(_GZIP) and len(head) > _HEADER + _TRAILER
    return _looked_into(source, head) if known else _begun(source, head)


def _looked_into(source: Source, head: bytes) -> Source:
    """A gzip file, known by its content; what only looks like gzip stays as it is."""
    import zlib

    try:
        # Without the checksum at its end, which may be wrong: reading is what says that.
        inside = zlib.decompressobj(wbits=31).decompress(head[:-_TRAILER], HEAD_BYTES)
    except zlib.error:
        return _begun(source, head)
    if not inside:
        tip = "The tool did not write it, or was stopped before it did."
        return _unusable(source, "is gzip with nothing inside.", tip)
    return _begun(source, inside)._replace(packed=True)


def _begun(source: Source, head: bytes) -> Source:
    return source._replace(head=head.removeprefix(_UTF8_BOM))


def _complaint(path: str, status: os.stat_result) -> tuple[str, str] | None:
    """What is wrong with a file before it is opened (opening a FIFO or a device may never end)."""
    if stat.S_ISDIR(status.st_mode):
        example = f"{path.rstrip('/')}/*.json"
        return "is a directory.", f"Name its files, for example {printable(example)}."
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file (a pipe, socket or device).", "Write the results into a file."
    if status.st_size == 0:
        return "is empty (0 bytes).", "The tool did not write it, or was stopped before it did."
    return None


def _unusable(source: Source, message: str, tip: str | None = None) -> Source:
    sentence = f"{printable(source.path)} {message}"
    return source._replace(problem=f"{sentence} {tip}" if tip else sentence)


def _shown(name: str, place: str, directory: str) -> str:
    inside = os.path.relpath(place, directory) if _below(place, directory) else name
    return inside.replace(os.sep, "/")


def _below(place: str, root: str) -> bool:
    return place == root or place.startswith(root.rstrip(os.sep) + os.sep)


def text(source: Source) -> str:
    """The whole file as text, its line ends untouched, a UTF-8 byte-order mark dropped.

    Raises SourceError for a source with a problem, and for text that is not UTF-8, with the line.
    """
    return _decode(_whole(source), source.path)


def octets(source: Source) -> bytes:
    """The same as the UTF-8 bytes that it is, for who decodes them without a text between. Raises the same."""
    data = _whole(source)
    if data.isascii() and b"\0" not in data:
        return data
    if b"\0" in data or wide(data) is not None or not _is_utf8(data):
        _decode(data, source.path)
    return data.removeprefix(_UTF8_BOM)


def _is_utf8(data: bytes) -> bool:
    """Whether it is UTF-8; looked at in pieces, because a text of it may be four times as large."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), BLOCK_BYTES):
            decoder.decode(data[start : start + BLOCK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _whole(source: Source) -> bytes:
    """The bytes of a file, within the limits of a document."""
    if source.problem is not None:
        raise SourceError(source.problem)
    limit = MAX_BYTES
    if source.size > limit:
        raise _too_large(source, f"({source.size / (1 << 30):.1f} GiB, the limit is 1 GiB)")
    if source.packed:
        limit = min(limit, _unpacked_limit(source))
    with reading(source), _open(source) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise _too_large(source, f"(more than {limit >> 20} MiB when it was read)")
    return data


def blocks(source: Source, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """A stream in blocks of whole lines, about BLOCK_BYTES each, unpacked where it is gzip.

    A byte-order mark is dropped; the last block may lack its line end. Memory stays flat whatever the
    size. `start` and `end` are where lines begin, in bytes of a file that is no gzip. Raises SourceError for a source with a problem, for a line beyond MAX_LINE, and, after
    everything before it was given, where the file cannot be read or unpacked any further.
    """
    if source.problem is not None:
        raise SourceError(source.problem)
    held: list[bytes | memoryview] = []  # joined once, so that nothing is copied twice
    size = line = 0
    failure = None
    try:
        for piece in _pieces(source, start, end):
            cut = piece.rfind(b"\n") + 1
            size, line = size + len(piece), len(piece) - cut + (0 if cut else line)
            if cut and size >= BLOCK_BYTES:
                yield b"".join((*held, memoryview(piece)[:cut]))
                held, size = [piece[cut:]], len(piece) - cut
                continue
            held.append(piece)
            if line > MAX_LINE:
                raise _endless(source)
    except SourceError as error:
        failure = error
    rest = b"".join(held)
    if failure is not None:
        rest = rest[: rest.rfind(b"\n") + 1]
    if rest:
        yield rest
    if failure is not None:
        raise failure


def texts(source: Source) -> Iterator[tuple[int, str]]:
    """The `blocks` as text, each with the number of its first line. Raises SourceError like `text`."""
    line = 1
    for block in blocks(source):
        yield line, decoded(source, line, block)
        line += block.count(b"\n")


def decoded(source: Source, line: int, block: bytes) -> str:
    """The text of a block, whose first line has this number. Raises SourceError like `text`."""
    try:
        return _decode(block, source.path)
    except SourceError as error:
        place = line - 1 + (error.line or 1)
        raise SourceError(error.message, path=error.path, line=place, tip=error.tip) from None


def _pieces(source: Source, start: int, end: int | None) -> Iterator[bytes]:
    limit = _unpacked_limit(source)
    total = start
    with reading(source), _open(source) as stream:
        if start:
            stream.seek(start)
        while piece := stream.read1(BLOCK_BYTES if end is None else min(BLOCK_BYTES, end - total)):
            yield piece if total else piece.removeprefix(_UTF8_BOM)
            total += len(piece)
            if source.packed and total > limit:
                raise _too_large(source, f"(more than {limit >> 20} MiB when unpacked)")


def _unpacked_limit(source: Source) -> int:
    return max(FREE_BYTES, MAX_RATIO * source.size)


def _open(source: Source) -> BufferedIOBase:
    if not source.packed:
        return open(source.file, "rb")
    import gzip

    return gzip.open(source.file, "rb")


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """What opening, reading and unpacking may raise, as a SourceError with the path."""
    import zlib

    try:
        yield
    except EOFError:
        raise SourceError("is cut: its gzip has no end.", path=source.path) from None
    except zlib.error:
        raise SourceError("is damaged: its gzip cannot be unpacked.", path=source.path) from None
    except OSError as error:  # gzip.BadGzipFile is one, without an errno
        reason = error.strerror or "its gzip is damaged"
        raise SourceError(f"cannot be read: {reason}.", path=source.path) from None


def _endless(source: Source) -> SourceError:
    return SourceError(f"a line is longer than {MAX_LINE >> 20} MiB.", path=source.path)


def _too_large(source: Source, how: str) -> SourceError:
    tip = "Name the tool's summary file instead of its raw log."
    return SourceError(f"is too large {how}.", path=source.path, tip=tip)


def wide(head: bytes) -> str | None:
    """`UTF-16` or `UTF-32` where the first bytes say so, else None."""
    return next((name for mark, name in _WIDE_BOMS if head.startswith(mark)), None)


def _decode(data: bytes, path: str) -> str:
    encoding = wide(data)
    if encoding is not None:
        raise SourceError(
            f"is {encoding} text, and only UTF-8 is read.",
            path=path,
            line=1,
            tip="Save it as UTF-8 (in PowerShell: `| Out-File -Encoding utf8`).",
        )
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        tip = "It is binary, or UTF-16 without a mark; save it as UTF-8 text."
        raise SourceError("holds a NUL byte.", path=path, line=line, tip=tip)
    try:
        return data.removeprefix(_UTF8_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _undecodable(error, path) from None


def _undecodable(error: UnicodeDecodeError, path: str) -> SourceError:
    line = error.object.count(b"\n", 0, error.start) + 1
    if error.reason == "unexpected end of data":
        return SourceError(
            "ends in the middle of a character: the file is cut.", path=path, line=line
        )
    found = f"is not UTF-8 (byte 0x{error.object[error.start]:02x})."
    return SourceError(found, path=path, line=line, tip="Save the file as UTF-8.")
