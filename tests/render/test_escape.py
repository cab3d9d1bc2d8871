"""Foreign text is dead wherever it is printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.corpus import ATTACKS
from tests.render.pages import Page, page
from trivigil.core.untrusted import visible
from trivigil.render import escape
from trivigil.render.document import Bullets, Code, Document, Heading, Item, Note, Paragraph, Text
from trivigil.render.markdown import compose

if TYPE_CHECKING:
    from trivigil.render.document import Block

ATTACK = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:40])
PIECES = st.sampled_from(
    [
        *ATTACKS,
        "@",
        "#",
        "1",
        ":",
        "//",
        "`",
        "|",
        "\\",
        "<",
        ">",
        "-",
        " ",
        "a",
        "www",
        ".",
        "GH-",
        "!",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join))


def words_of(text: str) -> str:
    """What a reader is to see of a text, whatever invisible breaks are in it."""
    return " ".join(visible(text).split())


def seen(found: Page) -> str:
    """What a reader sees on a page."""
    return " ".join("".join((*found.words, *found.code)).replace(escape.ZERO_WIDTH, "").split())


def dead(markdown: str, allowed: set[str]) -> Page:
    found = page(markdown)
    assert set(found.elements) <= allowed
    assert not found.links
    assert not found.live
    assert not found.comments
    assert "trivigil:" not in markdown.lower()
    assert "<!--" not in markdown
    return found


def test_the_corpus_is_large() -> None:
    """At least sixty different attacks are tried."""
    assert len(set(ATTACKS)) >= 60


@ATTACK
def test_inline_text_is_only_words(attack: str) -> None:
    """In a paragraph an attack is words and nothing else, and none of them is lost."""
    found = dead(compose(Document((Paragraph((Text(attack),)),))), {"p"})
    assert seen(found) == words_of(attack)


@ATTACK
@pytest.mark.parametrize(
    ("block", "elements"),
    [
        pytest.param(Heading, {"h3"}, id="heading"),
        pytest.param(Note, {"blockquote", "p"}, id="note"),
        pytest.param(lambda spans: Bullets((Item(spans),)), {"ul", "li"}, id="list"),
    ],
)
def test_a_block_of_text_stays_that_block(
    attack: str, block: type[Heading], elements: set[str]
) -> None:
    """Whatever an attack begins with, it opens no block of its own."""
    built: Block = block((Text(f"{attack}"),))
    dead(compose(Document((built,))), elements)


@ATTACK
def test_a_table_cell_is_one_cell(attack: str) -> None:
    """Pipes and backslashes of an attack end no cell, as text and as code."""
    for cell in (escape.table_cell(attack), escape.code_span(attack, table=True)):
        found = dead(
            f"| a | b |\n| --- | --- |\n| {cell} | end |\n",
            {"table", "thead", "tbody", "tr", "th", "td", "code"},
        )
        assert found.cells == [2, 2]
        assert (*found.words, *found.code)[-1] is not None
        assert any(words.strip() == "end" for words in found.words)


@ATTACK
def test_a_code_span_shows_the_text_exactly(attack: str) -> None:
    """In a code span the text stands as it is, but for broken markers."""
    found = dead(f"x {escape.code_span(attack)} y", {"p", "code"})
    if attack:
        assert "".join(found.code).replace(escape.ZERO_WIDTH, "") == visible(attack)


@ATTACK
def test_a_fence_holds_everything(attack: str) -> None:
    """No text ends the fence around it."""
    found = dead(f"{escape.fence(attack)}\n\nend", {"pre", "code", "p"})
    assert found.words[-2:] == ["end", "\n"]
    assert found.elements == ["pre", "code", "p"]


@pytest.mark.parametrize("length", [79, 80, 81, 254, 255, 256, 1000])
def test_long_runs_of_backticks_open_nothing(length: int) -> None:
    """GitHub's parser takes a code span's mark up to 80 backticks, and a fence's up to 255 count."""
    text = f"{'`' * length} @octocat <b>x</b>"
    dead(f"x {escape.code_span(text)} y", {"p", "code"})
    dead(
        f"{escape.fence(f'a{chr(10)}{text[:length]}{chr(10)}{text}')}\n\nend", {"pre", "code", "p"}
    )


@ATTACK
def test_html_is_only_words(attack: str) -> None:
    """Between tags and inside an attribute an attack is words."""
    found = Page(f'<p title="{escape.html_attribute(attack)}">{escape.html_text(attack)}</p>')
    assert found.elements == ["p"]
    assert [key for _, key, _ in found.attributes] == ["title"]
    assert not found.live
    assert not found.comments


@given(TEXTS, TEXTS)
def test_seams_are_dead_too(left: str, right: str) -> None:
    """Two texts side by side make nothing that neither of them is."""
    spans = (Text(left), Text(right), Code(left), Code(right), Text(left))
    dead(compose(Document((Paragraph(spans), Paragraph((Text("end"),))))), {"p", "code"})


@given(TEXTS)
def test_any_text_is_dead_in_a_table(text: str) -> None:
    """No text changes the number of cells."""
    row = f"| {escape.table_cell(text)} | {escape.code_span(text, table=True)} | end |"
    found = dead(
        f"| a | b | c |\n| --- | --- | --- |\n{row}\n",
        {"table", "thead", "tbody", "tr", "th", "td", "code"},
    )
    assert found.cells == [3, 3]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://github.com/a/b?c=d&e=f#L1", "https://github.com/a/b?c=d&e=f#L1", id="plain"
        ),
        pytest.param("https://ghe.example:8443/x", "https://ghe.example:8443/x", id="port"),
        pytest.param(
            "https://a.b/c) d|<e>",
            "https://a.b/c%29%20d%7C%3Ce%3E",
            id="characters that end a link",
        ),
        pytest.param(
            "https://a.b/\u00e9\n", "https://a.b/%C3%A9%0A", id="not ASCII, and a line break"
        ),
        pytest.param("http://a.b/", None, id="not https"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("https://user:secret@a.b/", None, id="user and password"),
        pytest.param("https:///x", None, id="no host"),
        pytest.param("//a.b/x", None, id="no scheme"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_only_clean_https_addresses_are_linked(url: str, expected: str | None) -> None:
    """Other addresses give no link; odd characters are spelled out."""
    assert escape.address(url) == expected


def test_a_link_keeps_its_words_without_an_address() -> None:
    """A link whose address is refused is only its words."""
    assert escape.link("words", "javascript:x") == "words"
    assert page(escape.link("words", "https://a.b/?x=1&copy=2")).links == [
        "https://a.b/?x=1&copy=2"
    ]


FORMER_COMMIT = re.compile(r"(?<![^\W_])[0-9a-f]{7,40}(?![^\W_])", re.IGNORECASE)
HEX = st.text(alphabet="09afAF_g-\u00e9 \u0130:#@wW.", max_size=60)


@given(st.one_of(TEXTS, HEX))
def test_a_look_before_the_search_changes_nothing(text: str) -> None:
    """What a search is left out for, and where it begins, never decides what is broken."""
    line = visible(text)
    marked = escape._MARKERS.sub(escape.ZERO_WIDTH, line)
    assert escape.unmarked(text) == marked
    cut = FORMER_COMMIT.sub(
        lambda match: escape._SIX.sub(rf"\g<0>{escape.ZERO_WIDTH}", match.group()), marked
    )
    assert escape.unlinked(text) == escape._REFERENCES.sub(escape.ZERO_WIDTH, cut)
