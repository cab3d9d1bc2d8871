"""Rust's regular expressions as Python's."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from trivigil.monitor.synthetic import categories
from trivigil.monitor.synthetic.patterns import first_group, replaced, translated


def found(expression: str, text: str) -> bool:
    regex = translated(expression).regex
    assert regex is not None, translated(expression).problem
    return bool(regex.search(text))


@pytest.mark.parametrize(
    ("expression", "text", "matches"),
    [
        pytest.param("a$", "a\n", False, id="the end is the end, not before a last line end"),
        pytest.param("(?m)a$", "a\nb", True, id="with m it is each line's"),
        pytest.param("(?i)AB", "ab", True, id="flags in front"),
        pytest.param(r"a\z", "a", True, id="end of text in Rust's word"),
        pytest.param(r"\x{e9}", "é", True, id="character by number"),
        pytest.param("[[:digit:]]+", "a7", True, id="class by name"),
        pytest.param("[]a]", "]", True, id="bracket as a member"),
        pytest.param("(?<y>b)", "ab", True, id="named group without P"),
        pytest.param("a-b/c", "a-b/c", True, id="plain"),
        pytest.param("^a|b$", "cb", True, id="either"),
        pytest.param(r"\.\/\-", "./-", True, id="escaped punctuation"),
        pytest.param(r"^\w+$", "e\u0301\u24b6", True, id="a combining mark is part of a word"),
        pytest.param(r"\w", "\u00bd", False, id="a fraction is none"),
        pytest.param(r"\s", "\x1c", False, id="a separator is no white space"),
        pytest.param(r"e\b", "e\u0301", False, id="no boundary before a mark"),
        pytest.param(
            "^{2}a{ 1, 2 }$*", "aa", True, id="anchors can be repeated, counts have blanks"
        ),
        pytest.param(r"\bcat\b", "a cat!", True, id="boundaries"),
        pytest.param(r"a\Bb[^\W\d]", "abc", True, id="no boundary, and a class of classes"),
        pytest.param("[^a-c&]", "&", False, id="a lone ampersand"),
    ],
)
def test_the_same_text_matches(expression: str, text: str, matches: bool) -> None:
    """As in Rust."""
    assert found(expression, text) is matches


@pytest.mark.parametrize(
    "expression",
    ["(?!a)", "(a)\\1", "(?x) a", "a**", "a?+", "[a&&b]", "[a[b]]", r"\p{Greek}", r"\b{start}", "(a", "[a", "*", "a{,2}", "{", "a(?i)b", r"\q", r"\8"],
)  # fmt: skip
def test_what_cannot_be_said_is_a_problem(expression: str) -> None:
    """No expression means something else than in Rust."""
    assert (translated(expression).problem or "").startswith("expected ")


def test_first_group() -> None:
    """The first group, or nothing: no group, no match, a group that took no part."""
    for expression, wanted in [("a(b)", "b"), ("ab", None), ("c(d)", None), ("(c)?b", None)]:
        regex = translated(expression).regex
        assert regex is not None
        assert first_group(regex, "ab") == wanted


@pytest.mark.parametrize(
    ("expression", "text", "new", "result"),
    [
        pytest.param("a*", "baac", "x", "xbxcx", id="no empty match beside another"),
        pytest.param("(?<n>a)(b)", "ab", "$2${n}", "ba", id="groups by number and name"),
        pytest.param("a", "a", "$$1 $9", "$1 ", id="dollar and unknown group"),
        pytest.param("(a)", "a", "$1x", "", id="a name is as long as it can be"),
    ],
)
def test_replacement(expression: str, text: str, new: str, result: str) -> None:
    """As replace_all in Rust."""
    regex = translated(expression).regex
    assert regex is not None
    assert replaced(regex, text, new) == result


def test_letters_are_where_they_are_looked_for() -> None:
    """No letter, mark or digit of this Unicode stands outside the ranges that are searched."""
    outside = [
        code
        for code in range(sys.maxunicode + 1)
        if not any(code in each for each in categories._INHABITED)
        and unicodedata.category(chr(code)) in categories._WORD
    ]
    assert not outside
