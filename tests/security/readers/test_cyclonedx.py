"""CycloneDX: components by their references, analysis, ratings, and documents that prove nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose

CDX = DATA / "cyclonedx"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_pip_audit_s_documents(form: str) -> None:
    """JSON and XML of one scan say the same."""
    first, second = findings(CDX / f"plain/out.{form}")
    assert (first.id, second.id) == ("PYSEC-2099-1", "PYSEC-2099-2")
    assert first.package is not None
    assert first.package[:2] == ("demo-http", "1.0.0")


def test_one_finding_a_component() -> None:
    """A vulnerability of two components is two findings: of a nested one, and of one in another document."""
    first, second, *_ = findings(CDX / "analysis/out.json")
    assert [f.package and f.package.name for f in (first, second)] == [
        "org.demo:demo-log",
        "libdemo1",
    ]
    assert (first.id, first.aliases, first.cwes) == (
        "CVE-2099-1001",
        ("GHSA-2345-6789-cfgh",),
        (601,),
    )


def test_analysis() -> None:
    """What the analysis says is no problem is accepted; what is in triage counts."""
    _, _, calm, triaged = findings(CDX / "analysis/out.json")
    assert calm.accepted == "not_affected: code_not_reachable: The feature is switched off."
    assert triaged.accepted is None


@pytest.mark.parametrize("form", ["json", "xml"])
def test_versions(form: str) -> None:
    """A component whose own version is unaffected is accepted, and what was rejected; an unaffected later version says nothing of it."""
    assert [(each.id, each.accepted) for each in findings(CDX / f"versions/out.{form}")] == [
        ("CVE-2099-1001", "this version is unaffected"),
        ("CVE-2099-1002", None),
        ("CVE-2099-1003", "rejected"),
    ]


def test_ratings() -> None:
    """The vulnerability's own source comes first; OWASP's method is a level; vectors are scored, also without a prefix."""
    first, _, _, last = findings(CDX / "analysis/out.json")
    assert [(r.source, r.system) for r in first.ratings] == [
        ("ghsa", "word"),
        ("ghsa", "cvss:3.0"),
        ("ghsa", "level"),
        ("redhat", "word"),
    ]
    assert choose(first).severity is Severity.CRITICAL
    assert [(r.system, r.score) for r in last.ratings] == [("cvss:4.0", 9.3)]
    assert last.package is not None
    assert (last.package.name, last.package.version) == ("@demo/web", "2.0.0")


def test_the_later_version_of_cvss_counts(tmp_path: Path) -> None:
    """What a source says by CVSS 3 comes before what it says by CVSS 2, whatever their order."""
    ratings = [
        {"score": 6.5, "severity": "medium", "method": "CVSSv2"},
        {"score": 8.8, "severity": "high", "method": "CVSSv3"},
    ]
    about = {"id": "CVE-2099-1001", "source": {"name": "Invented"}, "affects": [{"ref": "a"}]}
    path = tmp_path / "bom.json"
    for given in (ratings, ratings[::-1]):
        bom = {"bomFormat": "CycloneDX", "specVersion": "1.4"}
        path.write_text(json.dumps({**bom, "vulnerabilities": [{**about, "ratings": given}]}))
        (found,) = findings(path)
        assert choose(found).severity is Severity.HIGH


def test_extension_of_older_versions() -> None:
    """A vulnerability inside a component is that component's; the word is not the score's band."""
    (found,) = findings(CDX / "extension/out.xml")
    assert found.package is not None
    assert found.package.purl == "pkg:pypi/demo-http@1.0.0"
    assert [(r.system, r.severity) for r in found.ratings] == [
        ("word", Severity.LOW),
        ("cvss:2.0", Severity.MEDIUM),
    ]


_GRYPE = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
  <components><component type="library"><name>demo-zip</name><version>1.0.1</version>{}</component></components>
</bom>"""


def test_grypes_extension_has_no_inner_elements(tmp_path: Path) -> None:
    """Grype before 0.33: each `vulnerabilities` is one vulnerability, and its `ratings` is the rating."""
    path = tmp_path / "out.xml"
    one = "<v:vulnerabilities><v:id>CVE-2099-000{}</v:id><v:ratings><v:score><v:base>{}</v:base></v:score><v:severity>{}</v:severity><v:method>CVSSv2</v:method></v:ratings></v:vulnerabilities>"
    both = one.format(1, 4, "Low") + one.format(2, 9.5, "Critical")
    path.write_text(_GRYPE.format(both), encoding="utf-8")
    found = findings(path)
    assert [(each.id, choose(each).severity) for each in found] == [
        ("CVE-2099-0001", Severity.LOW),
        ("CVE-2099-0002", Severity.CRITICAL),
    ]
    assert {each.package and each.package.name for each in found} == {"demo-zip"}


def test_list_with_nothing_known_is_not_clean(tmp_path: Path) -> None:
    """Vulnerabilities in elements of other names are none that were read."""
    path = tmp_path / "out.xml"
    path.write_text(
        _GRYPE.format("<v:vulnerabilities><v:issue/></v:vulnerabilities>"), encoding="utf-8"
    )
    assert read(path).state == "partial"


def test_list_of_components_proves_nothing() -> None:
    """A document without `vulnerabilities` is partial, an empty list of them is clean."""
    assert read(CDX / "malformed/no-vulnerabilities.json").state == "partial"
    assert read(CDX / "empty/out.json").state == "empty"
    assert read(CDX / "empty/out.xml").state == "empty"


def test_document_type_is_refused() -> None:
    """XML with a document type is not read: entities could grow without end, or name files."""
    reading = read(CDX / "malformed/doctype.xml")
    assert reading.facts is None
    assert "doctype.xml:2: the XML has a document type" in (reading.problem or "")


def test_document_type_later_is_refused(tmp_path: Path) -> None:
    """Nor behind a comment, or inside the root."""
    for text in (
        '<!-- a --><!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
        '<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><!DOCTYPE bom [<!ENTITY a "b">]></bom>',
    ):
        path = tmp_path / "out.xml"
        path.write_text(text, encoding="utf-8")
        assert "the XML " in (read(path).problem or "")
