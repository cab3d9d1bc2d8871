"""Content-Security-Policy as the reference grader reads it: all policies merged into one table of directives.

Not what a browser does (CSP level 3 keeps policies apart, and all of them must allow a load). The merge keeps of the second policy's
sources those that the first names too, makes a directive that only a later policy has into 'none', and from the third policy on
takes nothing away.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from trivigil.monitor.observatory import ecma

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST: Final = 6
"""A policy with fewer characters is invalid."""
ONLY_IN_HEADERS: Final = ("frame-ancestors", "report-uri", "sandbox")
_MAY_REPEAT: Final = ("report-uri", "report-to")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Invalid(Exception):
    """A policy that the reference does not read."""


class Policies:
    """The merged table."""

    def __init__(self) -> None:
        self.sources: dict[str, list[str]] = {}
        self.repeated = False
        """Whether a reporting directive is repeated within one policy."""

    def __bool__(self) -> bool:
        """Whether anything was read."""
        return bool(self.sources) or self.repeated

    def of(self, *directives: str) -> list[str]:
        """The list itself of the first directive that there is; everything is allowed where there is none."""
        found = (self.sources[name] for name in directives if name in self.sources)
        return next(found, ["*"])


class _Source:
    """One source while policies are merged."""

    def __init__(self, text: str, policy: int) -> None:
        self.text = text
        self.policy = policy
        self.keep = policy == 0


def read(texts: Sequence[str]) -> Policies:
    """Merge policies. Raises Invalid for a short one, a repeated directive, an escape that is none."""
    cleaned = [ecma.trim(text.replace("\r", "").replace("\n", "")) for text in texts]
    if any(len(text) < SHORTEST for text in cleaned):
        raise Invalid
    merged: dict[str, list[_Source]] = {}
    policies = Policies()
    for index, text in enumerate(cleaned):
        seen: set[str] = set()
        for piece in text.split(";"):
            name, *values = ecma.words(piece)
            name = name.lower()
            if not name:
                continue
            if name in seen and name not in _MAY_REPEAT:
                raise Invalid
            policies.repeated |= name in seen
            seen.add(name)
            before = merged.get(name, []) if index else []
            merged[name] = _merge(before, _sources(name, values, index))
            if index == 0 and len(cleaned) > 1:
                for source in merged[name]:
                    source.keep = False
    for name, kept in merged.items():
        policies.sources[name] = list(dict.fromkeys(one.text for one in kept)) or ["'none'"]
    return policies


def for_meta(policies: Policies) -> Policies:
    """What counts of policies in meta elements."""
    for name in ONLY_IN_HEADERS:
        policies.sources.pop(name, None)
    return policies


def _sources(name: str, values: list[str], policy: int) -> list[_Source]:
    if not values and name.endswith("-src"):
        values = ["'none'"]
    return [_Source(value.lower(), policy) for value in values]


def _merge(before: list[_Source], added: list[_Source]) -> list[_Source]:
    both = sorted([*before, *added], key=lambda one: ecma.collation(one.text))
    for previous, source in pairwise(both):
        if source.policy == previous.policy:
            if source.text.startswith(previous.text):
                source.keep = False
        elif _covers(previous.text, source.text):
            source.keep = True
    return [source for source in both if source.keep]


def _covers(wider: str, other: str) -> bool:
    """The path rule of CSP (section 6.7.2.12), applied to whole sources: piece by piece equal, a slash at the end covers what is below."""
    if not wider or (wider == "/" and not other):
        return True
    exact = not wider.endswith("/")
    left, right = wider.split("/"), other.split("/")
    if len(left) > len(right) or (exact and len(left) != len(right)):
        return False
    if not exact:
        left.pop()
    return all(_decoded(one) == _decoded(two) for one, two in zip(left, right, strict=False))


def _decoded(text: str) -> str:
    """decodeURIComponent, which refuses broken escapes and broken UTF-8."""
    if _ESCAPE.search(text):
        raise Invalid
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise Invalid from error
