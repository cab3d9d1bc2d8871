"""The end of a test run, which is put together from several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import TOGETHER
from .test_house import CHECKOUT

OURS = """\
import sys

sys.path[:0] = [{checkout!r}]
from tests.conftest import pytest_terminal_summary, tell
"""
TESTS = """\
import pytest


@pytest.mark.parametrize("number", range(4))
def test_share(number, tell):
    tell(f"{number} of 4 agree")


def test_left_out():
    pytest.skip("the tool is not here")
"""


@pytest.mark.parametrize("workers", ["0", "2"], ids=["one process", "two processes"])
def test_what_tests_tell_is_shown_at_the_end(tmp_path: Path, workers: str) -> None:
    """Each line once, in the order of the tests, beside the reasons of skipped tests, whichever process ran them."""
    (tmp_path / "conftest.py").write_text(OURS.format(checkout=str(CHECKOUT)), encoding="utf-8")
    (tmp_path / "test_shares.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", workers, "."]
    ran = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = [line for line in ran.stdout.splitlines() if line.endswith(" of 4 agree")]
    assert said == [f"{number} of 4 agree" for number in range(4)]
    assert "the tool is not here" in ran.stdout


@pytest.mark.parametrize("begin", TOGETHER)
def test_what_stays_together_is_there(begin: str) -> None:
    """No rule is left over for tests that have another name by now."""
    file, _, name = begin.partition("::")
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    assert (f"class {name}:" if name else "def test_") in text
