"""CSV of Bandit, DefectDojo, Gitleaks and gosec: every row is a finding, none shows a secret, and no rows prove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.security.severity import choose

if TYPE_CHECKING:
    from pathlib import Path


def test_bandit() -> None:
    """Rule, severity, weakness, place and page of each row; a password in the words is not kept."""
    found = findings(DATA / "bandit/csv/plain.csv")
    assert [(f.id, choose(f).severity.label, f.place.line, f.cwes) for f in found] == [
        ("B404", "low", 1, (78,)),
        ("B105", "low", 3, (259,)),
        ("B101", "low", 7, (703,)),
        ("B602", "high", 8, (78,)),
        ("B608", "medium", 9, (89,)),
    ]
    assert found[3].place.path == "app/run.py"
    assert (found[3].help_uri or "").endswith("b602_subprocess_popen_with_shell_equals_true.html")
    assert "hunter2" not in repr(found)


def test_defectdojo_beside_other_columns(tmp_path: Path) -> None:
    """Columns of somebody else do not matter, and a cell may be empty."""
    path = tmp_path / "report.csv"
    columns = "Title,Description,Severity,Date,Url,Team"
    path.write_text(f"{columns}\nInvented,,High,2021-02-28,shop.example.com,A\n", encoding="utf-8")
    (found,) = findings(path)
    assert (found.tool, found.title, found.kind) == ("defectdojo", "Invented", "web")


def test_defectdojo() -> None:
    """Columns as the keys of its JSON; flags are words, empty cells nothing, an address without its values."""
    first, second, bare = findings(DATA / "defectdojo/csv/plain.csv")
    assert (first.id, first.cwes, first.fix) == ("SQL injection", (89,), "Bind it.")
    assert (first.place.url, first.confidence) == ("https://shop.example/login?token", "certain")
    assert [(r.system, r.score) for r in first.ratings] == [("word", None), ("cvss:3.1", 9.8)]
    assert (second.accepted, second.ratings[1].score) == ("false positive", 6.1)
    assert (choose(bare).severity.label, bare.accepted, bare.cwes) == ("low", None, ())
    assert "hR7pW2sKd9Vq4XjM6tBz" not in repr((first, second, bare))
    assert read(DATA / "defectdojo/csv/no-rows.csv").state == "partial"


def test_gitleaks() -> None:
    """The same leaks as in JSON, with the same digests of the same secrets."""
    rows = findings(DATA / "gitleaks/v8.30/plain.csv")
    assert [(f.id, f.place.path, f.place.line) for f in rows] == [
        ("generic-api-key", "conf/settings.py", 1),
        ("generic-api-key", "conf/settings.py", 2),
    ]
    assert len({f.secret for f in rows}) == 2
    (older,) = findings(DATA / "gitleaks/made/v7.csv")
    assert (older.id, older.place.path, older.place.line) == (
        "Generic Credential",
        "conf/shop.ini",
        12,
    )
    assert older.secret is not None
    assert older.secret in {f.secret for f in findings(DATA / "gitleaks/v7/plain.json")}


def test_gosec() -> None:
    """A row without its rule goes by its weakness; its code is that of gosec's JSON, so both are one finding."""
    rows = findings(DATA / "gosec/v2.30/plain.csv")
    assert [(f.id, choose(f).severity.label, f.place.line) for f in rows] == [
        ("CWE-798", "high", 9),
        ("CWE-328", "medium", 12),
        ("CWE-327", "medium", 4),
        ("CWE-703", "low", 13),
    ]
    assert "hR7pW2sKd9Vq4XjM6tBz" not in repr(rows)
    known = {f.code for f in findings(DATA / "gosec/v2.30/plain.json")}
    assert rows[0].code in known


@pytest.mark.parametrize("name", ["bandit/csv/no-rows.csv", "gitleaks/made/no-rows.csv"])
def test_no_rows_prove_nothing(name: str) -> None:
    """A header alone may be a report that was cut, or of a run that read nothing: it is partial, and says what to name."""
    reading = read(DATA / name)
    assert (reading.state, reading.count) == ("partial", 0)
    assert "name its JSON (`" in reading.notes[0]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda text: text.rstrip(), "the file is cut", id="no line end"),
        pytest.param(lambda text: text * 2, "of two reports", id="twice"),
        pytest.param(lambda text: text + "Done.\n", "1 cells in place of 12", id="words behind it"),
    ],
)
def test_a_damaged_report_is_partial(damage: object, said: str, tmp_path: Path) -> None:
    """What can be read of it counts, and it is not whole."""
    assert callable(damage)
    path = tmp_path / "report.csv"
    text = (DATA / "bandit/csv/plain.csv").read_text(encoding="utf-8")
    path.write_text(damage(text), encoding="utf-8")
    reading = read(path)
    assert reading.state == "partial"
    assert len(facts(reading).findings) >= 5
    assert said in " ".join(reading.notes)
