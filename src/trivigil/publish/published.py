"""What became of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trivigil.github.records import CheckRun
    from trivigil.github.refusal import Refusal
    from trivigil.publish.plan import Step


class Handed(NamedTuple):
    """A hand-over that is written and waits for its upload."""

    artifact: str
    path: str


class Published(NamedTuple):
    """Which channels were used, which GitHub refused, which were handed over or left alone, with reasons."""

    done: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[Step, ...] = ()
    handed_over: tuple[Step, ...] = ()
    """What a second workflow is to publish."""
    handover: Handed | None = None
    """The file for that workflow, where there is one."""
    urls: Mapping[str, str] = {}
    """By channel, where something can be looked at."""
    notes: tuple[str, ...] = ()
    run: CheckRun | None = None

    @property
    def comment_url(self) -> str | None:
        """The comment's address."""
        return self.urls.get("comment")

    @property
    def check_run_url(self) -> str | None:
        """The check run's address."""
        return self.urls.get("check-run")

    @property
    def issue_url(self) -> str | None:
        """The issue's address."""
        return self.urls.get("issue")

    def to_json(self) -> dict[str, object]:
        """For the `published` output and `publish-plan.json`."""
        return {
            "done": list(self.done),
            "refused": [
                {"channel": one.channel, "reason": one.reason, "permission": one.permission}
                for one in self.refused
            ],
            "handed_over": [_told(one) for one in self.handed_over],
            "skipped": [_told(one) for one in self.skipped],
            "notes": list(self.notes),
        }


def _told(step: Step) -> dict[str, str]:
    return {"channel": step.channel, "reason": step.reason}


def as_json(data: object) -> str:
    """JSON for people to read and programs to compare."""
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
