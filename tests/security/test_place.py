"""Paths of the repository, wherever a runner or container had it."""

from __future__ import annotations

import pytest

from trivigil.security import place


@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param("file:///D:/a/shop/shop/src/a.ps1", "src/a.ps1", id="a Windows runner"),
        pytest.param("D:\\a\\shop\\shop\\a.cs", "a.cs", id="its backslashes"),
        pytest.param("D:/a/shop/other/a.cs", "D:/a/shop/other/a.cs", id="no checkout"),
        pytest.param("/home/runner/work/shop/shop/a.py", "a.py", id="a Linux runner"),
        pytest.param("/Users/runner/work/shop/shop/a.swift", "a.swift", id="a macOS runner"),
        pytest.param("/Users/runner/a.swift", "~/a.swift", id="its home"),
    ],
)
def test_path(written: str, path: str) -> None:
    """What stands before the checkout is left away."""
    assert place.path(written) == path
