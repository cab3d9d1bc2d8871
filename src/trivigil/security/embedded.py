"""JSON that a tool printed among other text: banners before and after it, progress, warnings.

What stands around it must not look like JSON itself, or else a file that was put together of pieces would be read as whole.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from trivigil.sources import Source

_START: Final = re.compile(r"^[ \t]*(?=\{)", re.MULTILINE)
_REST: Final = re.compile(r"^[ \t]*(?:[{}\]\"]|\[\s*(?:[{\[\"\]]|$))", re.MULTILINE)
_PAGE: Final = re.compile(r"(?i)<(?:!doctype|html|head|body)\b")


def document(source: Source, tool: str) -> object:
    """The one JSON document of a file, whatever text is around it. Raises SourceError where it is damaged, or where there are several."""
    text = sources.text(source)
    start = _START.search(text)
    if start is None:
        return foreign.decode(text, tool)
    before = text.count("\n", 0, start.end())
    if _REST.search(text[: start.end()]) or _PAGE.search(text[: start.end()]):
        raise SourceError(f"there is more than text before {tool}'s report: it is not one report.")
    try:
        decoded, end = json.JSONDecoder().raw_decode(text, start.end())
    except RecursionError:
        raise SourceError(f"the JSON is nested too deeply to be {tool}'s.") from None
    except json.JSONDecodeError as error:
        message = f"the JSON is damaged or cut ({printable(error.msg, 200)})."
        raise SourceError(message, line=error.lineno) from None
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(f"the JSON is damaged ({printable(str(error), 200)}).") from None
    rest = text[end:]
    glued = rest.lstrip(" \t")[:1] not in ("", "\n", "\r")
    if glued or _REST.search(rest) or _PAGE.search(rest):
        line = before + text[start.end() : end].count("\n") + 1
        raise SourceError(f"there is more than text after {tool}'s report.", line=line)
    return decoded
