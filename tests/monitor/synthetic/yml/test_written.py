"""Where the characters of a YAML text stand in its file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil import located
from trivigil.monitor.synthetic.yml.written import Written

TEXT = "status == 200 x"


def member(yaml: str) -> located.Node:
    root = located.load(yaml, "a.yml").value
    assert isinstance(root, dict)
    found: located.Node = root["a"]
    return found


@pytest.mark.parametrize(
    ("yaml", "place"),
    [
        pytest.param("a: status == 200 x", (1, 18), id="plain"),
        pytest.param("a: 'status == 200 x'", (1, 19), id="single quotes"),
        pytest.param('a: "status == 200 x"', (1, 19), id="double quotes"),
        pytest.param('a: "\\u0073tatus == 200\\x20x"', (1, 27), id="escapes"),
        pytest.param("a: |\n  status == 200 x\n", (2, 17), id="block"),
        pytest.param("a: >-\n  status\n  == 200 x\n", (3, 10), id="folded block"),
        pytest.param("a:\n  status ==\n   200 x", (3, 8), id="plain over two lines"),
        pytest.param('a: "status \\\n  == 200 x"', (2, 10), id="joined lines"),
        pytest.param("a: &name 'status == 200 x'", (1, 25), id="behind an anchor"),
        pytest.param("a: !!str status == 200 x", (1, 24), id="behind a tag"),
    ],
)
def test_the_last_character(yaml: str, place: tuple[int, int]) -> None:
    """Its line and column in the file."""
    node = member(yaml)
    assert str(node.value).strip() == TEXT
    assert Written(yaml).within(node)(len(TEXT) - 1) == place


@given(st.text(st.sampled_from("ab'\"\\: #é\t"), min_size=1, max_size=20), st.sampled_from("'\""))
@settings(max_examples=200, deadline=None)
def test_quoted_texts_are_found_character_by_character(text: str, quote: str) -> None:
    """Every character that is no blank stands where it is said to."""
    inside = text.replace("'", "''") if quote == "'" else text.replace("\\", "\\\\").replace('"', '\\"')  # fmt: skip
    yaml = f"a: {quote}{inside}{quote}"
    node = member(yaml)
    assert node.value == text
    at = Written(yaml).within(node)
    for index, char in enumerate(text):
        found = yaml[at(index).column - 1 :]
        assert found[0] == char or found[:2] == "\\" + char
