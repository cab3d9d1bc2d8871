"""What tools write in their own words, without the secrets that can be known by their shape.

Fields that hold secrets, requests and answers are not read at all; but titles, descriptions, advice and error messages quote what their authors saw. Masked
are keys with a prefix of their issuer's, tokens (JWT, RFC 7519), private keys (RFC 7468), values of authorization and cookie headers, values of parameters that
are called password, token and the like, passwords in addresses, and names in e-mail addresses. Nothing else of a text changes: names of variables, calls,
packages, algorithms and pictures with an `@` stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_VALUE: Final = r"[^\s\"'`<>&,;)\]}\u2026]+"
_SCHEMES: Final = "(?:basic|bearer|digest|negotiate|oauth|apikey|token)"
_NAMES: Final = (
    "password|passwd|passphrase|pwd|secret|token|(?:api|access|secret|account)[_-]?key"
    "|j?session(?:_?id)?|phpsessid"
)
_BEGINS: Final = r"(?:\b|_|(?-i:(?<=[a-z])(?=[A-Z])))"
"""Of a name: `token`, `DB_TOKEN`, `authToken`."""
_SAYS: Final = (
    r"(?:[\"']\s*:\s*[\"']|(?<=[dD]):\s?[\"']|\s?:?=\s?[\"']?(?!=)|[\"']?\s?(?:={2,3}|=>)\s?[\"'])"
)
"""Between a name and its value: in JSON, after a password's name in prose, assigned, compared with a text."""
_REFERENCE: Final = (
    r"(?:None|null|nil|undefined|true|false)\b|\$[{(]|(?-i:\$[A-Z][A-Z0-9_]+\b)|%[sv](?!\w)|%\("
    r"|\{[^\s}]{0,60}\}(?![\w+/])|[a-z_][a-z_.]{0,80}[(\[]"
)
"""What stands for a value and is none: nothing, a variable, a call."""
_PROSE: Final = r"auth\w*|tokens?|credentials?|schemes?|headers?"
_FILES: Final = (
    r"(?:[cm]?js|json|ts|css|png|jpe?g|gif|svg|webp|tgz|service|socket|timer|target|mount|RELEASE)"
)
"""What ends names with an `@` that are no addresses: of pictures (`a@2x.png`), of units of systemd, of versions."""


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
            r"(?s)(-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----).*?(?:(-----END [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----)|\Z)",
            r"\1…\2",
        ),
        ((("AKIA", "ASIA"),), r"\b(AKIA|ASIA)[A-Z0-9]{12,}", r"\1…"),
        (
            (
                ("_",),
                ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "npm_", "k_live_", "k_test_", "whsec_", "hf_"),
            ),
            r"\b(gh[pousr]_|github_pat_|dckr_pat_|[srp]k_(?:live|test)_|whsec_|(?:npm|hf)_(?=[A-Za-z0-9]{30}))[\w-]{16,}",
            r"\1…",
        ),
        (
            (("-",), ("glpat-", "glrt-", "gldt-", "pypi-A", "xox", "xapp-", "sk-", "GOCSPX-")),
            r"\b(gl(?:pat|dt|rt)-|pypi-(?=AgE)|xox[abeprs]-|xapp-|GOCSPX-|sk-(?:(?:proj|ant|svcacct|admin)-|(?=[A-Za-z0-9]{32})))[\w-]{16,}",
            r"\1…",
        ),
        (
            ((".",), ("hvs.", "ya29.", "SG.")),
            r"\b(hvs\.|ya29\.|SG\.(?=[\w-]{16,}\.))[\w-]{16,}(?:\.[\w-]{16,})?",
            r"\1…",
        ),
        (
            (("hooks.slack.com/", "/api/webhooks/"),),
            r"(hooks\.slack\.com/(?:services|workflows)/|/api/webhooks/)[\w/-]{16,}",
            r"\1…",
        ),
        ((("AIza",),), r"\b(AIza)[\w-]{16,}", r"\1…"),
        ((("eyJ",),), r"(?<![\w-])eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*", "eyJ…"),
        (
            ((":", "="), ("uthorization", "UTHORIZATION")),
            (rf"(?i)\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:{_SCHEMES}\s+(?!(?:{_PROSE})\b)(?=\S{{8}}|\S*\d|\S+=)"
            rf"|(?!{_SCHEMES}\b|(?:CVE|CWE|GHSA)-|https?:)(?=[\w+.~-][\w+/.~-]{{11}})(?=[\w+/.~-]*\d))){_VALUE}"),
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
            rf"(?i)\b((set-)?cookie[\"']?\s*:\s*[\"']?[\w.-]+=){_VALUE}(?(2)|(?:;\s?[\w.-]+={_VALUE})*)",
            r"\1…",
        ),
        (
            (
                ("=", ": '", ': "', ":'", ':"'),
                ("assw", "ASSW", "assphr", "pwd", "PWD", "ecret", "ECRET", "oken", "OKEN", "key", "Key", "KEY", "ession", "ESSION", "SESSID"),
            ),
            rf"(?i)({_BEGINS}(?:{_NAMES}){_SAYS})(?!{_REFERENCE}){_VALUE}",
            r"\1…",
        ),
        ((("@",), ("://",)), r"(://[^\s/:@\"']{0,200}):(?!(?:pass(?:word)?|<\w+>\]?|\$?\{\w+\}|\*+)@)[^\s/@\"']{1,500}@", r"\1:…@"),
        (
            (("@",), (".",)),
            (r"(?<![\w.+-])(?!git@|(?<=%)3C)[A-Za-z0-9][\w.+-]{0,63}@"
            rf"(?!v?\d+\.|(?:openssh\.com|libssh\.org)\b|[\w.-]{{0,200}}\.{_FILES}(?!\.?[\w-]))"
            r"((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b"),
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
