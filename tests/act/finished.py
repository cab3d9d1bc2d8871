"""What an act run leaves: its exit status, its log as records, files, and what the steps said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

EXIT = "exit status "
"""How act begins the line after a step that failed."""
MASK = "add-mask"
"""The command that tells the runner what to hide; GitHub's runner does not show it."""


class Annotation(NamedTuple):
    """An `::error::` and its like: its level, message and properties (title, file, line)."""

    level: str
    message: str
    place: Mapping[str, str]


class Step(NamedTuple):
    """The `steps` context of one step, as a later step of the same job sees it."""

    outcome: str
    outputs: Mapping[str, str]

    @property
    def published(self) -> Any:
        """The output `published`."""
        return json.loads(self.outputs["published"])


class Finished(NamedTuple):
    """One act run that has ended."""

    code: int
    raw: str
    """Everything that act printed: one JSON object a line."""
    artifacts: Path
    """A folder an artifact."""
    written: Path
    """Files that later steps of the workflow wrote."""

    def step(self, name: str = "perf") -> Step:
        """What the step that the workflow calls so said."""
        said = json.loads((self.written / f"{name}.json").read_text(encoding="utf-8"))
        return Step(said["outcome"], said["outputs"])

    def text(self, name: str) -> str:
        """A file that a later step wrote."""
        return (self.written / name).read_text(encoding="utf-8")

    def log(self) -> str:
        """What the steps printed, commands in their raw form."""
        return "".join(
            entry.get("raw") or entry["msg"]
            for entry in self._entries()
            if (entry.get("raw_output") or entry.get("raw")) and entry.get("command") != MASK
        )

    def annotations(self, level: str) -> list[Annotation]:
        """The annotations of a level, in their order."""
        return [
            Annotation(level, entry.get("arg", ""), entry.get("kvPairs") or {})
            for entry in self._entries()
            if entry.get("command") == level
        ]

    def exit_status(self, step: str = "perf") -> int:
        """The exit status of what the workflow calls so, 0 where it did not fail."""
        said = [entry["msg"] for entry in self._entries() if entry.get("stepID") == [step]]
        assert said, f"no step {step}"
        return max((int(text[len(EXIT) :]) for text in said if text.startswith(EXIT)), default=0)

    def summary(self) -> str:
        """The job's summary."""
        return "".join(
            entry["content"] for entry in self._entries() if entry.get("command") == "summary"
        )

    def report(self, artifact: str = "trivigil-perf") -> Any:
        """The result file out of an artifact of one watch."""
        [path] = (
            path
            for path in (self.artifacts / artifact).iterdir()
            if path.name.endswith(("-analysis.json", "-results.json"))
        )
        return json.loads(path.read_text(encoding="utf-8"))

    def assert_hides(self, secret: str) -> None:
        """Fail where the secret stands in the log, the summary, an artifact or an output."""
        for entry in self._entries():
            shown = entry.get("command") != MASK and secret in json.dumps(entry)
            assert not shown, f"the token is in the log: {entry.get('step')}"
        for folder in (self.artifacts, self.written):
            for path in folder.rglob("*"):
                held = path.is_file() and secret.encode() in path.read_bytes()
                assert not held, f"the token is in {path.relative_to(folder)}"

    def __repr__(self) -> str:
        """Act's own words with the steps' output, as a failed test shows them."""
        lines = (str(entry.get("msg", "")).rstrip() for entry in self._entries())
        kept = [line for line in lines if line and not line.startswith("LocalRepositoryCache")]
        return f"act ended with {self.code}:\n" + "\n".join(kept)

    def _entries(self) -> Iterator[dict[str, Any]]:
        for line in self.raw.splitlines():
            if line.startswith("{"):
                yield json.loads(line)
