"""Conditions in the words of Gatus: what is read, what is refused, and what they mean for an answer."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from trivigil.monitor.synthetic import conditions
from trivigil.monitor.synthetic.exchange import Certificate, Exchange
from trivigil.monitor.synthetic.model import Place
from trivigil.monitor.synthetic.problem import Trouble
from trivigil.monitor.synthetic.queries import Answer

NOW = datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC)
BODY = (
    '{"id": 7, "pi": 3.5, "big": 1000000.0, "name": "John", "ok": true, "none": null, "octal": "010",'
    ' "list": [1, 2, 3], "deep": {"a": [{"b": "x"}, {"b": "y/z"}]}, "hex": "0x1f", "texts": "72h"}'
)


def answer(body: str = BODY, *, status: int = 200, days: int | None = 3) -> Answer:
    shown = None
    if days is not None:
        expiry = NOW + datetime.timedelta(days=days)
        shown = Certificate("CN = a", "CN = b", NOW, expiry, "01", "DNS:a")
    return Answer(Exchange("https://a.example/", status, body=body.encode(), duration=120, ip="192.0.2.1", certificate=shown))  # fmt: skip


def held(text: str, given: Answer) -> bool:
    return conditions.judge(conditions.read(text, lambda at: Place(1, at + 1)), given, NOW).passed


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        pytest.param("[STATUS] == 200", True, id="status"),
        pytest.param("[status] == 200", True, id="placeholders in small letters"),
        pytest.param("200 == [STATUS]", True, id="the other way round"),
        pytest.param("[STATUS] != 200", False, id="unequal"),
        pytest.param("[STATUS] == any(200, 429)", True, id="one of several"),
        pytest.param("[STATUS] == any(201, 429)", False, id="none of several"),
        pytest.param("[STATUS] <= 299", True, id="order"),
        pytest.param("[RESPONSE_TIME] < 120", False, id="less than itself"),
        pytest.param("[RESPONSE_TIME] <= 0.12s", True, id="a duration beside milliseconds"),
        pytest.param("[CONNECTED] == true", True, id="connected"),
        pytest.param("[IP] == pat(192.0.2.*)", True, id="address by pattern"),
        pytest.param("[CERTIFICATE_EXPIRATION] > 48h", True, id="certificate for three days"),
        pytest.param("[CERTIFICATE_EXPIRATION] > 72h30m", False, id="not for longer"),
        pytest.param("[BODY].name == John", True, id="text"),
        pytest.param("[BODY].name == john", False, id="letters are not folded"),
        pytest.param("[BODY].id == 7", True, id="number as text"),
        pytest.param("[BODY].id == 0x7", True, id="whole numbers of another base"),
        pytest.param("[BODY].octal == 8", True, id="a leading zero is octal, as in Go"),
        pytest.param("[BODY].pi > 3.2", True, id="fractions are not cut"),
        pytest.param("[BODY].big == 1000000", True, id="large numbers are written out"),
        pytest.param("[BODY].ok == true", True, id="truth"),
        pytest.param("[BODY].deep.a[1].b == y/z", True, id="path with index"),
        pytest.param("[BODY].deep.a[0].b != [BODY].deep.a[1].b", True, id="two values"),
        pytest.param("[BODY].texts > 48h", True, id="a duration in the body"),
        pytest.param("len([BODY].list) == 3", True, id="members of a list"),
        pytest.param("len([BODY].name) == 4", True, id="bytes of a text"),
        pytest.param("has([BODY].deep.a) == true", True, id="there"),
        pytest.param("has([BODY].deep.b) == false", True, id="not there"),
        pytest.param("has([BODY].none) == false", True, id="null is nothing, as in Go"),
        pytest.param("[BODY] == pat(*John*)", True, id="pattern over the body"),
        pytest.param("[BODY].deep.a[1].b == pat(y*)", True, id="slashes are nothing to patterns"),
    ],
)
def test_a_condition_means_what_gatus_means(text: str, passed: bool) -> None:
    """Against one answer."""
    assert held(text, answer()) is passed


@pytest.mark.parametrize(
    ("text", "body", "passed"),
    [
        pytest.param("[BODY][0].a == 1", '[{"a": 1}]', True, id="list"),
        pytest.param("len([BODY]) == 2", " [1, 2] ", True, id="length of a list"),
        pytest.param("len([BODY]) == 5", "café", True, id="bytes of a body"),
        pytest.param("len([BODY]) == 0", "", True, id="empty body"),
        pytest.param("[BODY] == OK", "\n OK \n", True, id="blanks around the body"),
        pytest.param("has([BODY].a) == true", "no JSON", False, id="no JSON has nothing"),
    ],
)
def test_whole_bodies(text: str, body: str, passed: bool) -> None:
    """A body is compared without the blanks around it."""
    assert held(text, answer(body)) is passed


@pytest.mark.parametrize(
    ("text", "given"),
    [
        pytest.param("[BODY].nothing != x", answer(), id="unequal to anything"),
        pytest.param("[BODY].nothing < 5", answer(), id="Gatus takes it for 0"),
        pytest.param("[BODY].name < 5", answer(), id="a text is no number"),
        pytest.param("[BODY].list == x", answer(), id="a list is no text"),
        pytest.param("[BODY].a == x", answer("no JSON"), id="no JSON"),
        pytest.param("[CERTIFICATE_EXPIRATION] < 48h", answer(days=None), id="plain HTTP"),
        pytest.param("len([BODY].deep) > 0", answer(), id="an object has no length"),
    ],
)
def test_what_is_not_there_satisfies_nothing(text: str, given: Answer) -> None:
    """Where Gatus would go on with a 0 or with the text of the path."""
    with pytest.raises(Trouble):
        held(text, given)


@pytest.mark.parametrize(
    ("text", "column", "wanted"),
    [
        pytest.param("[DOMAIN_EXPIRATION] > 720h", 1, "left out here: registries", id="domain"),
        pytest.param("[DNS_RCODE] == NOERROR", 1, "left out here", id="DNS"),
        pytest.param("[CONTEXT].a == 1", 1, "left out here", id="Gatus's own suites"),
        pytest.param("[CONNECTED] == false", 1, "left out here", id="nobody answers"),
        pytest.param("[CONNECTED] != true", 1, "left out here", id="nobody answers, otherwise"),
        pytest.param("[BODY].a[*].b == 1", 9, "left out here", id="all members"),
        pytest.param("[STATUS] == any(pat(2*), 3)", 13, "left out here", id="function in function"),
        pytest.param("pat(a) == any(a)", 11, "left out here", id="two functions"),
        pytest.param("[STATUS]==200", 1, "blanks around", id="no blanks"),
        pytest.param("[STATUS] == 200 == 200", 17, "one comparison", id="two comparisons"),
        pytest.param("[STATUS] < many", 12, "a number such as 300", id="order of a text"),
        pytest.param("[STATUS] < any(1, 2)", 12, "a number or a duration", id="order of several"),
        pytest.param("a == b", 1, "a placeholder", id="no placeholder"),
        pytest.param("[SPEED] == 1", 1, "a placeholder: [STATUS]", id="unknown placeholder"),
        pytest.param("[body].a == 1", 1, "[BODY] in capitals", id="body in small letters"),
        pytest.param("[BODY]a == 1", 7, "a path after [BODY]", id="no path"),
        pytest.param("[BODY].a..b == 1", 7, "a path of names", id="empty name"),
        pytest.param("len(7) == 1", 5, "[BODY] with a path", id="length of nothing"),
        pytest.param("[BODY] == pat(a[)", 16, "a pattern", id="class without an end"),
        pytest.param("[BODY] ==  ", 11, "a value on both sides", id="nothing on one side"),
    ],
)
def test_what_is_no_condition_is_told_at_its_column(text: str, column: int, wanted: str) -> None:
    """And what is left out, with the reason."""
    with pytest.raises(conditions.Unread) as caught:
        conditions.read(text, lambda at: Place(1, at + 1))
    assert (caught.value.index + 1, wanted in caught.value.wanted) == (column, True), caught.value


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True),
        ("a*", "ba", False),
        ("a*a", "a", False),
        ("*a*b*", "xbxaxbx", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        (r"\*", "*", True),
        (r"[\]]", "]", True),
        ("[z-a]", "m", False),
        ("a*b", "a\nb", True),
        ("[|&]", "|", True),
    ],
)
def test_patterns(pattern: str, text: str, fits: bool) -> None:
    """Go's filepath.Match, line ends like any character."""
    assert conditions.matches(pattern, text) is fits


def test_a_pattern_with_many_stars_ends() -> None:
    """Each piece is taken where it comes first: no pattern and body take more than their lengths multiplied."""
    assert not conditions.matches("*a" * 50 + "*b", "a" * 200_000)


def test_the_documentation_says_what_is_left_out() -> None:
    """Each with its reason."""
    page = (Path(__file__).parents[4] / "docs" / "synthetic.md").read_text(encoding="utf-8")
    rows = {line.replace("`", "") for line in page.splitlines()}
    for what, why in conditions.LEFT_OUT.items():
        assert f"| {what} | {why} |".replace("`", "") in rows
