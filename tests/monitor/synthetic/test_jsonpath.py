"""JSONPath by RFC 9535."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from trivigil.monitor.synthetic.jsonpath import NoPath, compiled

DOCUMENT: dict[str, Any] = {
    "o": {"j j": {"k.k": 3}, "a": [5, 3, [{"b": 1}, {"c": 2}]]},
    "books": [
        {"title": "One", "price": 8, "tags": ["x"]},
        {"title": "Two", "price": 12.5, "isbn": "0-1"},
        {"title": "Three", "price": 9},
    ],
    "limit": 10,
    "'\"": 1,
    "ü": None,
}


@pytest.mark.parametrize(
    ("path", "nodes"),
    [
        ("$.limit", [10]),
        ("$['o']['j j']['k.k']", [3]),
        ("$.o.a[-1][1].c", [2]),
        ("$.books[0:3:2].title", ["One", "Three"]),
        ("$.books[::-1].price", [9, 12.5, 8]),
        ("$.books[0:3:0]", []),
        ("$..b", [1]),
        ("$.books[?@.price < $.limit].title", ["One", "Three"]),
        ("$.books[?@.isbn].title", ["Two"]),
        ("$.books[?!@.isbn && @.price >= 9].title", ["Three"]),
        ("$.books[?(@.price == 8 || @.title == 'Three')].price", [8, 9]),
        ("$.books[?length(@.title) == 3].title", ["One", "Two"]),
        ("$.books[?count(@.tags[*]) > 0].title", ["One"]),
        ("$.books[?match(@.title, 'T.*')].title", ["Two", "Three"]),
        ("$.books[?search(@.title, '[eo]$')].title", ["One", "Two", "Three"]),
        ("$.books[?value(@..isbn) == '0-1'].title", ["Two"]),
        ("$['limit', 'limit']", [10, 10]),
        ("$['\\'\"']", [1]),
        ("$.ü", [None]),
        ("$.missing", []),
        ("$.o.a[9]", []),
        ("$ .o ['a'] [ 0 ]", [5]),
        ("$.books[?@.title == $.none]", []),
    ],
)
def test_nodes(path: str, nodes: list[object]) -> None:
    """The nodes, in the order of the document."""
    assert compiled(path)(DOCUMENT) == nodes


@pytest.mark.parametrize(
    "path",
    ["", "o", "$.", "$..", "$[", "$['a]", "$[01]", "$[-0]", "$[9007199254740992]", " $", "$ ", "$.a b", "$[?@.a == ]",
     "$[?1]", "$[?length(@.a)]", "$[?@.* == 1]", "$[?count(1) == 1]", "$[?nope(@)]", "$[?match(@.a)]", "$['\\x']", "$[a]", "$['\\\"']",
     "$[?" + "(" * 99 + "@" + ")" * 99 + "]"],
)  # fmt: skip
def test_what_is_no_path(path: str) -> None:
    """An error in words, never another result."""
    with pytest.raises(NoPath, match="expected "):
        compiled(path)


def test_a_deep_document_is_walked() -> None:
    """Descendants are found without recursion."""
    document: object = {"b": 1}
    for _ in range(5000):
        document = [document]
    assert compiled("$..b")(document) == [1]


SUITE = os.environ.get("TRIVIGIL_JSONPATH_SUITE", "")


@pytest.mark.skipif(not SUITE, reason="TRIVIGIL_JSONPATH_SUITE does not name the suite's cts.json")
def test_the_compliance_suite() -> None:
    """Every case of the JSONPath Compliance Test Suite."""
    cases = json.loads(Path(SUITE).read_text(encoding="utf-8"))["tests"]
    wrong = []
    for case in cases:
        try:
            nodes = compiled(case["selector"])
        except NoPath:
            if not case.get("invalid_selector"):
                wrong.append(case["name"])
            continue
        results = case.get("results", [case.get("result")])
        fits = not case.get("invalid_selector") and nodes(case["document"]) in results
        if not fits:
            wrong.append(case["name"])
    assert len(cases) > 700
    assert not wrong
