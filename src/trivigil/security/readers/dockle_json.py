"""`dockle -f json`: one entry for each checkpoint that an image fails, with the places as alerts.

Format: pkg/report/json.go and pkg/types of goodwithtech/dockle. A skipped checkpoint was not looked at: then the scan is partial. Alerts on credentials quote
them, and are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import lenient, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dockle"
FORMAT: Final = "json"
UNIT: Final = "checks"

_LEVELS: Final = {"FATAL": Severity.HIGH, "WARN": Severity.MEDIUM, "INFO": Severity.LOW}
_ACCEPTED: Final = {
    "IGNORE": "ignored by Dockle's configuration",
    "SKIP": "skipped: Dockle could not look at it",
}
_CREDENTIALS: Final = "CIS-DI-0010"
_SHOWN: Final = 10


def recognises(source: Source) -> bool:
    """Whether it has details and Dockle's summary of them."""
    seen = outline(source)
    return seen.has("summary", "details") and seen.below("summary", "fatal", "warn", "pass")


def read(source: Source) -> Reading[ScanFacts]:
    """Every checkpoint that failed; ignored ones are accepted."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    details, left = lenient.objects(report.value.get("details"), "details")
    image = lenient.text(report, "image")
    skipped = [_code(each) for each in details if _level(each) == "SKIP"]
    count = lenient.whole(lenient.inner(report, "summary").value.get("skip")) or 0
    unseen = f"Dockle skipped {count} checkpoints."
    failed = [each for each in details if _level(each) != "PASS"]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each, image) for each in failed],
        incomplete=(
            *left,
            *scan.listed("Dockle skipped", skipped),
            *((unseen,) if count and not skipped else ()),
            *_uncounted(report, len(failed)),
        ),
        counts={"alerts": sum(len(lenient.texts(each.value.get("alerts"))) for each in failed)},
        scope=image,
    )


def _uncounted(report: Fields, listed: int) -> Iterator[str]:
    """What Dockle counts and does not list."""
    summary = lenient.inner(report, "summary")
    due = sum(lenient.whole(summary.value.get(key)) or 0 for key in ("fatal", "warn", "info"))
    if due > listed:
        yield f"Dockle counts {due} checkpoints that fail, and lists {listed}."


def _level(detail: Fields) -> str:
    return (lenient.text(detail, "level") or "").upper()


def _code(detail: Fields) -> str:
    return lenient.text(detail, "code") or "unknown checkpoint"


def _finding(detail: Fields, image: str | None) -> Finding:
    code, word = _code(detail), _level(detail)
    alerts = lenient.texts(detail.value.get("alerts")) if code != _CREDENTIALS else ()
    return Finding(
        tool=TOOL,
        kind="image",
        id=code,
        title=lenient.text(detail, "title") or code,
        place=Place(image=image),
        description="\n".join(alerts[:_SHOWN]),
        ratings=(Rating(TOOL, "level", _LEVELS.get(word, Severity.UNKNOWN), word=word or None),),
        help_uri=f"https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#{code.lower()}",
        accepted=_ACCEPTED.get(word),
    )
