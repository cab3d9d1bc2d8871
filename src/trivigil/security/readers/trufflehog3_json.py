"""`trufflehog3 --format JSON`, version 3: one record for each secret in each place, with the severity of its rule.

Format: trufflehog3/models.py of feeltheajf/trufflehog3. Secrets, their context, authors and messages of commits are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Place, Rating
from trivigil.security.outline import nothing, outline
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "trufflehog3"
FORMAT: Final = "json"
UNIT: Final = "leaks"

_KEYS: Final = {"rule", "secret"}


def recognises(source: Source) -> bool:
    """Whether its records are secrets with their rule and context; an empty list only where the tool is named."""
    seen = outline(source)
    known = seen.has("rule", "path", "secret", "context") and seen.below("rule", "message")
    return known or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every record."""
    records, left = lenient.of_tool(lenient.documents(source, TOOL), "trufflehog3", _KEYS)
    found = [_finding(each) for each in records]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=left,
        counts={"secrets": len({each.secret for each in found if each.secret})},
    )


def _finding(record: Fields) -> Finding:
    rule = lenient.inner(record, "rule")
    path, word = lenient.text(record, "path"), lenient.text(rule, "severity")
    found = leak.finding(
        TOOL,
        lenient.text(rule, "id"),
        Place(path=place.path(path) if path else None, line=lenient.line(record.value.get("line"))),
        leak.digest_of(record.value.get("secret")),
        title=lenient.text(rule, "message"),
        description=lenient.commit(record.value.get("commit")),
    )
    if word is None:
        return found
    return found._replace(ratings=(Rating(TOOL, "word", of_word(word), word=word),))
