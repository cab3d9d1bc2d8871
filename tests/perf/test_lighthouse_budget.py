"""Lighthouse's budget.json as a thresholds file."""

from __future__ import annotations

import json

import jsonschema
import pytest

from trivigil import schemas
from trivigil.core.errors import InputError
from trivigil.core.measurement import Measurement, metric
from trivigil.core.threshold import judge
from trivigil.perf import budgets

BUDGET = """[
  {
    "path": "/*",
    "timings": [
      {"metric": "interactive", "budget": 3000},
      {"metric": "first-contentful-paint", "budget": 1000}
    ],
    "resourceSizes": [{"resourceType": "script", "budget": 125}],
    "resourceCounts": [{"resourceType": "third-party", "budget": 10}]
  },
  {"path": "/blog/$", "resourceSizes": [{"resourceType": "script", "budget": 10}]}
]"""
SHOP, BLOG = "https://shop.example/cart?x=1", "https://shop.example/blog/"


def loaded(subject: str, name: str, value: float) -> Measurement:
    return Measurement(subject, metric(name), value, 1)


def test_every_limit_is_read_in_our_units() -> None:
    """Kibibytes become bytes, times stay milliseconds; each knows its line."""
    read = budgets.read(BUDGET, "budget.json").thresholds
    assert [(t.metric.name, t.fail.value if t.fail else None, t.line) for t in read] == [
        ("page.interactive", 3000, 5),
        ("page.first_contentful_paint", 1000, 6),
        ("resources.script.size", 125 * 1024, 8),
        ("resources.third_party.count", 10, 9),
        ("resources.script.size", 10 * 1024, 11),
    ]


@pytest.mark.parametrize(
    ("subject", "size", "kind"),
    [
        pytest.param(SHOP, 100 * 1024, "pass", id="within"),
        pytest.param(SHOP, 126 * 1024, "fail", id="beyond"),
        pytest.param(BLOG, 100 * 1024, "fail", id="the last page that matches counts"),
        pytest.param(f"{BLOG}post", 100 * 1024, "pass", id="$ is the end"),
    ],
)
def test_pages_are_matched_as_lighthouse_does(subject: str, size: float, kind: str) -> None:
    """Any host, then the path."""
    read = budgets.read(BUDGET, "budget.json").thresholds
    sizes = [t for t in read if t.metric.name == "resources.script.size"]
    measured = [
        loaded(s, "resources.script.size", size if s == subject else 1) for s in {subject, BLOG}
    ]
    results = judge(sizes, measured, "2026-06-15")
    assert [r.kind for r in results if r.location.name == subject] == [kind]


@pytest.mark.parametrize(
    ("text", "words", "key"),
    [
        pytest.param("[]", "there is no budget", None, id="empty"),
        pytest.param('["x"]', "an object was expected", "[0]", id="no page"),
        pytest.param('[{"timing": []}]', "unknown key", "[0].timing", id="misspelt"),
        pytest.param('[{"timings": {}}]', "a list was expected", "[0].timings", id="no list"),
        pytest.param(
            '[{"timings": [{"metric": "speed", "budget": 1}]}]',
            "`speed` is not measured",
            "[0].timings[0].metric",
            id="an unknown time",
        ),
        pytest.param(
            '[{"resourceSizes": [{"resourceType": "script", "budget": -1}]}]',
            "a number of zero or more",
            "[0].resourceSizes[0].budget",
            id="negative",
        ),
        pytest.param(
            '[{"resourceSizes": [{"resourceType": "script"}]}]',
            "a number of zero or more",
            "[0].resourceSizes[0].budget",
            id="no number",
        ),
        pytest.param('[{"path": "blog"}]', "a path such as", "[0].path", id="no path"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str, key: str | None) -> None:
    """One sentence with file, line and key."""
    with pytest.raises(InputError) as caught:
        budgets.read(text, "budget.json")
    assert words in caught.value.message
    assert (caught.value.path, caught.value.line, caught.value.key) == ("budget.json", 1, key)


def test_every_resource_of_lighthouse_is_known() -> None:
    """Each resource type that Lighthouse's budgets may name has a size and a count."""
    kinds = (
        "total",
        "document",
        "script",
        "stylesheet",
        "image",
        "media",
        "font",
        "other",
        "third-party",
    )
    page = {
        "resourceSizes": [{"resourceType": kind, "budget": 1} for kind in kinds],
        "resourceCounts": [{"resourceType": kind, "budget": 1} for kind in kinds],
    }
    assert len(budgets.read(json.dumps([page]), "budget.json").thresholds) == 18


def test_the_published_schema_accepts_it() -> None:
    """An editor, and `validate`, know the form too."""
    schema = json.loads(schemas.text("budgets"))
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(json.loads(BUDGET))
    assert not validator.is_valid([{"timings": [{"metric": "interactive"}]}])
