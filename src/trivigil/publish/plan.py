"""The plan: for each channel do, skip or hand over, with the reason. Pure.

What the event rules out is not tried. What only the server knows (a token's permissions cannot be
read) is tried once; a refusal is remembered for the run and becomes a reason here. Each channel
decides for itself, in the order of the table, and sees what those before it decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.github.event import writable
from trivigil.publish.issue import Wishes

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.github.refusal import Refusal

Act = Literal["do", "skip", "hand-over"]
CommentMode = Literal["always", "on-change", "on-failure", "never"]
Recreate = Literal["false", "true", "hide"]
"""What happens to a comment that knows nothing of this commit yet: it is brought up to date where it
stands, deleted for a new one at the end of the thread, or hidden as outdated for a new one."""
COMMENT_MODES: Final[tuple[CommentMode, ...]] = ("always", "on-change", "on-failure", "never")

HANDED_OVER: Final = ("check-run", "status", "comment")
"""The channels that a second workflow can use for a run whose token may only read (docs/forks.md)."""
HANDED_OVER_EVENT: Final = "pull_request"
SECOND_HALF: Final = (
    "a second workflow publishes it, where there is one (docs/forks.md of Trivigil)"
)

NOT_ASKED: Final = "not asked for"
OUTPUTS: Final = "outputs"
"""Not a channel that can be named: how the steps of an action talk. Always done, and last."""


class Wanted(NamedTuple):
    """What the `publish` input asks for."""

    channels: frozenset[str] | None = None
    """The channels that are named; None for `auto`."""
    comment: CommentMode = "always"
    recreate: Recreate = "false"
    within: frozenset[str] | None = None
    """The channels that are open at all, whatever is named; None: every one, and the outputs."""
    issue: Wishes = Wishes()

    @property
    def explicit(self) -> bool:
        """Whether the channels are named one by one, and not by `auto`."""
        return self.channels is not None


class Step(NamedTuple):
    """What happens to one channel, and why."""

    channel: str
    act: Act
    reason: str
    refusal: Refusal | None = None
    """Where an earlier refusal in the same run is the reason."""
    stands_in: bool = False
    """Whether it is tried only because another channel is refused; then its own refusal is no warning."""


class Plan(NamedTuple):
    """One step for each channel, in the order of delivery."""

    steps: tuple[Step, ...]
    wanted: Wanted

    def step(self, channel: str) -> Step:
        """The step of a channel."""
        return next(step for step in self.steps if step.channel == channel)

    def does(self, channel: str) -> bool:
        """Whether the channel is to be used."""
        return self.step(channel).act == "do"

    @property
    def handed_over(self) -> tuple[Step, ...]:
        """What a second workflow is to publish."""
        return tuple(step for step in self.steps if step.act == "hand-over")


class Situation(NamedTuple):
    """What a channel decides from."""

    report: Report
    event: Event | None
    wanted: Wanted
    refused: Mapping[str, Refusal]
    before: Mapping[str, Step]
    """What the channels before it decided."""

    def asked(self, channel: str, *, by_default: bool = True) -> bool:
        """Whether the channel is asked for, by its name or by `auto`."""
        named, within = self.wanted.channels, self.wanted.within
        if within is not None and channel not in within:
            return False
        return by_default if named is None else channel in named

    def hindered(self, channel: str, *, by_default: bool = True) -> Step | None:
        """Why a channel on GitHub is out of the question before it is tried; None where it is not."""
        if not self.asked(channel, by_default=by_default):
            return Step(channel, "skip", NOT_ASKED)
        if self.event is None:
            return Step(channel, "skip", "this is not a GitHub Actions run")
        permit = writable(self.event)
        # A `permissions` block raises a Dependabot token, but nothing raises a fork's.
        proven = self.wanted.explicit and not self.event.is_fork
        if not permit.allowed and not proven:
            return self._by_another(channel, permit.reason)
        if (refusal := self.refused.get(channel)) is not None:
            return Step(channel, "skip", f"refused earlier in this run: {refusal.reason}", refusal)
        return None

    def _by_another(self, channel: str, reason: str) -> Step:
        """A channel that this run's token cannot use, and a second workflow's perhaps can."""
        event = self.event
        if event is None or event.name != HANDED_OVER_EVENT or event.pull_number is None:
            return Step(channel, "skip", reason)
        if channel not in HANDED_OVER:
            return Step(channel, "skip", f"{reason}, and this channel is not handed over")
        return Step(channel, "hand-over", f"{reason}; {SECOND_HALF}")

    def local(self, channel: str, *, by_default: bool = True) -> Step | None:
        """The same for a channel of the runner, which needs no token."""
        if not self.asked(channel, by_default=by_default):
            return Step(channel, "skip", NOT_ASKED)
        if self.event is None:
            return Step(channel, "skip", "this is not a GitHub Actions run")
        return None


def parse_wanted(
    text: str, comment: CommentMode = "always", recreate: Recreate = "false"
) -> Wanted:
    """The `publish` input: `auto` (also when empty), `none`, or a list of channels.

    Raises InputError for a name that is no channel.
    """
    from trivigil.publish.channels import NAMES

    names = [name for name in text.replace(",", " ").split() if name]
    if not names or names == ["auto"]:
        return Wanted(None, comment, recreate)
    if names == ["none"]:
        return Wanted(frozenset(), comment, recreate)
    for name in names:
        if name not in NAMES:
            raise InputError(
                f"{printable(name, 100)!r} is not a channel.",
                key="publish",
                tip=f"Use auto, none, or some of: {', '.join(NAMES)}.",
            )
    return Wanted(frozenset(names), comment, recreate)


def plan(
    report: Report, event: Event | None, wanted: Wanted, refused: Mapping[str, Refusal]
) -> Plan:
    """What to do with a report under an event, given what GitHub refused earlier in this run."""
    from trivigil.publish.channels import CHANNELS

    before: dict[str, Step] = {}
    for channel in CHANNELS:
        before[channel.NAME] = channel.decide(Situation(report, event, wanted, refused, before))
    told = Step(OUTPUTS, "do", "later steps read them")
    if wanted.within is not None:
        told = Step(OUTPUTS, "skip", "one step publishes several reports")
    return Plan((*before.values(), told), wanted)
