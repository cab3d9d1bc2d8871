"""Who may put the page into a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.monitor.csp import policy
from trivigil.monitor.strict import policies
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

SEND: Final = "Content-Security-Policy: frame-ancestors 'none'"
_ANYBODY: Final = ("*", "http:", "https:", "http://*", "https://*")


def judge(scan: Scan) -> Iterator[Finding]:
    """frame-ancestors where a header has it, for then browsers ignore X-Frame-Options (CSP level 3, section 6.4.2.2)."""
    read = [policy.parse(text).directives for text in policies.headers(scan)]
    lists = [one["frame-ancestors"] for one in read if "frame-ancestors" in one]
    if lists:
        if all(any(source in _ANYBODY for source in sources) for sources in lists):
            said = "frame-ancestors lets anybody frame the page."
            yield Finding("framing-anybody", Severity.HIGH, said, SEND)
        return
    lines = scan.page.values("x-frame-options")
    words = {word.strip().lower() for line in lines for word in line.split(",")}
    if words in ({"deny"}, {"sameorigin"}):
        return
    if not words:
        said, rule = "nothing says who may frame the page.", "framing-missing"
    elif any(word.startswith("allow-from") for word in words):
        said, rule = (
            "no browser honours ALLOW-FROM: anybody may frame the page.",
            "framing-allow-from",
        )
    else:
        said, rule = "X-Frame-Options has no value that browsers know.", "framing-invalid"
    yield Finding(rule, Severity.HIGH, said, SEND)
