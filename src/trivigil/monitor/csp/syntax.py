"""Slips of the pen: unknown or deprecated directives, forgotten semicolons and quotation marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.csp.finding import Finding
from trivigil.monitor.csp.policy import DIRECTIVES, HASH, KEYWORDS, NONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.csp.policy import Policy

_DEPRECATED: Final = ("reflected-xss", "referrer", "disown-opener", "prefetch-src")
_BARE: Final = frozenset(word.strip("'") for word in KEYWORDS)
_BARE_PROOFS: Final = ("nonce-", "sha256-", "sha384-", "sha512-")
_WORDS_OF: Final = {
    "require-trusted-types-for": ("'script'",),
    "trusted-types": ("'allow-duplicates'", "'none'"),
}


def deprecated_directives(policy: Policy) -> Iterator[Finding]:
    """Directives that a later level took back."""
    for name in _DEPRECATED:
        if name in policy.directives:
            yield Finding("DEPRECATED_DIRECTIVE", "INFO", name)


def unknown_directives(policy: Policy) -> Iterator[Finding]:
    """Names that no browser knows."""
    for name in policy.directives:
        if name not in DIRECTIVES:
            yield Finding("UNKNOWN_DIRECTIVE", "SYNTAX", name)


def missing_semicolons(policy: Policy) -> Iterator[Finding]:
    """A directive among the sources of another."""
    for name, values in policy.directives.items():
        for value in values:
            if value in DIRECTIVES:
                yield Finding("MISSING_SEMICOLON", "SYNTAX", name, value)


def invalid_keywords(policy: Policy) -> Iterator[Finding]:
    """Keywords without quotation marks, and quoted words that are none."""
    for name, values in policy.directives.items():
        for value in values:
            bare = value in _BARE or value.startswith(_BARE_PROOFS)
            if bare or (value.startswith("'") and not _known(name, value)):
                yield Finding("INVALID_KEYWORD", "SYNTAX", name, value)


def _known(directive: str, value: str) -> bool:
    if directive in _WORDS_OF:
        return value in _WORDS_OF[directive]
    return value in KEYWORDS or bool(HASH.fullmatch(value) or NONCE.fullmatch(value))
