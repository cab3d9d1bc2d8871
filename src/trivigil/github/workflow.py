"""The runner's channels: commands, groups, masks, step outputs and the job summary.

The only place that imports actions_toolkit, and of it only `core`, when the first command is issued
inside Actions. This façade adds what core lacks: the runner's limits, harmless text, UTF-8, names
that cannot break the file, and a summary that stays below its limit. Commands go to standard error,
which the runner reads as well, so that standard output stays for `--json`. Outside Actions people
read plain lines. Limits: actions/runner, ExecutionContext.cs and FileCommandManager.cs.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, TextIO

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Level = Literal["error", "warning", "notice"]

PER_LEVEL: Final = 10
"""Annotations of one level that the runner keeps for a step; a composite action is one step."""
KEPT_BACK: Final[dict[Level, int]] = {"error": 2, "warning": 0, "notice": 0}
"""Of the runner's ten: the action's own verdict, and the runner's line about the exit code; both come last."""
MESSAGE_CHARS: Final = 4_096
SUMMARY_BYTES: Final = 1_000_000
"""Below the runner's 1 MiB, which counts what the file already holds."""
LEAST_SECRET: Final = 6
"""A shorter mask would blot out ordinary words everywhere in the log."""
LEAST_PATH: Final = 20
"""A shorter path of an address is an ordinary one, and no secret by itself."""

_OUTPUT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")


