"""Who may see what."""

from __future__ import annotations

import pytest

from trivigil.core.disclosure import discloses


@pytest.mark.parametrize(
    ("private", "asked", "shown"),
    [
        pytest.param(True, False, True, id="private"),
        pytest.param(False, False, False, id="public"),
        pytest.param(None, False, False, id="unknown-counts-as-public"),
        pytest.param(False, True, True, id="public-and-asked-for"),
    ],
)
def test_disclosure(private: bool | None, asked: bool, shown: bool) -> None:
    """Public repositories show what may hold secrets only where it is asked for."""
    assert discloses(private=private, asked=asked) is shown
