"""What each profile asks of its run, and what the run answers: results, measurements, and facts to show.

Everything here is pure. Where the data do not allow an answer the result is open and says why; the formulas, with their
sources and limits, are in docs/rules.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.perf.questions.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.threshold import Threshold
    from trivigil.perf.facts import RunFacts
    from trivigil.perf.profiles import Profile


_LEAST: Final = 2


def ask(profile: Profile, facts: RunFacts, thresholds: Sequence[Threshold]) -> Answer:
    """What the run says to the question of its profile; nothing where it made no requests."""
    from trivigil.perf.questions import drift, smoke, steady, stress

    windows = sorted((w for w in facts.timeline if w.subject == OVERALL), key=lambda w: w.at)
    made = any(m.subject == OVERALL and m.metric.name == "requests" for m in facts.measurements)
    if not made:
        return Answer()
    if len(windows) > _LEAST:
        windows.pop()  # the run ended somewhere inside its last moment, which is shorter than it looks
    if profile.arrivals:
        windows = [window._replace(users=None) for window in windows]
    if profile.name == "smoke":
        return smoke.answer(facts, thresholds)
    if profile.name == "stress":
        return stress.answer(profile, windows)
    if profile.name == "load":
        return steady.answer(profile, windows)
    return drift.answer(profile, windows)
