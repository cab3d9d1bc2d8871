"""What Safety leaves where a report is due, when it failed: its banner alone, a traceback, `{}`, or that it was skipped.

None of these has a format. A traceback, `{}` and `{"skipped": …}` are Safety's only where the user names the tool.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.untrusted import printable
from trivigil.security import scan
from trivigil.security.readers import safety_findings

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = safety_findings.TOOL
FORMAT: Final = "failure"
UNIT: Final = "advisories"

_BANNER: Final = b"DEPRECATED: this command (`check`) has been DEPRECATED"
_TRACE: Final = re.compile(
    rb"^(?:Traceback \(most recent call last\):|Unhandled exception)", re.MULTILINE
)
_SAYS: Final = ("error", "errors", "message", "skipped", "reason", "status")
_JSON: Final = re.compile(rb"^[ \t]*[\[{]\s*[\"\[{]", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether it is Safety's banner without JSON, or, where Safety is named, an error or a report of nothing."""
    if _BANNER in source.head and not _JSON.search(source.head):
        return True
    if source.tool != TOOL:
        return False
    return _TRACE.search(source.head) is not None or _object(source.head) is not None


def _object(head: bytes) -> dict[str, object] | None:
    """An object that has nothing, or nothing but what says that Safety did not run."""
    try:
        found = json.loads(head.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.keys() <= set(_SAYS) else None


def read(source: Source) -> Reading[ScanFacts]:
    """A crashed reading, with what the file says of the reason."""
    said = _object(source.head)
    if said is None:
        lines = [line.strip() for line in sources.text(source).splitlines() if line.strip()]
        told = [line for line in lines if re.match(r"(?i)unhandled|\w*(?:error|exception)\b", line)]
        reason = told[-1] if told else "it printed no report"
    else:
        reason = "; ".join(f"{key}: {value}" for key, value in said.items()) or "its report is `{}`"
    sentence = f"Safety did not check anything: {printable(reason, 200).rstrip('.')}."
    return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=sentence)
