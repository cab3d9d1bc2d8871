"""Content-Security-Policy: every policy apart, as browsers apply them; a load needs the consent of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.monitor import csp
from trivigil.monitor.csp import policy
from trivigil.monitor.strict.finding import POINTS, Finding
from trivigil.monitor.strict.page import elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.csp.finding import Finding as Weakness
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "Content-Security-Policy"
SEND: Final = (
    f"{NAME}: default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SEVERITIES: Final = {
    "HIGH": Severity.HIGH,
    "SYNTAX": Severity.MEDIUM,
    "MEDIUM": Severity.MEDIUM,
    "MEDIUM_MAYBE": Severity.LOW,
    "INFO": Severity.INFO,
    "NONE": Severity.INFO,
}
_SAID: Final = {
    "SCRIPT_UNSAFE_INLINE": "runs scripts and event handlers that stand in the page",
    "SCRIPT_UNSAFE_HASHES": "lets hashes stand for event handlers",
    "SCRIPT_UNSAFE_EVAL": "lets text become code",
    "PLAIN_URL_SCHEMES": "allows scripts of every host of a scheme",
    "PLAIN_WILDCARD": "allows every host",
    "MISSING_DIRECTIVES": "is not there, so nothing is restricted",
    "SCRIPT_ALLOWLIST_BYPASS": "allows a host that serves more than this site's scripts",
    "OBJECT_ALLOWLIST_BYPASS": "allows plugins",
    "IP_SOURCE": "names an address, which browsers ignore",
    "NONCE_LENGTH": "has a nonce that can be guessed",
    "NONCE_CHARSET": "has a nonce that is not base64",
    "SRC_HTTP": "allows a load in the clear",
    "DEPRECATED_DIRECTIVE": "is taken back by a later standard",
    "UNKNOWN_DIRECTIVE": "is no directive, so browsers ignore it",
    "MISSING_SEMICOLON": "has another directive among its sources: a semicolon is missing",
    "INVALID_KEYWORD": "has a word that browsers take for a host, or for nothing",
}
_ONLY_IN_HEADERS: Final = ("frame-ancestors", "report-uri", "sandbox")


def judge(scan: Scan) -> Iterator[Finding]:
    """Weaknesses of the strongest policy, slips of the pen of all."""
    texts = [*headers(scan), *metas(scan)]
    if not texts:
        only = bool(scan.page.values("content-security-policy-report-only"))
        rule = "csp-report-only" if only else "csp-missing"
        said = "the policy only reports" if only else "there is no policy"
        yield Finding(rule, Severity.HIGH, f"{said}: any injected script runs.", SEND)
        return
    each = [tuple(_weaknesses(text)) for text in texts]
    strongest = min(each, key=_cost)
    yield from strongest
    for found in each:
        if found is not strongest:
            yield from (one for one in found if one.rule in _SLIPS)
    if len(texts) > 1:
        said = f"{len(texts)} policies apply, and a load needs the consent of each."
        yield Finding("csp-several-policies", Severity.INFO, said, SEND)


def headers(scan: Scan) -> list[str]:
    """The policies of the header lines; an empty member of a list is none (RFC 9110, section 5.6.1)."""
    lines = scan.page.values("content-security-policy")
    return [text.strip() for line in lines for text in line.split(",") if text.strip()]


def metas(scan: Scan) -> list[str]:
    """The policies of meta elements, without what counts only in a header."""
    return [
        ";".join(kept)
        for tag in elements(scan)
        if tag.name == "meta"
        and tag.attributes.get("http-equiv", "").strip().lower() == "content-security-policy"
        and (kept := _for_meta(tag.attributes.get("content", "")))
    ]


def _for_meta(text: str) -> list[str]:
    pieces = [piece.strip() for piece in text.split(";")]
    return [one for one in pieces if one and one.split()[0].lower() not in _ONLY_IN_HEADERS]


def _weaknesses(text: str) -> Iterator[Finding]:
    read = policy.parse(text)
    for weakness in csp.evaluate(text):
        # What browsers ignore is no weakness, and the site's own scripts are what a policy is to allow.
        if weakness.severity != "NONE" and weakness.value != policy.SELF:
            yield _finding(weakness, text)
    if policy.INLINE in read.sources("style-src") and not read.proven("style-src"):
        yield _change("csp-style-inline", "style-src", "runs styles of the page", text)
    for name, values in read.directives.items():
        if name not in (*policy.SCRIPTS, "object-src", "base-uri") and "http:" in values:
            yield _change("csp-src-http", name, "allows loads in the clear", text)
    for name in ("base-uri", "form-action"):
        if name not in read.directives:
            send = f"{NAME}: {_line(text)}; {name} 'self'"
            said = f"`{name}` is not there, and default-src does not stand in for it."
            yield Finding(f"csp-no-{name}", Severity.INFO, said, send)


def _finding(weakness: Weakness, text: str) -> Finding:
    severity = _SEVERITIES[weakness.severity]
    rule = f"csp-{weakness.type.lower().replace('_', '-')}"
    value = f" ({printable(weakness.value, 100)})" if weakness.value else ""
    said = f"`{printable(weakness.directive, 100)}`{value} {_SAID[weakness.type]}."
    return Finding(rule, severity, said, mended(text, weakness))


def _change(rule: str, name: str, said: str, text: str) -> Finding:
    return Finding(rule, Severity.LOW, f"`{name}` {said}.", f"{NAME}: {_line(text)}")


_SLIPS: Final = ("csp-unknown-directive", "csp-missing-semicolon", "csp-invalid-keyword")


def mended(text: str, weakness: Weakness) -> str:
    """The header line without the weakness: the source taken out, the directive put in, the quotation marks set."""
    directives = policy.parse(text).directives
    name, value = weakness.directive, weakness.value
    if weakness.type in ("UNKNOWN_DIRECTIVE", "DEPRECATED_DIRECTIVE"):
        directives.pop(name, None)
    elif value is None:
        directives[name] = ["'self'" if name == "script-src" else "'none'"]
    elif weakness.type == "MISSING_SEMICOLON":
        at = directives[name].index(value)
        rest = directives[name][at + 1 :]
        directives[name] = directives[name][:at]
        directives.setdefault(value, rest)
    else:
        bare = weakness.type == "INVALID_KEYWORD" and f"'{value}'" in policy.KEYWORDS
        put = [f"'{value}'"] if bare else []
        kept = [put if one == value else [one] for one in directives.get(name, [])]
        empty = policy.SELF if name in policy.SCRIPTS else policy.NONE
        directives[name] = [one for part in kept for one in part] or [empty]
    return f"{NAME}: {_joined(directives)}"


def _line(text: str) -> str:
    """The policy without styles in the page and without plain http."""
    directives = policy.parse(text).directives
    for values in directives.values():
        values[:] = ["https:" if one == "http:" else one for one in values]
    styles = directives.get("style-src", [])
    if policy.INLINE in styles:
        styles.remove(policy.INLINE)
        styles[:] = styles or ["'none'"]
    return _joined(directives)


def _joined(directives: dict[str, list[str]]) -> str:
    text = "; ".join(" ".join((name, *values)) for name, values in directives.items())
    return printable(text, 2000)


def _cost(found: tuple[Finding, ...]) -> int:
    return sum(POINTS[one.severity] for one in found if one.rule not in _SLIPS)
