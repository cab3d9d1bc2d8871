"""What lets a script run that the site did not write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.monitor.csp import hosts
from trivigil.monitor.csp.finding import Finding
from trivigil.monitor.csp.policy import INLINE, NONE, SCHEME, SCRIPTS, SELF, STRICT_DYNAMIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.csp.policy import Policy

_DANGEROUS: Final = (*SCRIPTS, "object-src", "base-uri")
_SCHEMES: Final = ("data:", "http:", "https:")


def unsafe_inline(policy: Policy) -> Iterator[Finding]:
    """Scripts and event handlers in the page run."""
    for name in policy.in_force_of(SCRIPTS):
        values = policy.directives.get(name, [])
        if INLINE in values:
            yield Finding("SCRIPT_UNSAFE_INLINE", "HIGH", name, INLINE)
        if "'unsafe-hashes'" in values:
            yield Finding("SCRIPT_UNSAFE_HASHES", "MEDIUM_MAYBE", name, "'unsafe-hashes'")


def unsafe_eval(policy: Policy) -> Iterator[Finding]:
    """Text becomes code."""
    for name in policy.in_force_of(SCRIPTS):
        if "'unsafe-eval'" in policy.directives.get(name, []):
            yield Finding("SCRIPT_UNSAFE_EVAL", "MEDIUM_MAYBE", name, "'unsafe-eval'")


def plain_schemes(policy: Policy) -> Iterator[Finding]:
    """Every host of a scheme is allowed."""
    for name in policy.in_force_of(_DANGEROUS):
        for value in policy.directives.get(name, []):
            if value in _SCHEMES:
                yield Finding("PLAIN_URL_SCHEMES", "HIGH", name, value)


def wildcards(policy: Policy) -> Iterator[Finding]:
    """Every host is allowed."""
    for name in policy.in_force_of(_DANGEROUS):
        for value in policy.directives.get(name, []):
            if re.sub(r"^(?:\w[+\w.-]*:)?//", "", value) == "*":
                yield Finding("PLAIN_WILDCARD", "HIGH", name, value)


def missing_directives(policy: Policy) -> Iterator[Finding]:
    """Nothing is said of plugins, of scripts, or of the base URL that nonces hang on."""
    if not policy.sources("object-src"):
        yield Finding("MISSING_DIRECTIVES", "HIGH", "object-src")
    if not {"script-src", "default-src"} & policy.directives.keys():
        yield Finding("MISSING_DIRECTIVES", "HIGH", "script-src")
    scripts = policy.sources("script-src")
    nonces = any(value.startswith("'nonce-") for value in scripts) and policy.proven()
    if (nonces or (policy.proven() and STRICT_DYNAMIC in scripts)) and (
        "base-uri" not in policy.directives
    ):
        yield Finding("MISSING_DIRECTIVES", "HIGH", "base-uri")


def script_hosts(policy: Policy) -> Iterator[Finding]:
    """Hosts that may serve more than the site's own scripts."""
    for name in policy.in_force_of(("script-src", "script-src-elem")):
        values = policy.directives.get(name, [])
        if NONE in values:
            continue
        for value in values:
            is_host = not value.startswith("'") and "." in value and not SCHEME.fullmatch(value)
            if value == SELF or is_host:
                severity = "HIGH" if is_host and hosts.bypassed(value) else "MEDIUM_MAYBE"
                yield Finding("SCRIPT_ALLOWLIST_BYPASS", severity, name, value)


def object_hosts(policy: Policy) -> Iterator[Finding]:
    """Plugins of any host; said of object-src itself alone."""
    values = policy.directives.get("object-src", [])
    types = policy.directives.get("plugin-types", ["application/x-shockwave-flash"])
    if NONE in values or "application/x-shockwave-flash" not in (types or [""]):
        return
    for value in values:
        yield Finding("OBJECT_ALLOWLIST_BYPASS", "MEDIUM_MAYBE", "object-src", value)
