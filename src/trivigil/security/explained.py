"""Where a finding is explained: never a page that only the scanner's file names, because anybody may have written that.

The page of an advisory follows from its id. A rule's page is taken from the file where it is one of its tool's own site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from trivigil.security import advisory

if TYPE_CHECKING:
    from trivigil.security.facts import Finding

_ADVISORIES: Final = {
    "CVE": "https://nvd.nist.gov/vuln/detail/",
    "GHSA": "https://github.com/advisories/",
    "PYSEC": "https://osv.dev/vulnerability/",
    "GO": "https://pkg.go.dev/vuln/",
    "RUSTSEC": "https://rustsec.org/advisories/",
    "MAL": "https://osv.dev/vulnerability/",
    "OSV": "https://osv.dev/vulnerability/",
    "SNYK": "https://security.snyk.io/vuln/",
}
_SAFE: Final = re.compile(r"[0-9A-Za-z_.~-]*")
_SITES: Final = frozenset(
    {
        "avd.aquasec.com",
        "bandit.readthedocs.io",
        "brakemanscanner.org",
        "cheatsheetseries.owasp.org",
        "cwe.mitre.org",
        "docs.astral.sh",
        "docs.bridgecrew.io",
        "docs.kics.io",
        "docs.prismacloud.io",
        "docs.zizmor.sh",
        "owasp.org",
        "securego.io",
        "semgrep.dev",
        "tfsec.dev",
        "www.zaproxy.org",
    }
)
"""Sites of scanners and of the bodies that name weaknesses."""


def page(finding: Finding, named: str | None = None) -> str | None:
    """The https page that explains a finding; `named` is the id that names its problem. None where there is none to trust."""
    return of_rule(named or finding.id, finding.help_uri)


def of_rule(one: str, own: str | None) -> str | None:
    """The same of a rule or advisory; `own` is the page that the file names."""
    family = one.partition("-")[0].upper()
    if family in _ADVISORIES and advisory.is_known(one):
        return _ADVISORIES[family] + (one if _SAFE.fullmatch(one) else quote(one, safe="-"))
    return None if own is None else _own(own)


@lru_cache(maxsize=4_096)
def _own(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.lower()
    return address if parts.scheme == "https" and host in _SITES else None
