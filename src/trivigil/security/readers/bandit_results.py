"""Results of Bandit, as its JSON and its CSV have them.

Format: bandit/core/issue.py of PyCQA/bandit.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.security import digest, leak, lenient, place, prose
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.foreign import Fields

TOOL: Final = "bandit"
UNIT: Final = "results"
_NUMBERED: Final = re.compile(r"^(\d+)[ \t]?(.*)$", re.MULTILINE)
_PASSWORDS: Final = frozenset({"B105", "B106", "B107"})


def finding(result: Fields) -> Finding:
    """A result; where it shows a password, its words and its code are kept as little as the password is."""
    rule, word = lenient.text(result, "test_id"), lenient.text(result, "issue_severity")
    line, path = lenient.line(result.value.get("line_number")), lenient.text(result, "filename")
    title = lenient.text(result, "issue_text", "test_name") or rule or "unknown test"
    ranged = result.value.get("line_range")
    lines = [n for each in ranged if (n := lenient.whole(each))] if isinstance(ranged, list) else []
    shows = rule in _PASSWORDS
    code = _code(lenient.text(result, "code") or "", line)
    return Finding(
        tool=TOOL,
        kind="code",
        id=rule or "unknown test",
        title=prose.unquoted(title) if shows else title,
        place=Place(
            path=place.path(path) if path else None, line=line, end_line=max(lines, default=None)
        ),
        cwes=lenient.cwes(result.value.get("issue_cwe")),
        ratings=_ratings(word),
        confidence=lenient.confidence(result.value.get("issue_confidence")),
        code=leak.code(code) if shows else digest.code(code),
        help_uri=lenient.text(result, "more_info"),
    )


@lru_cache(maxsize=1_024)
def _ratings(word: str | None) -> tuple[Rating, ...]:
    return (Rating(TOOL, "word", of_word(word), word=word),)


def _code(shown: str, line: int | None) -> str:
    """The line of the result alone: Bandit shows those around it, each with its number."""
    numbered = _NUMBERED.findall(shown)
    own = [text for number, text in numbered if line is not None and int(number[:9]) == line]
    return own[0] if own else "\n".join(text for _, text in numbered)
