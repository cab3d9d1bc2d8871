"""What an exit code says beside a file: a whole file is believed only with the code that goes with it."""

from __future__ import annotations

import pytest

from tests.security.made import flaw, scan
from trivigil.security import exit_codes
from trivigil.security.tool import CLEAN, EITHER, FOUND, Ended, Meaning, failed

CODES = {0: CLEAN, 1: FOUND, 2: failed("it was called wrongly"), 5: EITHER}
NONE, ONE = (), (flaw("bandit", "B602", 3),)


def ended(code: int, *, timed_out: bool = False) -> Ended:
    return Ended(code, 1.0, timed_out, "bandit.log")


@pytest.mark.parametrize(
    ("findings", "code", "state", "words"),
    [
        pytest.param(NONE, 0, "empty", "", id="nothing, and it says so"),
        pytest.param(ONE, 1, "complete", "", id="something, and it says so"),
        pytest.param(ONE, 5, "complete", "", id="a code that says nothing of findings"),
        pytest.param(NONE, 5, "empty", "", id="nor of none"),
        pytest.param(NONE, 1, "partial", "something, and its file has nothing", id="lost findings"),
        pytest.param(
            ONE, 0, "partial", "nothing, and its file has 1", id="a green code over findings"
        ),
        pytest.param(
            NONE, 2, "partial", "exit code 2: it was called wrongly", id="a known failure"
        ),
        pytest.param(ONE, 2, "partial", "exit code 2", id="a failure after the first finding"),
        pytest.param(NONE, 77, "partial", "does not list this code", id="an unknown code"),
        pytest.param(NONE, -9, "partial", "killed by signal 9", id="killed"),
    ],
)
def test_a_code_and_a_file(findings: tuple[object, ...], code: int, state: str, words: str) -> None:
    """A contradiction, a failure and an unknown code make a scan partial, and say why first."""
    whole = scan(findings, "bandit", "complete" if findings else "empty")  # type: ignore[arg-type]
    reading = exit_codes.weigh(whole, "bandit", ended(code), CODES, 600)
    assert reading.state == state
    assert words in " ".join(reading.notes[:1])
    assert reading.facts == whole.facts


def test_a_scan_that_was_stopped_is_not_whole() -> None:
    """What it wrote before its time was over counts, and proves nothing."""
    reading = exit_codes.weigh(scan(ONE, "zap"), "zap", ended(0, timed_out=True), CODES, 90)
    assert (reading.state, reading.notes) == (
        "partial",
        ("zap was stopped after 90 s, before its own end.",),
    )


@pytest.mark.parametrize(
    ("code", "state", "problem"),
    [
        pytest.param(2, "crashed", None, id="the scanner's failure"),
        pytest.param(
            0, "partial", "bandit.json is cut.", id="a good end, so the file is the problem"
        ),
    ],
)
def test_a_file_that_cannot_be_read(code: int, state: str, problem: str | None) -> None:
    """Half a file of a scanner that failed is that failure; otherwise somebody has to look at the file."""
    damaged = scan((), "bandit", "partial", "bandit.json is cut.")
    reading = exit_codes.weigh(damaged, "bandit", ended(code), CODES, 600)
    assert (reading.state, reading.problem) == (state, problem)


@pytest.mark.parametrize(
    ("code", "codes", "state"),
    [
        pytest.param(0, CODES, "crashed", id="a green code without a file"),
        pytest.param(1, CODES, "crashed", id="a crash with the code of a finding"),
        pytest.param(
            125, {125: Meaning("unstarted", "x")}, "missing", id="the machine cannot run it"
        ),
    ],
)
def test_no_file_at_all(code: int, codes: dict[int, Meaning], state: str) -> None:
    """Never clean, whatever the code."""
    reading = exit_codes.without_file("raw/a.json", "bandit", "bandit", ended(code), codes, 600)
    assert reading.state == state
    assert reading.notes[0].endswith("It wrote no file.")


def test_what_it_printed_can_take_a_clean_scan_away() -> None:
    """Some scanners say only in their log that they read nothing."""
    known = {r"\b0 commits scanned": "Gitleaks found no commit to look at."}
    doubts = exit_codes.doubts("1:21PM INF 0 commits scanned.\n", known)
    reading = exit_codes.weigh(
        scan((), "gitleaks", "empty"), "gitleaks", ended(0), CODES, 600, doubts
    )
    assert (reading.state, reading.notes) == ("partial", doubts)
    assert exit_codes.doubts("10 commits scanned.", known) == ()
