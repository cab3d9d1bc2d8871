"""What the first bytes of JSON name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.security.outline import Outline, nothing, outline
from trivigil.sources import Source


def seen(text: str | bytes) -> Outline:
    head = text.encode() if isinstance(text, str) else text
    return outline(Source("a.json", "a.json", None, len(head), head))


def names(*keys: str) -> frozenset[str]:
    return frozenset(keys)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": 1, "b": [2]}', Outline("{", names("a", "b")), id="an object"),
        pytest.param('[{"a": 1}, {"b": 2}]', Outline("[", names("a", "b")), id="a list"),
        pytest.param('{"a": 1}\n{"b": 2}', Outline("{", names("a", "b")), id="lines"),
        pytest.param(
            '{"a": {"c": {"e": 1}}, "b": [{"d": 2}]}',
            Outline("{", names("a", "b"), {"a": names("c"), "b": names("d")}),
            id="two levels",
        ),
        pytest.param(
            '[{"a": {"b": "c", "d": [{"e": 1}]}}]',
            Outline("[", names("a"), {"a": names("b", "d")}),
            id="below a list",
        ),
        pytest.param('{"a": "b\\"c\\\\", "d": "e', Outline("{", names("a", "d")), id="a cut text"),
        pytest.param('{"a": "b\\', Outline("{", names("a")), id="cut behind a backslash"),
        pytest.param('{"a": "{\\"b\\": 1}"}', Outline("{", names("a")), id="JSON in a text"),
        pytest.param(" \n {}", Outline("{"), id="white space"),
        pytest.param("a,b\n1,2", Outline(), id="CSV"),
        pytest.param("", Outline(), id="nothing"),
        pytest.param("]}}[{", Outline(), id="brackets that close nothing"),
        pytest.param("{]}}[{", Outline("{"), id="brackets that do not fit"),
    ],
)
def test_outline(text: str, expected: Outline) -> None:
    """The keys of two levels of objects."""
    assert seen(text) == expected


def test_questions() -> None:
    """Which keys are there, and which right below one."""
    found = seen('{"results": [{"rule": 1, "path": 2}], "errors": []}')
    assert found.has("results", "errors")
    assert not found.has("results", "paths")
    assert found.below("results", "rule", "path")
    assert not found.below("errors", "rule")


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_keys_are_those_of_the_object(document: dict[str, object]) -> None:
    """Whatever an object holds, its keys are found, and no others."""
    text = json.dumps(document, ensure_ascii=False)
    written = {json.dumps(key, ensure_ascii=False)[1:-1] for key in document}
    assert seen(text.encode("utf-8", "replace")).keys == {
        key.encode("utf-8", "replace").decode() for key in written
    }


@given(st.binary(max_size=200))
def test_any_bytes(head: bytes) -> None:
    """No bytes are an error."""
    assert seen(head).opens in {"", "{", "["}


@pytest.mark.parametrize(
    ("text", "tool", "expected"),
    [
        pytest.param("[]", "ruff", True, id="named"),
        pytest.param(" null\n", "ruff", True, id="null and white space"),
        pytest.param("[]", None, False, id="not named"),
        pytest.param("[]", "zizmor", False, id="named otherwise"),
        pytest.param("[1]", "ruff", False, id="something"),
    ],
)
def test_nothing(text: str, tool: str | None, expected: bool) -> None:
    """An empty list is a tool's only where the user names that tool."""
    head = text.encode()
    assert nothing(Source("a.json", "a.json", tool, len(head), head), "ruff") is expected
