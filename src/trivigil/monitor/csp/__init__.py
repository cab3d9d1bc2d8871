"""Content-Security-Policy as a browser reads it, and what is weak in it by the rules of Google's CSP Evaluator.

The rules are those that the evaluator runs by default (https://github.com/google/csp-evaluator, version 1.1.8): same types, same
severities. Its lists of hosts with known bypasses are not here; `hosts` has a short one of our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.csp import scripts, syntax, transport
from trivigil.monitor.csp.policy import effective, parse

if TYPE_CHECKING:
    from trivigil.monitor.csp.finding import Finding

_CHECKS: Final = (
    scripts.unsafe_inline,
    scripts.unsafe_eval,
    scripts.plain_schemes,
    scripts.wildcards,
    scripts.missing_directives,
    scripts.script_hosts,
    scripts.object_hosts,
    transport.addresses,
    transport.nonces,
    transport.plain_http,
    syntax.deprecated_directives,
    syntax.unknown_directives,
    syntax.missing_semicolons,
    syntax.invalid_keywords,
)


def evaluate(text: str) -> tuple[Finding, ...]:
    """Everything that the rules find in one policy."""
    policy, findings = effective(parse(text))
    for check in _CHECKS:
        findings.extend(check(policy))
    return tuple(findings)
