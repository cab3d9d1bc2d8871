"""A check function's own process: a clean environment, a group of its own, a time, and an end for all that it started.

Nothing secret is in its arguments or environment: what the check may know goes over standard input, what came of it comes back by a pipe.
"""

from __future__ import annotations

import json
import os
import selectors
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

MOST_PRINTED: Final = 64 * 1024
"""Bytes of what it prints that are kept: the last ones."""
MOST_TOLD: Final = 1024 * 1024
_MARK: Final = "TRIVIGIL_CHECK"
"""In the environment of all that a check starts, so that it is found again."""
_ROOT: Final = os.path.abspath(__file__).rsplit(os.sep, 5)[0]
_PROGRAM: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from trivigil.monitor.synthetic.py.child import main; main(int(sys.argv[2]))"
)
_PIECE: Final = 65536
_LOOK_S: Final = 0.5
"""Seconds after which it is looked whether the process is still there."""


class Ended(NamedTuple):
    """What came of a process."""

    told: Mapping[str, Any] | None
    """None where it ended without having said anything, or was stopped."""
    printed: str
    """The end of what it printed: the check's own text, and the site's."""
    late: bool = False
    """It was stopped because its time was over."""
    code: int | None = None


def run(given: Mapping[str, Any], environ: Mapping[str, str], limit: float) -> Ended:
    """Run one function within `limit` seconds; nothing of it is left behind."""
    import subprocess
    from tempfile import TemporaryDirectory

    mark = uuid4().hex
    reading, writing = os.pipe()
    try:
        with TemporaryDirectory(prefix="trivigil-check-", ignore_cleanup_errors=True) as home:
            process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", _PROGRAM, _ROOT, str(writing)],
                cwd=home,
                env=_environment(environ, home, mark),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
                start_new_session=True,
            )
            os.close(writing)
            writing = -1
            try:
                return _heard(process, json.dumps(given).encode(), reading, limit)
            finally:
                _end(process, mark)
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


def _environment(environ: Mapping[str, str], home: str, mark: str) -> dict[str, str]:
    """No token and no address of a receiver is in it."""
    return {
        "PATH": environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": home,
        "TMPDIR": home,
        _MARK: mark,
    }


def _heard(process: subprocess.Popen[bytes], given: bytes, reading: int, limit: float) -> Ended:
    """Write what is given, read what is printed and told, until the check has told it or the time is over."""
    assert process.stdin and process.stdout  # noqa: PT018, S101 (for the type checker)
    deadline = time.monotonic() + limit
    printed, told = bytearray(), bytearray()
    over = False
    with selectors.DefaultSelector() as ready:
        os.set_blocking(process.stdin.fileno(), False)
        ready.register(process.stdin, selectors.EVENT_WRITE)
        ready.register(process.stdout, selectors.EVENT_READ, printed)
        ready.register(reading, selectors.EVENT_READ, told)
        while not over:
            left = deadline - time.monotonic()
            if left <= 0:
                return Ended(None, _text(printed), late=True)
            events = ready.select(min(left, _LOOK_S))
            # A fork that it left behind holds the pipe open: its own end is the end then.
            over = not events and process.poll() is not None
            for key, _ in events:
                if key.fileobj is process.stdin:
                    given = _written(process, given, ready)
                    continue
                piece = os.read(key.fd, _PIECE)
                key.data.extend(piece)
                if not piece:
                    ready.unregister(key.fileobj)
                    over = over or key.fd == reading
            del printed[:-MOST_PRINTED]
            over = over or len(told) > MOST_TOLD
    with suppress(Exception):
        process.wait(1)
    return Ended(_read(told), _text(printed), code=process.poll())


def _written(
    process: subprocess.Popen[bytes], given: bytes, ready: selectors.BaseSelector
) -> bytes:
    """What is left to be written."""
    assert process.stdin  # noqa: S101 (for the type checker)
    try:
        given = given[os.write(process.stdin.fileno(), given) :]
    except BrokenPipeError:
        given = b""
    if not given:
        ready.unregister(process.stdin)
        process.stdin.close()
    return given


def _text(printed: bytearray) -> str:
    return printed.decode("utf-8", "replace")


def _read(told: bytearray) -> Mapping[str, Any] | None:
    try:
        found = json.loads(told) if 0 < len(told) <= MOST_TOLD else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# --- The end -------------------------------------------------------------------------------------


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill the process, its group, and what left the group: a browser begins one of its own."""
    import signal

    kill = getattr(signal, "SIGKILL", signal.SIGTERM)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, kill) if hasattr(os, "killpg") else process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with suppress(OSError):
                stream.close()
    for _ in range(5):
        found = _marked(f"{_MARK}={mark}".encode())
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, kill)
        if not found:
            return
        time.sleep(0.02)


def _marked(mark: bytes) -> list[int]:
    """Processes that still run with the mark in their environment; nobody's where the system does not tell."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if not name.isdecimal():
            continue
        with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
            if mark in file.read().split(b"\0"):
                found.append(int(name))
    return found
