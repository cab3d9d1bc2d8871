"""Vulnerabilities of Trivy are read many at a time, typed where they fit: which way one takes is seen nowhere."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.readers.reading import DATA, facts, read

if TYPE_CHECKING:
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

USUAL: dict[str, Any] = {
    "VulnerabilityID": "CVE-2024-1000",
    "VendorIDs": ["DSA-1-1"],
    "PkgName": "demo",
    "PkgIdentifier": {"PURL": "pkg:npm/demo@1.0", "UID": "1"},
    "InstalledVersion": "1.0",
    "FixedVersion": "1.1, 2.0",
    "SeveritySource": "ghsa",
    "PrimaryURL": "https://avd.aquasec.com/nvd/cve-2024-1000",
    "Title": "demo: a flaw",
    "Description": "A flaw in demo.",
    "Severity": "HIGH",
    "CweIDs": ["CWE-79", "CWE-80"],
    "VendorSeverity": {"ghsa": 3, "nvd": 4},
    "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8}},
}
KEYS = (*USUAL, "PkgPath", "Aliases", "References")
JUNK: list[Any] = [
    None, True, 0, -1, 3, 2.5, 1e300, 10**30, 10**400, "", " ", " a ", "MAL-2024-1", "CWE-22", "low", "1,,2 ,", "pkg:", "./lib//a.jar", "CVSS:9/x", "\u2028\x7f",
    [], [None], ["GHSA-2222-3333-4444", 7, " "], [["CWE-1"]], {}, {"nvd": None}, {"nvd": 4, "ghsa": 9}, {"PURL": 7}, {"PURL": " pkg:npm/a "},
    {"nvd": {"V2Score": 5, "V40Vector": "CVSS:4.0/AV:N"}}, {"nvd": {"V3Score": True, "V3Vector": 3}},
]  # fmt: skip
TARGETS: list[dict[str, Any]] = [
    {"Target": "web/package-lock.json", "Class": "lang-pkgs", "Type": "npm"},
    {"Target": "image (debian 12)", "Class": "os-pkgs", "Type": "debian"},
    {"Target": None, "Class": 7},
    {},
]
CHANGES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(JUNK), max_size=4)
LEFT_OUT = st.sets(st.sampled_from(KEYS), max_size=3)


def changed(changes: dict[str, object], left_out: set[str]) -> dict[str, Any]:
    given: dict[str, Any] = USUAL | changes
    return {key: each for key, each in given.items() if key not in left_out}


RECORDS = st.one_of(st.builds(changed, CHANGES, LEFT_OUT), st.sampled_from(JUNK))
LISTS = st.lists(RECORDS, max_size=8)


def report(*lists: object) -> dict[str, Any]:
    results = [
        {**TARGETS[number % len(TARGETS)], "Vulnerabilities": each}
        for number, each in enumerate(lists)
    ]
    return {"SchemaVersion": 2, "ArtifactName": "demo", "Results": results}


def vulnerabilities(target: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in target.get("Vulnerabilities") or () if isinstance(each, dict)]


def written(folder: Path, document: object) -> Path:
    path = folder / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def leniently(folder: Path, document: dict[str, Any]) -> Reading[ScanFacts]:
    """What is read where nothing is typed: a report with a resource that is none is decoded as a whole. What is said of that is taken off."""
    found = read(written(folder, {**document, "Resources": [None]}), "trivy")
    said = "`Resources[0]` is left out: it is not an object."
    notes = tuple([note for note in found.notes if note != said])
    assert len(notes) == len(found.notes) - 1
    if notes:
        return found._replace(notes=notes)
    return found._replace(notes=(), state="complete" if found.count else "empty")


@given(st.lists(LISTS, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_usual_way_gives_what_the_lenient_way_gives(
    tmp_path: Path, lists: list[list[object]]
) -> None:
    """Fields of every kind, lacking ones, and what is no vulnerability at all."""
    document = report(*lists)
    assert read(written(tmp_path, document)) == leniently(tmp_path, document)


@pytest.mark.parametrize("each", [1, 7, 100, 600])
def test_many_give_what_each_gives(each: int, tmp_path: Path) -> None:
    """Usual and strange ones beside each other keep their order and what they say."""
    records: list[Any] = []
    for number in range(1_300):
        usual = {**USUAL, "VulnerabilityID": f"CVE-2024-{number % 90 + 1000}"}
        usual |= {"PkgName": f"demo{number}", "CweIDs": [f"CWE-{number % 80 + 1}"]}
        strange = {KEYS[number % len(KEYS)]: JUNK[number % len(JUNK)]} if number % each == 0 else {}
        records.append({**usual, **strange})
    records[700] = "no vulnerability"
    document = report(records, records[:600])
    typed = read(written(tmp_path, document))
    assert typed == leniently(tmp_path, document)
    assert len(facts(typed).findings) == 1_899
    assert typed.notes == ("`Results[0].Vulnerabilities[700]` is left out: it is not an object.",)


@pytest.mark.parametrize("name", ["schema2/bare.json", "schema2/plain.json", "older/list.json"])
def test_reports_of_trivy(name: str, tmp_path: Path) -> None:
    """Whole reports are the same both ways, also with one field after the other of another kind."""
    document = json.loads((DATA / "trivy" / name).read_text(encoding="utf-8"))
    if isinstance(document, list):
        document = {"ArtifactName": "demo", "Results": document}
    typed = facts(read(DATA / "trivy" / name))
    assert typed.findings == facts(leniently(tmp_path, document)).findings
    for key in KEYS:
        for junk in (None, 7, "a", [7], {"nvd": 7}):
            other = deepcopy(document)
            for target in other["Results"]:
                for record in vulnerabilities(target):
                    record[key] = junk
            assert read(written(tmp_path, other), "trivy") == leniently(tmp_path, other)


def test_resources_of_a_cluster(tmp_path: Path) -> None:
    """Their results are read like those of a report, and named by the resource."""
    named = {"Namespace": "default", "Kind": "Deployment", "Name": "web"}
    results = report([USUAL, {**USUAL, "CweIDs": 7}])["Results"]
    document: dict[str, Any] = {"ClusterName": "demo", "Resources": [{**named, "Results": results}]}
    typed = facts(read(written(tmp_path, document)))
    document["Findings"] = [None]  # the same, decoded as a whole
    assert typed == facts(read(written(tmp_path, document)))
    image = "default/Deployment/web web/package-lock.json"
    assert [each.place.image for each in typed.findings] == [image, image]


@pytest.mark.parametrize("text", [r"\q", r"\ud83", "a\nb"])
@pytest.mark.parametrize("key", ["PkgName", "References", "CVSS"])
def test_damage_inside_of_a_vulnerability_has_its_line(text: str, key: str, tmp_path: Path) -> None:
    """It is said as if all were decoded at once."""
    path = written(tmp_path, report([USUAL, {**USUAL, key: "HERE"}]))
    path.write_text("\n\n" + path.read_text().replace("HERE", text))
    made = read(path)
    assert made.problem is not None
    assert "report.json:3" in made.problem
