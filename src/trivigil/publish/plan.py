"""The plan: for each channel, do or skip, with the reason. Pure.

What the event rules out is not tried. What only the server knows (a token's permissions cannot be
read) is tried once; a refusal is remembered for the run and becomes a reason here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.github.event import writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.github.refusal import Refusal

Channel = Literal["check-run", "comment", "annotations", "summary", "outputs"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
"""In the order of delivery: what GitHub refuses comes first, so that the rest can say so."""
CHOSEN: Final = frozenset(CHANNELS) - {"outputs"}
"""What the `publish` input can name; outputs are how the steps of an action talk."""


class Wanted(NamedTuple):
    """What the `publish` input asks for."""

    channels: frozenset[str] = CHOSEN
    explicit: bool = False
    """Whether the channels are named one by one, and not by `auto`."""


class Step(NamedTuple):
    """What happens to one channel, and why."""

    channel: Channel
    act: Literal["do", "skip"]
    reason: str
    refusal: Refusal | None = None
    """Where an earlier refusal in the same run is the reason."""


class Plan(NamedTuple):
    """One step for each channel, in the order of delivery."""

    steps: tuple[Step, ...]
    wanted: Wanted

    def step(self, channel: Channel) -> Step:
        """The step of a channel."""
        return next(step for step in self.steps if step.channel == channel)

    def does(self, channel: Channel) -> bool:
        """Whether the channel is to be used."""
        return self.step(channel).act == "do"


def parse_wanted(text: str) -> Wanted:
    """The `publish` input: `auto` (also when empty), `none`, or a list of channels.

    Raises InputError for a name that is no channel.
    """
    names = [name for name in text.replace(",", " ").split() if name]
    if not names or names == ["auto"]:
        return Wanted()
    if names == ["none"]:
        return Wanted(frozenset(), explicit=True)
    for name in names:
        if name not in CHOSEN:
            known = ", ".join(channel for channel in CHANNELS if channel in CHOSEN)
            raise InputError(
                f"{printable(name, 100)!r} is not a channel",
                key="publish",
                tip=f"Use auto, none, or some of: {known}.",
            )
    return Wanted(frozenset(names), explicit=True)


def plan(
    report: Report, event: Event | None, wanted: Wanted, refused: Mapping[str, Refusal]
) -> Plan:
    """What to do with a report under an event, given what GitHub refused earlier in this run."""
    check_run = _check_run(report, event, wanted, refused)
    steps = (
        check_run,
        _comment(event, wanted, refused),
        _annotations(event, wanted, check_run),
        _summary(event, wanted),
        Step("outputs", "do", "later steps read them"),
    )
    return Plan(steps, wanted)


def _check_run(
    report: Report, event: Event | None, wanted: Wanted, refused: Mapping[str, Refusal]
) -> Step:
    channel: Channel = "check-run"
    hindered = _hindered(channel, event, wanted, refused)
    return hindered or Step(channel, "do", f"on commit {_commit(event, report)}")


def _comment(event: Event | None, wanted: Wanted, refused: Mapping[str, Refusal]) -> Step:
    channel: Channel = "comment"
    if hindered := _hindered(channel, event, wanted, refused):
        return hindered
    if event is None or event.pull_number is None:
        name = event.name if event else "this"
        return Step(channel, "skip", f"a {name} event has no pull request")
    return Step(channel, "do", f"on pull request {event.pull_number}")


def _hindered(
    channel: Channel, event: Event | None, wanted: Wanted, refused: Mapping[str, Refusal]
) -> Step | None:
    """Why a channel on GitHub is out of the question before it is tried; None where it is not."""
    if channel not in wanted.channels:
        return Step(channel, "skip", "not asked for")
    if event is None:
        return Step(channel, "skip", "this is not a GitHub Actions run")
    permit = writable(event)
    # A `permissions` block raises a Dependabot token, but nothing raises a fork's.
    proven = wanted.explicit and not event.is_fork
    if not permit.allowed and not proven:
        return Step(channel, "skip", permit.reason)
    if (refusal := refused.get(channel)) is not None:
        return Step(channel, "skip", f"refused earlier in this run: {refusal.reason}", refusal)
    return None


def _annotations(event: Event | None, wanted: Wanted, check_run: Step) -> Step:
    if "annotations" not in wanted.channels:
        return Step("annotations", "skip", "not asked for")
    if check_run.act == "do":
        return Step("annotations", "skip", "the check run carries them")
    if event is None:
        return Step("annotations", "skip", "this is not a GitHub Actions run")
    return Step("annotations", "do", "by workflow command, because there is no check run")


def _summary(event: Event | None, wanted: Wanted) -> Step:
    if "summary" not in wanted.channels:
        return Step("summary", "skip", "not asked for")
    if event is None:
        return Step("summary", "skip", "this is not a GitHub Actions run")
    return Step("summary", "do", "every run has one")


def _commit(event: Event | None, report: Report) -> str:
    sha = event.head_sha if event else report.origin.commit
    return (sha or "unknown")[:12]
