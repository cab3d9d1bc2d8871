"""Which of k6's summaries a JSON document is, from the keys at its beginning.

k6 writes maps in no fixed order and may begin with the whole script's text or every check, so what is looked at
is how keys and brackets stand in the first bytes, which need not be a whole document.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUILT_IN: Final = re.compile(
    r"(?:http_req\w*|iterations|iteration_duration|dropped_iterations|vus|vus_max|checks\w*|"
    r"data_sent|data_received|group_duration|(?:grpc|ws|browser|webvital)_\w+)(?:\{.*)?",
    re.DOTALL,
)
"""k6's own metrics (grafana.com/docs/k6, "Built-in metrics"), with or without tags in braces."""

_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\],]|[^\s"{}\[\]:,]++', re.DOTALL)
"""The last text may be cut by the end of the head: it ends there, or each quote in it would be tried."""
_DEPTH: Final = 3
_SIGNS: Final = (b'"root_group"', b'"metrics"', b'"k6', b'"execution"')

Path = tuple[str, ...]


def export(head: bytes) -> bool:
    """`--summary-export`: groups and checks are maps; a metric's values stand in it directly."""
    keys = _keys(head)
    if not keys or machine(head) or handled(head):
        return False
    if "{" in (keys.get(("root_group", "checks")), keys.get(("root_group", "groups"))):
        return True
    return any(BUILT_IN.fullmatch(name) for name in _metrics(keys))


def handled(head: bytes) -> bool:
    """What `handleSummary` is given: groups and checks are lists; values stand under `values`."""
    keys = _keys(head)
    if "[" in (keys.get(("root_group", "checks")), keys.get(("root_group", "groups"))):
        return True
    return any(
        keys.get(("metrics", name, "values")) == "{" and BUILT_IN.fullmatch(name)
        for name in _metrics(keys)
    )


def machine(head: bytes) -> bool:
    """`--new-machine-readable-summary`: lists under `results`, the run's length under `config`."""
    keys = _keys(head)
    if keys.get(("results", "metrics")) == "[" and ("config", "duration") in keys:
        return True
    return {("config", "duration"), ("config", "execution"), ("config", "script")} <= keys.keys()


def _metrics(keys: Mapping[Path, str]) -> Iterator[str]:
    return (path[1] for path in keys if len(path) == 2 and path[0] == "metrics")  # noqa: PLR2004 (metrics, name)


@lru_cache(maxsize=4)
def _keys(head: bytes) -> dict[Path, str]:
    """Every key down to the third level, with `{`, `[` or nothing for how its value begins."""
    head = head.lstrip()
    if not head.startswith(b"{") or not any(sign in head for sign in _SIGNS):
        return {}
    found: dict[Path, str] = {}
    above: list[tuple[str, str | None]] = []
    """The brackets that are open, each with the key that it stands under."""
    key: str | None = None
    for match in _TOKEN.finditer(head):
        sign = match[0].decode("utf-8", "replace")
        if sign in ("{", "["):
            _note(found, above, key, sign)
            above.append((sign, key))
            key = None
        elif sign in ("}", "]"):
            key = above.pop()[1] if above else None
        elif sign == ",":
            key = None
        elif key is None and above and above[-1][0] == "{" and sign.startswith('"'):
            key = sign[1:-1]
        else:
            _note(found, above, key, "")
    return found


def _note(
    found: dict[Path, str], above: list[tuple[str, str | None]], key: str | None, opening: str
) -> None:
    if key is None or len(above) > _DEPTH or any(bracket == "[" for bracket, _ in above):
        return
    found[*(name for _, name in above[1:] if name is not None), key] = opening
