"""What tools write in their own words, without the secrets that can be known by their shape.

Fields that hold secrets, requests and answers are not read at all; but titles, descriptions, advice and error messages quote what their authors saw. Masked
are keys with a prefix of their issuer's, tokens (JWT, RFC 7519), private keys (RFC 7468), values of authorization and cookie headers, values of parameters that
are called password, token and the like, passwords in addresses, and names in e-mail addresses. Nothing else of a text changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_VALUE: Final = r"[^\s\"'`<>&,;)\]}\u2026]+"
_SCHEMES: Final = "(?:basic|bearer|digest|negotiate|token)"
_NAMES: Final = (
    "password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|session(?:_?id)?"
)


class _Rule(NamedTuple):
    """What is masked, by what, and what every text has in which it can be: one of each of these."""

    hints: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]
    by: str

    def may(self, said: str) -> bool:
        """Whether the text has it; this takes a tenth of looking for it."""
        return all(any(map(said.__contains__, each)) for each in self.hints)


_RULES: Final = tuple(
    _Rule(hints, re.compile(pattern), by)
    for hints, pattern, by in (
        (
            (("-----",), ("PRIVATE KEY",)),
            r"(?s)(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----).*?(?:(-----END [A-Z ]{0,20}PRIVATE KEY-----)|\Z)",
            r"\1…\2",
        ),
        ((("AKIA", "ASIA"),), r"\b(AKIA|ASIA)[A-Z0-9]{12,}", r"\1…"),
        (
            (("_",), ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "npm_", "k_live_")),
            r"\b(gh[pousr]_|github_pat_|npm_|[srp]k_live_)[\w-]{16,}",
            r"\1…",
        ),
        ((("-",), ("glpat-", "pypi-", "xox")), r"\b(glpat-|pypi-|xox[abeprs]-)[\w-]{16,}", r"\1…"),
        ((("AIza",),), r"\b(AIza)[\w-]{16,}", r"\1…"),
        ((("eyJ",),), r"(?<![\w-])eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*", "eyJ…"),
        (
            ((":", "="), ("uthorization", "UTHORIZATION")),
            rf"(?i)\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:{_SCHEMES}\s+)?)(?!{_SCHEMES}\b){_VALUE}",
            r"\1…",
        ),
        (
            (("earer ", "asic ", "EARER "),),
            r"\b([Bb]earer|BEARER|[Bb]asic) +(?=[\w+/.~-]*\d)[\w+/.~-]{12,}=*",
            r"\1 …",
        ),
        (
            ((":",), ("x-", "X-"), ("ey", "EY", "oken", "OKEN")),
            rf"(?i)\b(x-[a-z-]{{0,40}}(?:key|token)[\"']?\s*:\s*[\"']?){_VALUE}",
            r"\1…",
        ),
        (
            (("=",), (":",), ("ookie", "OOKIE")),
            rf"(?i)\b((?:set-)?cookie[\"']?\s*:\s*[\"']?[\w.-]+=){_VALUE}",
            r"\1…",
        ),
        (
            (
                ("=", '":', "':"),
                ("assw", "ASSW", "assphr", "pwd", "PWD", "ecret", "ECRET", "oken", "OKEN", "ey", "EY", "ession", "ESSION"),
            ),
            rf"(?i)((?:\b|_)(?:{_NAMES})(?:[\"']\s*:\s*[\"']|\s?=\s?[\"']?))(?!(?:None|null|true|false)\b){_VALUE}",
            r"\1…",
        ),
        ((("@",), ("://",)), r"(://[^\s/:@\"']{0,200}):[^\s/@\"']{1,500}@", r"\1:…@"),
        (
            (("@",), (".",)),
            r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?!v?\d+\.)((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b",
            r"…@\1",
        ),
    )
)  # fmt: skip


def text(said: str) -> str:
    """The text without what is a secret by its shape."""
    for rule in _RULES:
        if rule.may(said):
            said = rule.pattern.sub(rule.by, said)
    return said


def texts(said: Sequence[str]) -> Sequence[str]:
    """Many, each looked at once, and only for what may be in one of them."""
    known = dict.fromkeys(said)
    all_of_them = "\n".join(known)
    rules = [rule for rule in _RULES if rule.may(all_of_them)]
    if not rules:
        return said
    shown = list(known)
    for rule in rules:
        sub, by, may = rule.pattern.sub, rule.by, rule.may
        shown = [sub(by, each) if may(each) else each for each in shown]
    masked = dict(zip(known, shown, strict=True))
    return [*map(masked.__getitem__, said)]


def every(said: Iterable[str]) -> tuple[str, ...]:
    """A few."""
    return tuple([text(each) for each in said])
