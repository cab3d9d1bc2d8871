"""Each rule of the evaluator on a policy of its own."""

from __future__ import annotations

import pytest

from trivigil.monitor.csp import evaluate

CALM = "object-src 'none'; base-uri 'none'"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        pytest.param(f"script-src 'unsafe-inline'; {CALM}", "SCRIPT_UNSAFE_INLINE HIGH script-src 'unsafe-inline'", id="inline"),
        pytest.param(f"script-src 'unsafe-hashes'; {CALM}", "SCRIPT_UNSAFE_HASHES MEDIUM_MAYBE script-src 'unsafe-hashes'", id="hashes for handlers"),
        pytest.param(f"script-src 'unsafe-eval'; {CALM}", "SCRIPT_UNSAFE_EVAL MEDIUM_MAYBE script-src 'unsafe-eval'", id="eval"),
        pytest.param(f"script-src https:; {CALM}", "PLAIN_URL_SCHEMES HIGH script-src https:", id="a whole scheme"),
        pytest.param(f"script-src *; {CALM}", "PLAIN_WILDCARD HIGH script-src *", id="everybody"),
        pytest.param("script-src 'none'", "MISSING_DIRECTIVES HIGH object-src", id="plugins"),
        pytest.param("object-src 'none'", "MISSING_DIRECTIVES HIGH script-src", id="scripts"),
        pytest.param("default-src 'nonce-0123456789'", "MISSING_DIRECTIVES HIGH base-uri", id="a nonce without a base"),
        pytest.param(f"script-src a.example; {CALM}", "SCRIPT_ALLOWLIST_BYPASS MEDIUM_MAYBE script-src a.example", id="a host"),
        pytest.param(f"script-src unpkg.com; {CALM}", "SCRIPT_ALLOWLIST_BYPASS HIGH script-src unpkg.com", id="a host of packages"),
        pytest.param("script-src 'none'; object-src a.example", "OBJECT_ALLOWLIST_BYPASS MEDIUM_MAYBE object-src a.example", id="a host of plugins"),
        pytest.param(f"script-src 'none'; img-src 192.0.2.1; {CALM}", "IP_SOURCE INFO img-src 192.0.2.1", id="an address"),
        pytest.param(f"script-src 'nonce-abc'; {CALM}", "NONCE_LENGTH MEDIUM script-src 'nonce-abc'", id="a short nonce"),
        pytest.param(f"script-src 'none'; style-src 'nonce-abcd%fgh'; {CALM}", "NONCE_CHARSET INFO style-src 'nonce-abcd%fgh';INVALID_KEYWORD SYNTAX style-src 'nonce-abcd%fgh'", id="a nonce that is not base64"),
        pytest.param(f"script-src 'none'; img-src http://a.example; {CALM}", "SRC_HTTP MEDIUM img-src http://a.example", id="in the clear"),
        pytest.param(f"script-src 'none'; referrer no; {CALM}", "DEPRECATED_DIRECTIVE INFO referrer", id="taken back"),
        pytest.param(f"script-src 'none'; img-scr *; {CALM}", "UNKNOWN_DIRECTIVE SYNTAX img-scr", id="no directive"),
        pytest.param(f"script-src 'none' img-src; {CALM}", "MISSING_SEMICOLON SYNTAX script-src img-src", id="no semicolon"),
        pytest.param(f"script-src none; {CALM}", "INVALID_KEYWORD SYNTAX script-src none", id="no quotation marks"),
        pytest.param(f"script-src 'none'; require-trusted-types-for 'script'; {CALM}", "", id="trusted types"),
        pytest.param("script-src 'none'; script-src *; object-src 'none'", "", id="the first of a name"),
    ],
)  # fmt: skip
def test_a_weak_policy(text: str, due: str) -> None:
    """Type, severity, directive and source of what is weak."""
    found = (" ".join(filter(None, finding)) for finding in evaluate(text))
    assert ";".join(found) == due


def test_strict_dynamic_ignores_hosts() -> None:
    """What a browser ignores is said, and is no weakness."""
    text = f"script-src 'nonce-0123456789' 'strict-dynamic' https: 'unsafe-inline'; {CALM}"
    found = evaluate(text)
    assert {one.severity for one in found} == {"NONE"}
    assert {one.value for one in found} == {"https:", "'unsafe-inline'"}
