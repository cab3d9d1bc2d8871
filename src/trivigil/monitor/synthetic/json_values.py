"""JSON as checks see it: strict, bounded, and what a JSONPath gives of it."""

from __future__ import annotations

import json
import math
from typing import Final

from .jsonpath import NoPath, compiled
from .problem import Trouble
from .values import NOTHING

_DEEPEST: Final = 127
"""As deep as serde_json reads."""


class NoJson(ValueError):
    """The text is no JSON."""


def _refuse(word: str) -> float:
    raise NoJson(word)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise NoJson(text)
    return value


def _is_too_deep(document: object) -> bool:
    level = [document]
    for _ in range(_DEEPEST + 1):
        level = [
            child
            for node in level
            if isinstance(node, list | dict)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def parsed(text: str) -> object:
    """The value of a JSON text; raises NoJson."""
    try:
        document = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise NoJson("the text is not valid JSON") from None
    if _is_too_deep(document):
        raise NoJson("the JSON has too many levels")
    return document


def selected(document: object, path: str) -> object:
    """One node's value, a list of several, NOTHING for none; raises Trouble for no JSONPath."""
    try:
        nodes = compiled(path)(document)
    except NoPath as error:
        raise Trouble("Invalid JSONPath", str(error)) from None
    if not nodes:
        return NOTHING
    return nodes[0] if len(nodes) == 1 else nodes
