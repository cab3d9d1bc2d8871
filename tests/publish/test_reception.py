from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.github.finished_run import FinishedRun
from trivigil.github.records import Artifact
from trivigil.publish import Wanted
from trivigil.publish.reception import CHANNELS, LARGEST, MOST_DEPTH, choose, too_deep

RUN = FinishedRun(42, 7, 1, "pull_request", "a" * 40, "fix", "mona/shop", "2026-01-31T12:00:00Z")
HELD = Artifact(1, "trivigil-handover-perf", 100, False, "2026-01-31T12:05:00Z", "", 42, "a" * 40)

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='[]{}"\\ax'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


def depth(value: object) -> int:
    """How deep a value is nested, counted by going there."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = isinstance(value, dict | list)
    return own + max((depth(one) for one in inner), default=0)


@given(jsons, st.integers(0, MOST_DEPTH + 2))
def test_depth(value: object, more: int) -> None:
    """Brackets in strings, after escapes and before, are not counted; the others are."""
    for _ in range(more):
        value = [value]
    assert too_deep(json.dumps(value)) == (depth(value) > MOST_DEPTH)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"' + '\\"' * 1_000_000, id="a string that never ends"),
        pytest.param('"a' + "\\", id="ends in a backslash"),
        pytest.param('"' * 999_999, id="quotes"),
        pytest.param("]" * 1_000_000, id="only ends"),
        pytest.param("", id="nothing"),
    ],
)
def test_broken_text(text: str) -> None:
    """Text that is no JSON is walked through once (twice and again would never end), and left to the parser."""
    assert not too_deep(text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"created_at": "2026-01-31T11:59:59Z"}, "an earlier attempt", id="earlier"),
        pytest.param({"created_at": ""}, "does not say when", id="no time"),
        pytest.param({"created_at": "2026-01-31T12:05:00"}, "does not say when", id="no zone"),
        pytest.param({"run_id": 41}, "not of run 42", id="another run"),
        pytest.param({"run_id": None}, "not of run 42", id="no run"),
        pytest.param({"head_sha": "b" * 40}, "not of run 42", id="another commit"),
        pytest.param({"expired": True}, "has expired", id="expired"),
        pytest.param({"size": LARGEST + 1}, "is larger than", id="too large"),
    ],
)
def test_an_artifact_that_is_not_taken(changes: dict[str, object], said: str) -> None:
    """It is named with its reason, and another one is taken all the same."""
    other = HELD._replace(id=2, name="trivigil-handover-web")
    choice = choose([HELD._replace(**changes), other], 2, RUN)  # type: ignore[arg-type]
    assert choice.legs == (other,)
    [sentence] = choice.passed_over + choice.refused
    assert sentence.startswith("trivigil-handover-perf: ")
    assert said in sentence


def test_twins() -> None:
    """Of two artifacts with one name the newer counts."""
    newer = HELD._replace(id=5)
    assert choose([newer, HELD], 2, RUN).legs == (newer,)


def test_more_artifacts_than_are_listed() -> None:
    """It is said."""
    assert "300 artifacts" in choose([HELD], 300, RUN).passed_over[0]


def test_within() -> None:
    """What a second half may publish on leaves no way to code scanning and to commands."""
    assert {"sarif", "annotations", "issue"}.isdisjoint(CHANNELS)
    assert Wanted().within is None
