"""One policy: its directives, and what a browser of CSP level 3 goes by."""

from __future__ import annotations

import re
from typing import Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.csp.finding import Finding

INLINE: Final = "'unsafe-inline'"
SELF: Final = "'self'"
NONE: Final = "'none'"
STRICT_DYNAMIC: Final = "'strict-dynamic'"
KEYWORDS: Final = frozenset(
    (
        SELF,
        NONE,
        INLINE,
        "'unsafe-eval'",
        "'wasm-eval'",
        "'wasm-unsafe-eval'",
        STRICT_DYNAMIC,
        "'unsafe-hashed-attributes'",
        "'unsafe-hashes'",
        "'report-sample'",
        "'block'",
        "'allow'",
        "'inline-speculation-rules'",
    )
)
FETCHES: Final = frozenset(
    f"{kind}-src{part}"
    for kind, parts in {
        "child": ("",),
        "connect": ("",),
        "default": ("",),
        "font": ("",),
        "frame": ("",),
        "img": ("",),
        "manifest": ("",),
        "media": ("",),
        "object": ("",),
        "script": ("", "-attr", "-elem"),
        "style": ("", "-attr", "-elem"),
        "worker": ("",),
    }.items()
    for part in parts
)
"""Directives that fall back to default-src (CSP level 3, section 6.1)."""
DIRECTIVES: Final = FETCHES | {
    "prefetch-src",
    "base-uri",
    "plugin-types",
    "sandbox",
    "disown-opener",
    "form-action",
    "frame-ancestors",
    "navigate-to",
    "report-to",
    "report-uri",
    "block-all-mixed-content",
    "upgrade-insecure-requests",
    "reflected-xss",
    "referrer",
    "require-sri-for",
    "trusted-types",
    "require-trusted-types-for",
    "webrtc",
}
SCRIPTS: Final = ("script-src", "script-src-attr", "script-src-elem")
NONCE: Final = re.compile(r"'nonce-[a-zA-Z0-9+/_-]+={0,2}'")
HASH: Final = re.compile(r"'sha(?:256|384|512)-[a-zA-Z0-9+/_-]+={0,2}'")
SCHEME: Final = re.compile(r"[a-zA-Z][+a-zA-Z0-9.-]*:")


class Policy(NamedTuple):
    """Directives by name, each with its sources."""

    directives: dict[str, list[str]]

    def in_force(self, directive: str) -> str:
        """The directive that decides in place of this one: itself, its group's, or default-src."""
        group = re.sub(r"^(script|style)-src-(?:attr|elem)$", r"\1-src", directive)
        for name in (directive, group):
            if name in self.directives:
                return name
        return "default-src" if directive in FETCHES else directive

    def sources(self, directive: str) -> list[str]:
        """The sources that decide for a directive."""
        return self.directives.get(self.in_force(directive), [])

    def in_force_of(self, directives: tuple[str, ...]) -> list[str]:
        """The directives that decide for these, each once."""
        return list(dict.fromkeys(self.in_force(name) for name in directives))

    def proven(self, directive: str = "script-src") -> bool:
        """Whether a nonce or a hash is among the sources."""
        return any(NONCE.fullmatch(one) or HASH.fullmatch(one) for one in self.sources(directive))


def parse(text: str) -> Policy:
    """Read a policy; of a repeated directive the first counts (CSP level 3, section 2.2.1)."""
    directives: dict[str, list[str]] = {}
    for piece in text.split(";"):
        name, *values = piece.split() or [""]
        if name:
            directives.setdefault(name.lower(), list(dict.fromkeys(map(_normal, values))))
    return Policy(directives)


def effective(policy: Policy) -> tuple[Policy, list[Finding]]:
    """The policy without the sources that a browser ignores, and which those are."""
    kept = Policy({name: list(values) for name, values in policy.directives.items()})
    ignored: list[Finding] = []
    for name in [kept.in_force(kind) for kind in SCRIPTS]:
        values = policy.directives.get(name, [])
        if kept.proven(name) and INLINE in values:
            _drop(kept, name, INLINE, ignored)
        if STRICT_DYNAMIC in values:
            for value in values:
                if not value.startswith("'") or value in (SELF, INLINE):
                    _drop(kept, name, value, ignored)
    return kept, ignored


def _drop(policy: Policy, name: str, value: str, ignored: list[Finding]) -> None:
    sources = policy.directives.get(name, [])
    if value in sources:
        sources.remove(value)
    ignored.append(Finding("IGNORED", "NONE", name, value))


def _normal(value: str) -> str:
    """Keywords and schemes have no case; hosts, paths, nonces and hashes are left alone."""
    known = value.lower() in KEYWORDS or SCHEME.fullmatch(value)
    return value.lower() if known else value
