"""Stress: the table of steps, the knee, and the recovery.

Knee. In a closed system of N users throughput grows by X(1)/N(1) a user until a resource is busy, and then no more: the
asymptotic bounds of operational analysis (Denning, Buzen: "The operational analysis of queueing network models", ACM
Computing Surveys 10(3), 1978). The knee is the first step whose users add less than half of that, by more than the counts' own noise, or whose
latency or failures jump against the first step. The constants are ours.
Recovery. After the last step the load falls back to that of the first one; the run has recovered at the first moment of the
first step's band from which on nearly all lie in it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.threshold import quantity
from trivigil.perf.profiles import spell
from trivigil.perf.questions.answer import (
    Answer,
    Span,
    failed,
    measured,
    p95,
    passed,
    rule,
    span,
    undecided,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.result import Result
    from trivigil.perf.facts import Window
    from trivigil.perf.profiles import Profile

KNEE: Final = rule("stress.knee", "where the load is no longer followed")
RECOVERY: Final = rule("stress.recovery", "the service recovers when the load is gone")
FOLLOWS: Final = 0.5
"""The share of the first step's requests per user that a further user must still bring."""
NOISE: Final = 3.0
"""How many standard deviations of a count (its root) a shortfall must exceed."""
JUMP, LEAST_RISE = 2.0, 20.0
"""p95 has jumped at so many times that of the first step, and so many ms more."""
ERRORS, LEAST_FAILURES = 1.0, 3
"""Failures have jumped at so many percentage points above the first step, and so many of them."""
BAND: Final = 1.25
"""The first step's band reaches so many times its highest p95, or LEAST_RISE above it."""
NEARLY_ALL: Final = 0.9
"""The share of the moments after the recovery that must lie in the band: single wild ones are nobody's fault."""
LEAST_WATCHED: Final = 15.0
"""Seconds after the fall below which a service that is not back yet is not accused: Locust's moments look back ten."""
_LEAST_LEFT: Final = 3
_SETTLE: Final = 0.25
"""The first part of a step that is left out: users are still coming, and windows look back."""
_OFF: Final = 0.25
"""How far a step's users may be from the plan, relative to it."""


class Step(NamedTuple):
    """One level of the load."""

    planned: int
    part: Span
    windows: tuple[Window, ...]

    @property
    def load(self) -> float:
        """Its users as the tool counted them, else as planned."""
        return float(self.planned if self.part.users is None else self.part.users)


def answer(profile: Profile, windows: Sequence[Window]) -> Answer:
    """The steps with knee and recovery, or why there are none."""
    levels = profile.levels
    steps, why = table(profile, windows)
    if why:
        fix = "Use Locust, k6 or Artillery, and steps that are long enough for the tool's own periods."
        return Answer(
            (
                undecided(KNEE, f"Where the knee is cannot be told. {why}", fix),
                undecided(RECOVERY, f"Whether it recovers cannot be told. {why}", fix),
            )
        )
    climbing = steps[:-1]
    at, reason = knee(climbing)
    fallen = windows[0].at + profile.hold * (len(levels) - 1)
    seconds = recovery(climbing[0], [w for w in windows if w.at >= fallen], fallen)
    before = climbing[at - 1] if at is not None else climbing[-1]
    shown = {
        "steps": [_row(step, windows[0].at) for step in steps],
        "knee": at,
        "knee_reason": reason,
        "recovery_s": seconds,
    }
    held = measured("knee.users", before.load), measured("knee.throughput", before.part.throughput)
    recovered = () if seconds is None else (measured("recovery", seconds),)
    results = (_knee(climbing, at, reason), _recovery(seconds, fallen, windows))
    return Answer(results, (*held, *recovered), shown)


def table(profile: Profile, windows: Sequence[Window]) -> tuple[tuple[Step, ...], str]:
    """The steps of the plan as they were run; or a sentence why they cannot be told."""
    if not windows:
        return (), "The results have no course over time, so steps cannot be told apart."
    if len(profile.levels) < 3:  # noqa: PLR2004 (two steps and the fall)
        return (), f"With {profile.users} users there are no steps to climb."
    start, steps = windows[0].at, []
    for index, users in enumerate(profile.levels):
        begin = start + profile.hold * (index + _SETTLE)
        mine = tuple(w for w in windows if begin <= w.at < start + profile.hold * (index + 1))
        part = span(mine)
        if part is None or not part.requests:
            return (
                (),
                f"Step {index + 1} ({users} users) has too few moments in the results' course.",
            )
        if part.users is not None and abs(part.users - users) > max(1, _OFF * users):
            said = f"Step {index + 1} had {part.users} users where {users} were planned"
            return (), f"{said}: the load did not follow its steps."
        steps.append(Step(users, part, mine))
    return tuple(steps), ""


