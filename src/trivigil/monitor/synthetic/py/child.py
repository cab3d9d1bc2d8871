"""The check's own process: `main(fd)` reads what is given on standard input, runs one function, and writes what came of it to `fd`.

It is people's code: what it prints, raises and leaves behind is dealt with by the process that started this one.
"""

from __future__ import annotations

import json
import os
import sys
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, Final

from trivigil.monitor.planned import Bounds

if TYPE_CHECKING:
    from types import TracebackType

    from .given import Site

_LONGEST: Final = 4000
_MOST: Final = 50


def main(descriptor: int) -> None:
    """Run what standard input says."""
    os.set_inheritable(descriptor, False)
    given = json.loads(sys.stdin.buffer.read())
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 -- as long as the process
    told = json.dumps(_told(given))
    sys.stdout.flush()
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as answers:
        answers.write(told)


def _told(given: dict[str, Any]) -> dict[str, Any]:
    from .given import Site

    bounds = Bounds(**given["bounds"])
    site = Site(bounds, given["total"], given["file"], given["chromium"])
    sys.path.append(os.path.dirname(given["file"]))  # last: it shadows nothing
    outcome = "broken"
    error: BaseException | None = None
    try:
        function = _function(given)
        outcome = "failed"
        function(site)
        outcome = "passed"
    except BaseException as raised:  # noqa: BLE001 -- also sys.exit and an interrupt: they are the check's
        error = raised
    return {"outcome": outcome, **_raised(error, given), **_seen(site)}


def _function(given: dict[str, Any]) -> Any:
    """The function of the file. Raises whatever the file raises."""
    from importlib.util import module_from_spec, spec_from_loader

    name = "trivigil_check"
    spec = spec_from_loader(name, loader=None, origin=given["file"])
    assert spec  # noqa: S101 (for the type checker)
    module = module_from_spec(spec)
    module.__file__ = given["file"]
    sys.modules[name] = module
    exec(compile(given["text"], given["file"], "exec"), module.__dict__)  # noqa: S102 -- that is its purpose
    return getattr(module, given["function"])


def _raised(error: BaseException | None, given: dict[str, Any]) -> dict[str, Any]:
    if error is None:
        return {}
    line, column = _place(error.__traceback__, given)
    return {
        "error": type(error).__name__,
        "asserted": isinstance(error, AssertionError),
        "by_status": type(error).__name__ == "HTTPStatusError",
        "message": _text(error),
        "line": line,
        "column": column,
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 -- a check's own exception may not even have a text
        return ""


def _place(trace: TracebackType | None, given: dict[str, Any]) -> tuple[int, int]:
    """The innermost line of the check file."""
    found = (0, 0)
    lines = given["text"].split("\n")
    for frame, line in walk_tb(trace):
        if frame.f_code.co_filename == given["file"]:
            found = line, _column(lines, line)
    return found


def _column(lines: list[str], line: int) -> int:
    """Where the statement begins."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return len(text) - len(text.lstrip()) + 1


def _seen(site: Site) -> dict[str, Any]:
    sender = site.sender
    return {
        "asked": site.asked,
        "undone": site.undone,
        "reason": site.reason,
        "warned": [(each.message[:_LONGEST], each.line) for each in site.warned[:_MOST]],
        "status": sender.status,
        "url": sender.url,
        "cause": sender.cause,
        "wall": sender.wall,
        "phases": list(sender.phases),
        "secrets": [*site.concealed, *sender.passwords],
    }
