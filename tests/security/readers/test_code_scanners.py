"""gosec, zizmor and Brakeman: findings in code."""

from __future__ import annotations

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import digest
from trivigil.security.facts import Place
from trivigil.security.severity import choose

GOSEC, ZIZMOR, BRAKEMAN = DATA / "gosec", DATA / "zizmor", DATA / "brakeman"


def test_gosec() -> None:
    """Severity, confidence and weakness; the code is the line alone, so that its neighbours may change."""
    found = {each.id: each for each in findings(GOSEC / "v2.30/plain.json")}
    imported = found["G501"]
    assert imported.place == Place("cmd/main.go", 4, 4)
    assert (imported.cwes, imported.confidence) == ((327,), "high")
    assert choose(imported).severity is Severity.MEDIUM
    assert imported.code == digest.code('"crypto/md5"')


def test_gosec_accepts_what_nosec_takes_out() -> None:
    """With the justification beside `#nosec`."""
    reading = read(GOSEC / "v2.30/plain.json")
    accepted = {each.id: each.accepted for each in facts(reading).findings if each.accepted}
    assert accepted == {"G401": "a checksum"}
    assert reading.count == 3


def test_gosec_hides_the_credential_of_its_code() -> None:
    """The code of a hard-coded credential is digested with the key."""
    (found,) = (each for each in findings(GOSEC / "v2.30/plain.json") if each.id == "G101")
    assert found.code not in (None, digest.code('const password = "hR7pW2sKd9Vq4XjM6tBz"'))


def test_gosec_that_could_not_compile() -> None:
    """Compile errors are partial, and a crash where not a file was looked at."""
    reading = read(GOSEC / "v2.30/broken.json")
    assert reading.notes == ("gosec could not compile a package; gobroken/main.go.",)
    assert reading.state == "partial"
    assert read(GOSEC / "made/crashed.json").state == "crashed"


def test_zizmor() -> None:
    """The primary location, whose rows count from 0, in both versions' words."""
    for version in ("v1.32", "v1.5"):
        found = {each.id: each for each in findings(ZIZMOR / version / "plain.json")}
        injected = found["template-injection"]
        assert injected.place == Place(".github/workflows/build.yml", 13, 13)
        assert (choose(injected).severity, injected.confidence) == (Severity.HIGH, "high")
        assert choose(found["artipacked"]).severity is Severity.MEDIUM


def test_zizmor_elsewhere_and_ignored() -> None:
    """A workflow of another repository has a path, and what is ignored is accepted."""
    (found,) = findings(ZIZMOR / "made/remote.json")
    assert found.place.path == ".github/workflows/ci.yml"
    assert found.accepted


def test_brakeman() -> None:
    """Its confidence is its level, as in its own SARIF; ignored warnings carry their note."""
    first, second, ignored = findings(BRAKEMAN / "made/plain.json")
    assert (first.id, first.cwes, first.place) == ("SQL", (89,), Place("app/models/order.rb", 25))
    assert (choose(first).severity, first.confidence) == (Severity.HIGH, "high")
    assert (choose(second).severity, second.code) == (Severity.LOW, None)
    assert ignored.accepted == "the id is a number"
    assert facts(read(BRAKEMAN / "made/plain.json")).scanned_at == "2026-11-23T09:00:01Z"


def test_brakeman_could_not_parse() -> None:
    """A file that does not parse makes the reading partial."""
    reading = read(BRAKEMAN / "made/partial.json")
    assert reading.notes == ("Brakeman says: Could not parse app/models/broken.rb.",)
    assert reading.state == "partial"