def knee(steps: Sequence[Step]) -> tuple[int | None, str]:
    """The index of the first step at which the service no longer follows, and why; (None, "") where it always does."""
    first = steps[0]
    for index in range(1, len(steps)):
        why = _lags(first, steps[index - 1], steps[index]) or _jumps(first.part, steps[index].part)
        if why:
            return index, why
    return None, ""


def _lags(first: Step, before: Step, now: Step) -> str:
    """Whether the users that came bring less than half of what the first ones did, beyond the counts' noise."""
    each = first.part.throughput / first.load
    wanted = before.part.throughput + FOLLOWS * each * (now.load - before.load)
    missing = (wanted - now.part.throughput) * (now.part.end - now.part.begin)
    if missing <= NOISE * math.sqrt(max(1, now.part.requests)):
        return ""
    grown = quantity(now.part.throughput, "1/s")
    return f"throughput no longer follows: {grown} after {quantity(before.part.throughput, '1/s')}"


def _jumps(first: Span, now: Span) -> str:
    if (
        first.p95 is not None
        and now.p95 is not None
        and now.p95 >= JUMP * first.p95
        and now.p95 >= first.p95 + LEAST_RISE
    ):
        return f"p95 jumps: {quantity(now.p95, 'ms')} after {quantity(first.p95, 'ms')} in the first step"
    if now.failures >= LEAST_FAILURES and now.error_rate > first.error_rate + ERRORS:
        was, rate = quantity(first.error_rate, "%"), quantity(now.error_rate, "%")
        return f"failures jump: {rate} of the requests after {was} in the first step"
    return ""


def recovery(first: Step, windows: Sequence[Window], fallen: float) -> float | None:
    """Seconds from the fall until the service is back in the first step's band; None where it never is.

    Back is the first moment that lies in the band and after which nearly all do, with an error rate like the first step's
    from there to the end.
    """
    known = [value for window in first.windows if (value := p95(window)) is not None]
    highest = max(max(known) * BAND, max(known) + LEAST_RISE) if known else math.inf
    errors = first.part.error_rate + ERRORS
    back, inside, requests, failures = None, 0, 0.0, 0.0
    for left, window in enumerate(reversed(windows), start=1):
        within = (p95(window) or 0.0) <= highest
        inside += within
        requests, failures = requests + window.throughput, failures + window.failures
        calm = 100 * failures <= errors * requests
        if left >= _LEAST_LEFT and within and calm and inside >= NEARLY_ALL * left:
            back = window.at - fallen
    return back


def _knee(steps: Sequence[Step], at: int | None, reason: str) -> Result:
    if at is None:
        last = steps[-1]
        message = f"No knee up to {last.load:g} users and {quantity(last.part.throughput, '1/s')}: the service follows every step."
        return passed(KNEE, message, users=last.load)
    held, now = steps[at - 1], steps[at]
    message = f"The knee is at {now.load:g} users: {reason}. It still follows at {held.load:g} users and {quantity(held.part.throughput, '1/s')}."
    return passed(KNEE, message, users=held.load, reason=reason)


def _recovery(seconds: float | None, fallen: float, windows: Sequence[Window]) -> Result:
    if seconds is not None:
        return passed(
            RECOVERY,
            f"Back in the band of the first step {quantity(seconds, 's')} after the load fell.",
            value=seconds,
            unit="s",
        )
    watched = windows[-1].at - fallen
    if watched < LEAST_WATCHED:
        return undecided(
            RECOVERY,
            f"Whether it recovers cannot be told. Only {spell(watched)} were left after the load fell, and moments look back.",
            f"Give the profile a longer `duration`: each step should last {LEAST_WATCHED:g} s or more.",
        )
    return failed(
        RECOVERY,
        f"In the {spell(watched)} after the load fell it did not come back to the band of the first step.",
        "Look for queues, pools and retries that keep the service busy; or give the profile a longer `duration`.",
    )


def _row(step: Step, start: float) -> dict[str, object]:
    part = step.part
    return {
        "users": step.load,
        "begin_s": part.begin - start,
        "end_s": part.end - start,
        "throughput": part.throughput,
        "error_rate": part.error_rate,
        "p95": part.p95,
    }
