"""What tools write in their own words, without the secrets that can be known by their shape.

Fields that hold secrets, requests and answers are not read at all; but titles, descriptions, advice and error messages quote what their authors saw. Masked
are keys with a prefix of their issuer's, tokens (JWT, RFC 7519), private keys (RFC 7468), values of authorization and cookie headers, values of parameters that
are called password, token and the like, passwords in addresses, and names in e-mail addresses. Nothing else of a text changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HINTS: Final = (
    *("@", "earer", "EARER", "asic ", "ASIC ", "uthorization", "UTHORIZATION", "ookie", "OOKIE"),
    *("=", '":', "ey:", "EY:", "oken:", "OKEN:", "AKIA", "ASIA", "AIza", "xox", "eyJ", "_live_"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "pypi-", "PRIVATE KEY"),
)  # fmt: skip
"""One of them is in every text in which something may be masked: most texts have none, and looking for these is fast."""
_VALUE: Final = r"[^\s\"'`<>&,;)\]}\u2026]+"
_SCHEMES: Final = "(?:basic|bearer|digest|negotiate|token)"
_NAMES: Final = (
    "password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|session(?:_?id)?"
)
_RULES: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"(?s)(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----).*?(?:(-----END [A-Z ]{0,20}PRIVATE KEY-----)|\Z)", r"\1…\2"),
        (r"\b(AKIA|ASIA)[A-Z0-9]{12,}", r"\1…"),
        (r"\b(gh[pousr]_|github_pat_|glpat-|npm_|pypi-|xox[abeprs]-|[srp]k_live_|AIza)[\w-]{16,}", r"\1…"),
        (r"(?<![\w-])eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*", "eyJ…"),
        (rf"(?i)\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:{_SCHEMES}\s+)?)(?!{_SCHEMES}\b){_VALUE}", r"\1…"),
        (r"(?i)\b(bearer|basic)\s+(?=[\w+/.~-]*\d)[\w+/.~-]{12,}=*", r"\1 …"),
        (rf"(?i)\b(x-[a-z-]{{0,40}}(?:key|token)[\"']?\s*:\s*[\"']?){_VALUE}", r"\1…"),
        (rf"(?i)\b((?:set-)?cookie[\"']?\s*:\s*[\"']?[\w.-]+=){_VALUE}", r"\1…"),
        (
            rf"(?i)((?:\b|_)(?:{_NAMES})(?:[\"']\s*:\s*[\"']|\s?=\s?[\"']?))(?!(?:None|null|true|false)\b){_VALUE}",
            r"\1…",
        ),
        (r"(://[^\s/:@\"']{0,200}):[^\s/@\"']{1,500}@", r"\1:…@"),
        (r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?!v?\d+\.)((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b", r"…@\1"),
    )
)  # fmt: skip


def text(said: str) -> str:
    """The text without what is a secret by its shape."""
    if not any(hint in said for hint in _HINTS):
        return said
    for pattern, by in _RULES:
        said = pattern.sub(by, said)
    return said


def texts(said: Sequence[str]) -> list[str]:
    """Many, each looked at once."""
    known = {each: text(each) for each in set(said)}
    return [*map(known.__getitem__, said)]


def every(said: Iterable[str]) -> tuple[str, ...]:
    """A few."""
    return tuple([text(each) for each in said])
