"""The one file in an artifact's zip, read in memory as hostile data: nothing is extracted, nothing is guessed. Pure.

Zip readers differ in what they believe where a file contradicts itself (names with NUL, two directories, data before the
first header, sizes that lie), and that is how poisoned archives pass a check and then mean something else. So there is one
shape that is read, the one of actions/upload-artifact: a single member whose two headers agree, its data, and one directory,
without a gap. Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final, NamedTuple, NoReturn

from trivigil.core.errors import InputError

ROOM: Final = 4096
"""What the zip's own headers may add to the size of its member."""
MOST_RATIO: Final = 250
"""Reports of thousands of like results pack to a fiftieth; deflate's own limit is a thousandth."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_STORED, _DEFLATED = 0, 8
_DESCRIBED: Final = 0x0008
"""Flag: the sizes follow the data, because whoever wrote it did not know them before."""
_HARMLESS: Final = 0x0002 | 0x0004 | _DESCRIBED | 0x0800
"""Flags: how hard it was packed, sizes behind the data, names in UTF-8. None of encryption or patches."""
_REGULAR: Final = (0, 0o100000)
"""Kinds of Unix file: not said, and a plain file; not a link, a device, a folder."""
_FOLDER: Final = 0x10
_DESCRIPTORS: Final = (12, 16)
"""Bytes of the sizes behind the data, without and with a signature."""


class _Header(NamedTuple):
    """What both headers of a member say."""

    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    name: bytes


class _Entry(NamedTuple):
    """The directory's only entry."""

    header: _Header
    start: int
    """Where the directory begins, which is where the data ends."""
    kind: int
    folder: bool


def member(data: bytes, name: str, most: int) -> bytes:
    """The content of the only member, which must have exactly this name and at most so many bytes.

    Raises InputError for every other archive.
    """
    if len(data) > most + ROOM:
        _wrong(f"it is larger than the {most:,} bytes that a hand-over may have")
    entry = _directory(data)
    _admit(entry, name, most)
    packed = _body(data, entry)
    content = _unpacked(packed, entry.header)
    if len(content) != entry.header.size or zlib.crc32(content) != entry.header.checksum:
        _wrong("its content is not what its directory says")
    return content


def _directory(data: bytes) -> _Entry:
    """The end record, without comment and at the very end, and the one entry that fills its directory."""
    end = len(data) - _END.size
    if end < _LOCAL.size + _CENTRAL.size:
        _wrong("it is no zip, or cut short")
    mark, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, end)
    if mark != b"PK\5\6" or comment or disk or first_disk:
        _wrong("something follows its directory, or it is cut short")
    if (here, count) != (1, 1):
        _wrong(f"it has {count} members, and a hand-over has one")
    if start + size != end or size < _CENTRAL.size:
        _wrong("its directory is not where it says")
    fields = _CENTRAL.unpack_from(data, start)
    lengths = fields[10:13]
    if fields[0] != b"PK\1\2" or size != _CENTRAL.size + sum(lengths):
        _wrong("its directory holds more than one entry")
    if fields[13] or fields[16]:
        _wrong("its member does not begin where the archive does")
    name = data[start + _CENTRAL.size :][: lengths[0]]
    header = _Header(fields[3], fields[4], fields[7], fields[8], fields[9], name)
    return _Entry(header, start, fields[15] >> 16 & 0o170000, bool(fields[15] & _FOLDER))


def _admit(entry: _Entry, name: str, most: int) -> None:
    """Whether a member of this kind, name and size is read at all."""
    header = entry.header
    if header.name != name.encode("ascii"):
        _wrong(f"its member is not called {name}")
    if entry.kind not in _REGULAR or entry.folder:
        _wrong("its member is no plain file")
    if header.flags & ~_HARMLESS:
        _wrong("its member is encrypted, or of a kind that upload-artifact does not make")
    if header.method not in {_STORED, _DEFLATED}:
        _wrong("its member is packed by a method that upload-artifact does not use")
    if header.size > most:
        _wrong(f"its member is larger than the {most:,} bytes that a hand-over may have")
    if header.size > MOST_RATIO * max(header.packed, 1):
        _wrong(f"its member unpacks to more than {MOST_RATIO} times its size")


def _body(data: bytes, entry: _Entry) -> bytes:
    """The packed data: after a local header that says the same as the directory, and up to it."""
    fields = _LOCAL.unpack_from(data)
    if fields[0] != b"PK\3\4":
        _wrong("something stands before its member")
    known = entry.header
    begin = _LOCAL.size + fields[9] + fields[10]
    name = data[_LOCAL.size :][: fields[9]]
    described = bool(known.flags & _DESCRIBED)
    said = _Header(fields[2], fields[3], fields[6], fields[7], fields[8], name)
    if said != (known._replace(checksum=0, packed=0, size=0) if described else known):
        _wrong("its two headers contradict each other")
    gap = entry.start - begin - known.packed
    if gap not in (_DESCRIPTORS if described else (0,)):
        _wrong("there is more or less in it than its directory says")
    return data[begin : begin + known.packed]


def _unpacked(packed: bytes, header: _Header) -> bytes:
    if header.method == _STORED:
        return packed
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(packed, header.size + 1)
    except zlib.error:
        _wrong("its content is damaged")
    if not unpacker.eof or unpacker.unused_data:
        _wrong("its content is not what its directory says")
    return content


def _wrong(reason: str) -> NoReturn:
    raise InputError(f"the artifact's zip is refused: {reason}.")
