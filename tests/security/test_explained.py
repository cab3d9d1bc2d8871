"""Links: to the page that an id stands for, or to the tool's own site, and nowhere else."""

from __future__ import annotations

import pytest

from tests.security.made import advisory, flaw
from trivigil.security import explained


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("CVE-2022-28346", "https://nvd.nist.gov/vuln/detail/CVE-2022-28346"),
        ("GHSA-2gwj-7jmv-h26r", "https://github.com/advisories/GHSA-2gwj-7jmv-h26r"),
        ("PYSEC-2022-190", "https://osv.dev/vulnerability/PYSEC-2022-190"),
        ("GO-2022-0001", "https://pkg.go.dev/vuln/GO-2022-0001"),
        ("CVE-2022-28346](https://evil.example", None),
        ("TEMP-0000", None),
    ],
)
def test_an_advisory_has_the_page_of_its_id(name: str, page: str | None) -> None:
    """Whatever address stands in the file."""
    found = advisory("trivy", name)._replace(help_uri="https://evil.example/")
    assert explained.page(found) == page


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://bandit.readthedocs.io/en/1.9.4/plugins/b608.html", True),
        ("http://bandit.readthedocs.io/en/1.9.4/plugins/b608.html", False),
        ("https://bandit.readthedocs.io.evil.example/", False),
        ("https://bandit.readthedocs.io@evil.example/", False),
        ("https://evil.example/?https://semgrep.dev", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_a_rule_has_a_page_of_its_tools_own_site(address: str | None, kept: bool) -> None:
    """Any other address of a file is no link: anybody may have written it."""
    found = flaw("bandit", "B608", 3)._replace(help_uri=address)
    assert explained.page(found) == (address if kept else None)
