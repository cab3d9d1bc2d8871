"""What the runner makes of the lines that a step prints: commands, masks, annotations, the log."""

from __future__ import annotations

import re
from typing import Final

from .annotations import Annotations
from .commands import COMMANDS, Command, parse
from .layout import LINUX, Layout

DISABLED: Final = frozenset({"set-env", "add-path"})
"""Refused since 2020 unless ACTIONS_ALLOW_UNSECURE_COMMANDS is set: an error, and the step fails."""
HIDDEN: Final = "***"
_LINE_END = re.compile(r"\r\n|\r|\n")


def lines(text: str) -> list[str]:
    """The lines of a text, by the three line ends that .NET knows and no others."""
    found = _LINE_END.split(text)
    return found if found[-1] else found[:-1]


class Masks:
    """Secrets that the log does not show (SecretMasker.cs).

    The runner also hides several encodings of each (HostContext.cs, value encoders); the model hides the value alone,
    so that a test sees what only an encoding would have hidden.
    """

    def __init__(self) -> None:
        self.values: list[str] = []

    def add(self, value: str) -> None:
        """Hide a value from now on."""
        if value and value not in self.values:
            self.values.append(value)

    def hide(self, text: str) -> str:
        """The text with every secret replaced; those that overlap are replaced together."""
        spans = sorted(
            (found.start(), found.start() + len(value))
            for value in self.values
            for found in re.finditer(f"(?={re.escape(value)})", text)
        )
        merged: list[tuple[int, int]] = []
        for start, end in spans:
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        for start, end in reversed(merged):
            text = text[:start] + HIDDEN + text[end:]
        return text


class Log:
    """The output of one step of the workflow, read line by line from both streams (OutputManager.cs)."""

    def __init__(self, masks: Masks, layout: Layout = LINUX, workspace: str = "") -> None:
        self.masks = masks
        self.lines: list[str] = []
        """What people see of it."""
        self.commands: list[Command] = []
        """What was obeyed, in its order."""
        self.annotations = Annotations()
        self.outputs: dict[str, str] = {}
        """By `set-output`, of the inner step that runs now."""
        self.state: dict[str, str] = {}
        self.failed = False
        """Whether a command fails the inner step that runs now."""
        self._layout = layout
        self._workspace = workspace
        self._token: str | None = None

    def begin(self) -> None:
        """Another inner step; commands that were stopped stay stopped (one manager a job)."""
        self.outputs, self.state, self.failed = {}, {}, False

    def read(self, output: str) -> None:
        """Everything that a process printed."""
        for line in lines(output):
            self.take(line)

    def take(self, line: str) -> None:
        """One line: a command, or text."""
        known = COMMANDS if self._token is None else {*COMMANDS, self._token}
        command = parse(line, known)
        if command is None or not self._obeyed(command):
            self.show(line)

    def show(self, text: str) -> None:
        """A line of the log, masked."""
        self.lines.append(self.masks.hide(text))

    def issue(self, level: str, message: str, **place: str) -> None:
        """An annotation, and its line in the log (ExecutionContext.cs, AddIssue)."""
        masked = self.masks.hide(message)
        self.annotations.add(
            level, masked, {key: self.masks.hide(one) for key, one in place.items()}
        )
        self.show(f"##[{level}]{message}")

    def _obeyed(self, command: Command) -> bool:
        """ActionCommandManager.cs, TryProcessCommand."""
        if self._token is not None:
            if command.name != self._token:
                return False
            self._token = None
            return True
        self.commands.append(command)
        if command.name == "stop-commands":
            self._token = command.data.lower()
        else:
            self._obey(command)
        return True

    def _obey(self, command: Command) -> None:
        name, place, data = command
        if name in {"error", "warning", "notice"}:
            self.issue(name, data, **self._placed(dict(place)))
        elif name in DISABLED:
            self.issue("error", f"The `{name}` command is disabled.")
            self.failed = True
        elif name == "add-mask":
            for value in (data, *lines(data)):
                self.masks.add(value)
        elif name == "set-output":
            self._keep(self.outputs, name, place.get("name", ""), data)
        elif name == "save-state":
            self._keep(self.state, name, place.get("name", ""), data)
        elif name == "group":
            self.show(f"##[group]{data}")

    def _keep(self, where: dict[str, str], command: str, name: str, value: str) -> None:
        if name:
            where[name] = value
        else:
            self.issue("error", f"Required field 'name' is missing in ##[{command}] command.")
            self.failed = True

    def _placed(self, place: dict[str, str]) -> dict[str, str]:
        if "file" in place and self._workspace:
            place["file"] = self._layout.relative(place["file"], self._workspace)
        return place
