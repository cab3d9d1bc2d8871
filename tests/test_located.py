"""JSON and YAML with line numbers."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.errors import InputError
from trivigil.located import load

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(documents, st.sampled_from([None, 0, 2]))
def test_json_reads_as_the_standard_library_reads_it(document: object, indent: int | None) -> None:
    """Any JSON document gives the same data as `json.loads`."""
    text = json.dumps(document, indent=indent)
    assert load(text, "x.json").plain() == json.loads(text)


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L"]), min_size=1),
        st.integers(),
        max_size=5,
    )
)
def test_yaml_reads_as_the_library_reads_it(document: dict[str, int]) -> None:
    """YAML mappings give the data that was dumped."""
    text = yaml.safe_dump(document, allow_unicode=True)
    quoted = {str(key): value for key, value in document.items()}
    assert load(text, "x.yml").plain() == quoted


@pytest.mark.parametrize("path", ["x.json", "x.yml"])
def test_every_key_knows_its_line(path: str) -> None:
    """A member's key line is where its key stands, in JSON and in YAML alike."""
    node = load('{\n "a": 1,\n "b": {\n  "c":\n    [1, 2]}\n}', path)
    assert isinstance(node.value, dict)
    inner = node.value["b"]
    assert isinstance(inner.value, dict)
    assert [node.value["a"].key_line, inner.key_line, inner.value["c"].key_line] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("", 1, "the end of the file", id="empty"),
        pytest.param('{"a": 1,}', 1, "too many", id="trailing-comma"),
        pytest.param('{"a": 1\n "b": 2}', 2, "`,` or `}`", id="missing-comma"),
        pytest.param('{"a": 1,\n "a": 2}', 2, "twice", id="duplicate-key"),
        pytest.param('{"a": NaN}', 1, "`NaN}`", id="nan"),
        pytest.param('{"a": 1} {', 1, "after the end", id="two-documents"),
        pytest.param('{"a": "x\n"}', 1, "raw line break", id="raw-newline"),
        pytest.param('{"a" 1}', 1, "`:` was expected", id="missing-colon"),
        pytest.param("{'a': 1}", 1, "double quotes", id="single-quotes"),
        pytest.param("[" * 100, 1, "deeper", id="too-deep"),
        pytest.param('{"a": 01}', 1, "`,` or `}`", id="leading-zero"),
    ],
)
def test_bad_json_is_one_sentence_with_its_line(text: str, line: int, words: str) -> None:
    """What is wrong in JSON is said with the line, and what was expected."""
    with pytest.raises(InputError, match=words.replace("{", r"\{")) as caught:
        load(text, "x.json")
    assert (caught.value.path, caught.value.line) == ("x.json", line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: [1", 1, id="unclosed"),
        pytest.param("a: 1\na: 2", 2, id="duplicate-key"),
        pytest.param("a: 1\nb: !!python/object:os.system {}", 2, id="python-object"),
        pytest.param("a: 1\n\tb: 2", 2, id="tab"),
        pytest.param("? [a]\n: 1", 1, id="key-that-is-a-list"),
        pytest.param("a: 2027-13-45", 1, id="impossible-date"),
    ],
)
def test_bad_yaml_is_one_sentence_with_its_line(text: str, line: int) -> None:
    """What is wrong in YAML is said with the line; nothing but plain data is ever made."""
    with pytest.raises(InputError) as caught:
        load(text, "x.yml")
    assert caught.value.line == line


def test_anchors_cannot_multiply_without_bound() -> None:
    """A small file that would expand to billions of values is refused."""
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
    )
    with pytest.raises(InputError, match="too large"):
        load(bomb, "x.yml")


def test_dates_are_text() -> None:
    """An unquoted YAML date is the text that was written."""
    assert load("expires: 2027-06-30", "x.yml").plain() == {"expires": "2027-06-30"}
