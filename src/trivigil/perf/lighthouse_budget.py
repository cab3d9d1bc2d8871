"""Lighthouse's own `budget.json` as a thresholds file: a list of pages with limits on times, sizes and counts.

Format: GoogleChrome/lighthouse, docs/performance-budgets.md and core/config/budget.js. Sizes are in KiB, times in milliseconds. `path` is
matched as in robots.txt (`*` for anything, `$` for the end); of several that match a page the last one counts.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.measurement import metric, names
from trivigil.core.threshold import Limit, Pattern, Threshold
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.measurement import Metric
    from trivigil.located import Node

_KIB: Final = 1024
_LISTS: Final = {
    "timings": ("metric", "page.{}", 1.0),
    "resourceSizes": ("resourceType", "resources.{}.size", float(_KIB)),
    "resourceCounts": ("resourceType", "resources.{}.count", 1.0),
}
"""By list: the key that says what is limited, our metric, and the factor to its unit."""
_OTHERS: Final = ("path", "options")


def thresholds(root: Node, path: str) -> Iterable[Threshold]:
    """The limits of a file whose root is a list. Raises InputError that names file, line and key."""
    pages = root.value if isinstance(root.value, list) else []
    for index, node in enumerate(pages):
        yield from _page(node, path, f"[{index}]")


def _page(node: Node, path: str, key: str) -> Iterable[Threshold]:
    page = _mapping(node, path, key)
    for name, member in page.items():
        if name not in (*_LISTS, *_OTHERS):
            known = ", ".join((*_OTHERS, *_LISTS))
            message = f"unknown key; a page of Lighthouse's budget has {known}."
            _refuse(path, member.key_line, f"{key}.{name}", message)
    pattern = _pattern(page.get("path"), path, f"{key}.path")
    for name in _LISTS:
        if name in page:
            yield from _limits(name, page[name], pattern, path, f"{key}.{name}")


def _limits(name: str, listed: Node, pattern: Pattern, path: str, key: str) -> Iterable[Threshold]:
    what, form, factor = _LISTS[name]
    if not isinstance(listed.value, list):
        _refuse(path, listed.line, key, f"a list was expected, not {listed.kind}.")
    for position, node in enumerate(listed.value):
        place = f"{key}[{position}]"
        limit = _mapping(node, path, place)
        limited = _metric(limit.get(what), form, path, f"{place}.{what}", node.line)
        most = _budget(limit.get("budget"), path, f"{place}.budget", node.line) * factor
        yield Threshold(pattern, limited, Limit("<=", most), path=path, line=node.line)


def _pattern(node: Node | None, path: str, key: str) -> Pattern:
    """Pages by address: any host, then the path."""
    text = "/" if node is None else node.value
    if not isinstance(text, str) or not text.startswith("/"):
        _refuse(path, node.line if node else 1, key, "a path such as `/blog/*` was expected.")
    end = text.endswith("$")
    body = "".join(".*" if c == "*" else re.escape(c) for c in text.removesuffix("$"))
    return Pattern("regex", rf"[a-z]+://[^/]+{body}" + ("" if end else ".*"))


def _metric(node: Node | None, form: str, path: str, key: str, line: int) -> Metric:
    text = node.value if node else None
    if not isinstance(text, str):
        _refuse(path, node.line if node else line, key, "a name was expected.")
    name = form.format(text.replace("-", "_"))
    if name not in names():
        _refuse(
            path,
            node.line if node else line,
            key,
            f"`{printable(text, 60)}` is not measured by Lighthouse.",
        )
    return metric(name)


def _budget(node: Node | None, path: str, key: str, line: int) -> float:
    value = node.value if node else None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or value < 0
    ):
        _refuse(path, node.line if node else line, key, "a number of zero or more was expected.")
    return float(value)


def _mapping(node: Node, path: str, key: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        _refuse(path, node.line, key, f"an object was expected, not {node.kind}.")
    return node.value


def _refuse(path: str, line: int, key: str, message: str) -> NoReturn:
    raise InputError(message, path=path, line=line, key=printable(key, 120))
