"""Records are namedtuples, made cheaply."""

from __future__ import annotations

import pickle
import typing

import pytest

from trivigil.core.record import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2

    @property
    def total(self) -> int:
        """Both."""
        return self.x + self.y


class Same(typing.NamedTuple):
    """A place."""

    x: int
    y: int = 2


def test_a_record_is_what_typing_would_make() -> None:
    """Fields, defaults, documentation, equality, replacement, representation and module are the same."""
    ours, theirs = Point(1), Same(1)
    assert tuple(ours) == tuple(theirs) == (1, 2)
    assert (Point._fields, Point._field_defaults) == (Same._fields, Same._field_defaults)
    assert (Point.__doc__, Point.__module__) == (Same.__doc__, Same.__module__)
    assert repr(ours).replace("Point", "Same") == repr(theirs)
    assert ours._replace(x=5) == (5, 2)
    assert ours._asdict() == {"x": 1, "y": 2}


def test_a_record_has_its_methods_and_no_room_for_more() -> None:
    """Properties work, fields cannot be set, and nothing can be added."""
    point = Point(3)
    assert point.total == 5
    with pytest.raises(AttributeError):
        point.x = 4  # type: ignore[misc]
    with pytest.raises(AttributeError):
        point.z = 4  # type: ignore[attr-defined]


def test_a_record_survives_pickling() -> None:
    """It is found again by its module and name."""
    assert pickle.loads(pickle.dumps(Point(3))) == Point(3)  # noqa: S301 (our own bytes)
