"""Any document fits into any room, whole rows at a time, and says what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.corpus import ATTACKS
from tests.render.pages import page
from trivigil.render.document import (
    REQUIRED,
    Block,
    Bullets,
    Code,
    Column,
    Details,
    Document,
    Fence,
    Heading,
    Icon,
    Item,
    Link,
    Note,
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
    Text,
    text,
)
from trivigil.render.fit import Size, clip, fit, size
from trivigil.render.markdown import compose, render

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = st.one_of(st.text(max_size=60), st.sampled_from(ATTACKS))
LEAVES = st.one_of(
    st.builds(Text, WORDS),
    st.builds(Code, WORDS, st.integers(1, 200)),
    st.builds(Icon, st.sampled_from(["pass", "fail", "warning"])),
)
SPANS = st.lists(
    st.one_of(
        LEAVES,
        st.builds(Strong, st.lists(LEAVES, max_size=2).map(tuple)),
        st.builds(
            Link, st.lists(LEAVES, min_size=1, max_size=2).map(tuple), st.just("https://a.b/c")
        ),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
PRIORITIES = st.integers(0, 99)
ROWS = st.lists(st.builds(Row, st.tuples(SPANS, SPANS), PRIORITIES), min_size=1, max_size=6).map(
    tuple
)
SINGLE = st.one_of(
    st.builds(Heading, SPANS, st.integers(3, 5), PRIORITIES),
    st.builds(Paragraph, SPANS, PRIORITIES, st.booleans()),
    st.builds(Note, SPANS, PRIORITIES),
    st.builds(Fence, WORDS, PRIORITIES),
    st.builds(
        Table, st.just((Column("a"), Column("b", "right"))), ROWS, st.just("row"), st.integers(0, 3)
    ),
    st.builds(
        Bullets,
        st.lists(st.builds(Item, SPANS, PRIORITIES), min_size=1, max_size=6).map(tuple),
        st.just("entry"),
        st.integers(0, 3),
    ),
)
INNER = st.lists(SINGLE, min_size=1, max_size=3).map(tuple)
BLOCKS = st.one_of(
    SINGLE, st.builds(Details, SPANS, INNER), st.builds(Section, SPANS, INNER, st.just(4))
)
DOCUMENTS = st.lists(BLOCKS, max_size=5).map(
    lambda blocks: Document((Heading(text("Verdict")), *blocks))
)


def units(blocks: Iterable[Block]) -> int:
    """How many things can be left out of these blocks, with what is said to be left out of them."""
    total = 0
    for block in blocks:
        if isinstance(block, Table):
            total += len(block.rows) + block.omitted
        elif isinstance(block, Bullets):
            total += len(block.items) + block.omitted
        elif isinstance(block, (Details, Section)):
            total += units(block.blocks)
        else:
            total += 1
    return total


def measure(document: Document) -> Size:
    return size(compose(document))


@given(DOCUMENTS, st.integers(0, 3000), st.integers(0, 6000))
def test_it_always_fits(document: Document, chars: int, bytes_: int) -> None:
    """Characters, as GitHub or as JavaScript counts them, and bytes stay within the limits."""
    rendered = render(document, chars=chars, bytes_=bytes_)
    assert len(rendered) <= chars
    assert len(rendered.encode("utf-16-le")) <= 2 * chars
    assert len(rendered.encode()) <= bytes_


@given(DOCUMENTS, st.integers(120, 3000))
def test_it_is_always_whole(document: Document, chars: int) -> None:
    """Every element is closed, every table has full rows, every details has its summary."""
    found = page(render(document, chars=chars, bytes_=4 * chars))
    assert not found.unbalanced
    assert set(found.cells) <= {2}
    assert found.elements.count("details") == found.elements.count("summary")
    assert not found.live
    assert not found.comments


@given(DOCUMENTS, st.integers(0, 3000))
def test_what_is_missing_is_counted(document: Document, chars: int) -> None:
    """What is shown and what is said to be left out make up the whole, unless nothing at all fits."""
    fitted = fit(document, measure, Size(chars, 4 * chars))
    if fitted.blocks or fitted.omissions:
        left_out = sum(omission.number for omission in fitted.omissions)
        assert units(fitted.blocks) + left_out == units(document.blocks)


@given(DOCUMENTS, st.integers(0, 3000))
def test_what_is_counted_is_said(document: Document, chars: int) -> None:
    """The numbers stand in the rendered text."""
    fitted = fit(document, measure, Size(chars, 4 * chars))
    rendered = compose(fitted)
    for omission in fitted.omissions:
        assert re.search(rf"\b{omission.number} {omission.noun.removesuffix('y')}", rendered)
    for block in fitted.blocks:
        if isinstance(block, (Table, Bullets)) and block.omitted:
            assert f"… and {block.omitted} more" in rendered


@given(DOCUMENTS)
def test_with_room_nothing_is_lost(document: Document) -> None:
    """A document that fits is shown as it is, but for texts too long to read."""
    fitted = fit(document, measure, Size(10**7, 10**7))
    assert not fitted.omissions
    assert units(fitted.blocks) == units(document.blocks)


def test_the_least_important_goes_first() -> None:
    """Rows go by priority, and among equals the last; what is required stays."""
    rows = tuple(
        Row((text(f"row {index} {'.' * 100}"),), priority)
        for index, priority in enumerate((9, 1, 9, 1))
    )
    document = Document((Heading(text("Verdict")), Table((Column("a"),), rows, "row")))
    whole = render(document, chars=10_000, bytes_=10_000)
    kept: list[list[str]] = []
    for chars in range(len(whole), 0, -1):
        shown = re.findall(r"row \d", render(document, chars=chars, bytes_=10_000))
        if not kept or kept[-1] != shown:
            kept.append(shown)
    assert kept == [
        ["row 0", "row 1", "row 2", "row 3"],
        ["row 0", "row 1", "row 2"],
        ["row 0", "row 2"],
        ["row 0"],
        [],
    ]


def test_the_verdict_outlives_everything() -> None:
    """In a very small room the verdict stands with one sum of all that is missing."""
    rows = tuple(Row((text("x" * 300),), 9) for _ in range(1200))
    document = Document(
        (
            Heading(text("Verdict"), 3, REQUIRED),
            Table((Column("a"),), rows, "row"),
            Paragraph(text("y" * 50)),
        )
    )
    assert render(document, chars=90, bytes_=200, elsewhere="the file") == (
        "### Verdict\n\n<sub>Not shown here for want of room: 1,201 entries. See the file.</sub>\n"
    )


def test_large_documents_are_cheap() -> None:
    """A hundred thousand rows are measured a few dozen times, each time only as far as they could fit."""
    rows = tuple(Row((text(f"{index}"),), index % 90) for index in range(100_000))
    sizes: list[int] = []

    def watched(document: Document) -> Size:
        measured = measure(document)
        sizes.append(measured.chars)
        return measured

    fitted = fit(Document((Table((Column("a"),), rows, "row"),)), watched, Size(60_000, 60_000))
    table = fitted.blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) + table.omitted == 100_000
    assert len(sizes) < 60
    assert max(sizes) < 3 * 60_000


@pytest.mark.parametrize(
    ("words", "cap", "expected"),
    [
        pytest.param("short", 5, "short", id="fits"),
        pytest.param("longer", 5, "long…", id="plain letters"),
        pytest.param("abce\u0301f", 5, "abc…", id="a letter keeps its accent or goes"),
        pytest.param("ab\U0001f44d\U0001f3fdxyz", 4, "ab…", id="skin tone"),
        pytest.param(
            "a\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7zz",
            5,
            "a\U0001f1e9\U0001f1ea…",
            id="half a flag",
        ),
        pytest.param("a\U0001f468\u200d\U0001f4bbbcd", 4, "a…", id="joined emoji"),
        pytest.param("e" + "\u0301" * 50, 10, "e" + "\u0301" * 8 + "…", id="nothing but accents"),
    ],
)
def test_texts_are_cut_between_letters(words: str, cap: int, expected: str) -> None:
    """A shortened text ends with a whole letter and a sign that it goes on."""
    assert clip(words, cap) == expected
    assert len(clip(words, cap)) <= cap
