"""Links to files: they lead into the repository's commit, or there is none."""

from __future__ import annotations

import pytest

from tests.render.reports import COMMIT, ORIGIN
from trivigil.core.report import Origin
from trivigil.render.places import file_url

BLOB = f"https://github.com/acme/shop/blob/{COMMIT}"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param("budgets.json", "budgets.json", id="a file"),
        pytest.param("perf/budgets.json", "perf/budgets.json", id="a folder"),
        pytest.param("./perf/./budgets.json", "perf/budgets.json", id="steps that stay"),
        pytest.param("perf\\budgets.json", "perf/budgets.json", id="Windows"),
        pytest.param("a/..b/c..d/...", "a/..b/c..d/...", id="dots that are part of a name"),
        pytest.param("100%/a#b?c", "100%25/a%23b%3Fc", id="signs of addresses"),
        pytest.param("%2e%2e/%2e%2e/x", "%252e%252e/%252e%252e/x", id="dots in another coat"),
    ],
)
def test_a_link(path: str, shown: str) -> None:
    """A path below the top is linked at its line."""
    assert file_url(path, 3, ORIGIN) == f"{BLOB}/{shown}#L3"


@pytest.mark.parametrize(
    "path",
    [
        "../x", "..", "a/..", "a/../../../../x/y", "a/../b", "a\\..\\..\\x", "/etc/passwd", "\\\\host\\x",
        "C:/x", "javascript:x", "a//b", "", ".", "./", "a/.\t./x", "a/.\n./x", "a/..\r/x", "a/.. /x", "a/ ../x",
    ],
)  # fmt: skip
def test_no_link(path: str) -> None:
    """What leaves the repository, or may do so in a browser, is not linked."""
    assert file_url(path, 3, ORIGIN) is None


def test_no_link_without_a_commit() -> None:
    """Where the commit or the server is not known, nothing is linked."""
    assert file_url("budgets.json", 3, ORIGIN._replace(commit=None)) is None
    assert file_url("budgets.json", 3, Origin(COMMIT)) is None