class Workflow:
    """The channels of one process. Counts what it issues, because the runner drops the rest."""

    def __init__(self, environ: Mapping[str, str], stream: TextIO | None = None) -> None:
        self._environ = environ
        self._stream = stream
        self._issued: dict[Level, int] = {"error": 0, "warning": 0, "notice": 0}
        self._kept_back = dict(KEPT_BACK)
        self._masked: set[str] = set()

    @property
    def in_actions(self) -> bool:
        """Whether a runner reads our output."""
        return self._environ.get("GITHUB_ACTIONS") == "true"

    def error(self, message: str, **place: str | int | None) -> None:
        """An error annotation; `place`: title, file, line, endLine, col, endColumn where known."""
        self.annotate("error", message, **place)

    def warning(self, message: str, **place: str | int | None) -> None:
        """A warning annotation."""
        self.annotate("warning", message, **place)

    def notice(self, message: str, **place: str | int | None) -> None:
        """A notice annotation."""
        self.annotate("notice", message, **place)

    def annotate(self, level: Level, message: str, **place: str | int | None) -> None:
        """One annotation; beyond the runner's limit for its level it becomes a line of the log."""
        text = printable(message, MESSAGE_CHARS)
        if not self.in_actions or self._issued[level] >= PER_LEVEL:
            self._line(f"{level}: {_shown_place(place)}{text}")
            return
        self._issued[level] += 1
        properties = {key: _property(value) for key, value in place.items() if value is not None}
        self._issue(level, properties, text)

    def keep_back(self, level: Level, count: int) -> None:
        """Leave at least so many of a level to what is said later, in whatever process."""
        self._kept_back[level] = max(self._kept_back[level], count)

    def room(self, level: Level) -> int:
        """How many annotations of a level the runner still keeps, without those that are kept back."""
        return max(PER_LEVEL - self._issued[level] - self._kept_back[level], 0)

    def debug(self, message: str) -> None:
        """A line that GitHub shows only where debug logging is on; nothing outside Actions."""
        if self.in_actions:
            self._issue("debug", {}, printable(message, MESSAGE_CHARS))

    def log(self, message: str) -> None:
        """A plain line for people."""
        self._line(printable(message, MESSAGE_CHARS))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Fold what is printed inside."""
        if not self.in_actions:
            self._line(printable(title))
            yield
            return
        self._issue("group", {}, printable(title))
        try:
            yield
        finally:
            self._issue("endgroup", {}, "")

    def mask(self, secret: str) -> None:
        """Hide a secret in the log, in all its forms. Before anything that may print it."""
        if not self.in_actions or secret in self._masked:
            return
        self._masked.add(secret)
        for form in derived(secret):
            self._issue("add-mask", {}, form)

    def output(self, name: str, value: str) -> None:
        """Set a step output. Does nothing where no runner gave a file for it."""
        if not _OUTPUT_NAME.fullmatch(name):
            raise InputError(f"{printable(name, 100)!r} is not a name for a step output")
        path = self._environ.get("GITHUB_OUTPUT")
        if path:
            from actions_toolkit import core

            text = core.prepare_key_value_message(name, value)
            _append(path, text.replace(os.linesep, "\n") + "\n")

    def summary_room(self) -> int:
        """How many bytes the job summary still takes."""
        path = self._environ.get("GITHUB_STEP_SUMMARY")
        try:
            held = os.stat(path).st_size if path else 0
        except OSError:
            held = 0
        return max(SUMMARY_BYTES - held, 0)

    def summary(self, markdown: str) -> bool:
        """Append to the job summary; False where there is none or no room for the whole text."""
        path = self._environ.get("GITHUB_STEP_SUMMARY")
        text = f"{markdown}\n"
        if not path or len(text.encode("utf-8", "replace")) > self.summary_room():
            return False
        _append(path, text)
        return True

    def _issue(self, command: str, properties: Mapping[str, str], message: str) -> None:
        from contextlib import redirect_stdout
        from io import StringIO

        from actions_toolkit import core

        # core writes to standard output with the platform's line end; caught, it goes out our way.
        caught = StringIO()
        with redirect_stdout(caught):
            core.issue_command(command, dict(properties), message)
        self._line(caught.getvalue().rstrip("\r\n"))

    def _line(self, text: str) -> None:
        stream = self._stream if self._stream is not None else sys.stderr
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()


def derived(secret: str) -> tuple[str, ...]:
    """The forms in which a secret may show: itself, its lines, its encodings, and what it is made of."""
    whole = secret.strip()
    if len(whole) < LEAST_SECRET:
        return ()
    forms = (
        whole,
        *(line.strip() for line in whole.splitlines()),
        *_base64(whole),
        *_credentials(whole),
        *_escaped(whole),
        *_of_an_address(whole),
    )
    return tuple(dict.fromkeys(form for form in forms if len(form) >= LEAST_SECRET))


def _base64(text: str) -> Iterator[str]:
    """Alone, and inside of a longer text, where it may begin at any of three places."""
    from base64 import b64encode, urlsafe_b64encode

    raw = text.encode("utf-8", "replace")
    for encoded in (b64encode(raw).decode(), urlsafe_b64encode(raw).decode()):
        yield encoded
        yield encoded.rstrip("=")
    for before in (0, 1, 2):
        # Only the groups of three bytes that hold nothing of what stands around.
        inner = raw[-before % 3 :]
        yield b64encode(inner[: len(inner) // 3 * 3]).decode()


def _credentials(text: str) -> Iterator[str]:
    """As `Authorization: Basic` carries it: as a password of the users that Git and GitHub use, or as the user."""
    from base64 import b64encode

    for pair in (f"x-access-token:{text}", f"oauth2:{text}", f":{text}", f"{text}:"):
        yield b64encode(pair.encode("utf-8", "replace")).decode()


def _escaped(text: str) -> Iterator[str]:
    """In an address, in a form, in JSON."""
    from json import dumps
    from urllib.parse import quote, quote_plus

    yield quote(text, safe="")
    yield quote(text)
    yield quote_plus(text)
    yield dumps(text)[1:-1]
    yield dumps(text, ensure_ascii=False)[1:-1]


def _of_an_address(text: str) -> Iterator[str]:
    """Of an address its password, its user with it, and the path that a webhook's secret stands in."""
    from urllib.parse import unquote, urlsplit

    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    if parts.password:
        user = f"{parts.username or ''}:{parts.password}"
        yield parts.password
        yield unquote(parts.password)
        yield from _base64(user)
        yield from _base64(unquote(user))
    local = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if len(local) >= LEAST_PATH:
        yield local


def _property(value: str | int) -> str:
    return printable(str(value), 255)


def _shown_place(place: Mapping[str, str | int | None]) -> str:
    file, line = place.get("file"), place.get("line")
    if not file:
        return ""
    where = f"{file}:{line}" if line else str(file)
    return f"{printable(where)}: "


def _append(path: str, text: str) -> None:
    with open(path, "a", encoding="utf-8", errors="replace", newline="") as file:
        file.write(text)
