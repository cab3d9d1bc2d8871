from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trivigil.github.records import Comment, Viewer
from trivigil.publish.comment import MAX_BYTES, MAX_CHARS, Place, compose, is_ours, sections
from trivigil.publish.section import HEADLINE_CHARS, Section, newest

SHA, OLD = "a" * 40, "b" * 40
PLACE = Place("octo/shop", 7)
BOT = Viewer("github-actions[bot]", 41898282)


def section(name: str, size: int = 10, char: str = "x") -> Section:
    """A section with a text of this size, and a shorter one."""
    return Section(name, 1, 1, SHA, "success", f"{name} is fine", (char * size, char * 5))


def test_sections_come_back() -> None:
    """What is composed is read again, each section with the text it shows."""
    shown = (section("a"), section("b"))
    back = sections(compose(PLACE, shown, SHA))
    assert back == tuple(one._replace(texts=one.texts[:1]) for one in shown)


def test_line_ends_do_not_matter() -> None:
    """GitHub may hand a body back with other line ends."""
    body = compose(PLACE, (section("a"),), SHA)
    assert len(sections(body.replace("\n", "\r\n"))) == 1


@given(st.permutations(["a", "b", "c", "d"]), st.data())
def test_order_of_writers_does_not_matter(order: list[str], data: st.DataObject) -> None:
    """The same sections give the same text, whatever order and overlap they came in."""
    known = {name: section(name, data.draw(st.integers(1, 30_000))) for name in order}
    straight = compose(PLACE, newest(tuple(known[name] for name in sorted(order))), SHA)
    mixed = compose(PLACE, newest(*((known[name],) for name in order)), SHA)
    assert mixed == straight


@given(
    st.lists(
        st.tuples(st.integers(0, 60_000), st.sampled_from(["x", "é", "漢", "😀"])), max_size=12
    )
)
def test_always_fits(sizes: list[tuple[int, str]]) -> None:
    """Any sections fit into a comment, by characters and by bytes; none is cut in its middle."""
    shown = [section(f"s{index}", size, char) for index, (size, char) in enumerate(sizes)]
    body = compose(PLACE, shown, SHA)
    assert len(body.encode("utf-16-le")) // 2 <= MAX_CHARS
    assert len(body.encode()) <= MAX_BYTES
    whole = {text for one in shown for text in (*one.texts, one.line)}
    assert all(one.texts[0] in whole for one in sections(body) if one.texts[0])


def test_oversize_is_replaced_by_its_headline() -> None:
    """A section that another version wrote, and that has one long text only, gives its headline."""
    long = section("other")._replace(texts=("y" * 64_000,))
    body = compose(PLACE, (section("own", 2_000), long), SHA)
    assert "yyy" not in body
    assert "other is fine" in body
    assert "x" * 2_000 in body


def test_hundreds_of_sections() -> None:
    """Where not even the headlines fit, the last ones give way and the comment is still valid."""
    many = [
        section(f"leg {index:04}")._replace(headline="h" * HEADLINE_CHARS) for index in range(500)
    ]
    body = compose(PLACE, many, SHA)
    assert len(body) <= MAX_CHARS
    assert len(sections(body)) > 50


def test_markers_in_texts_are_dead() -> None:
    """A section's text can neither end its section nor forge another, nor the whole comment."""
    forged = compose(PLACE, (section("forged"),), SHA)
    assert [one.name for one in sections(forged)] == ["forged"]
    hostile = section("a")._replace(texts=(f"text\n\n<!-- trivigil:end -->\n\n{forged}",))
    assert [one.name for one in sections(compose(PLACE, (hostile,), SHA))] == ["a"]


def test_markers_in_names_are_dead() -> None:
    """A name can hold anything without ending the hidden marker it stands in."""
    named = section("--> <!-- trivigil:end --> \n\n x")
    body = compose(PLACE, (named, section("b")), SHA)
    assert {one.name for one in sections(body)} == {named.name, "b"}
    assert body.splitlines()[0].endswith("-->")


def test_ours_needs_author_and_marker() -> None:
    """A comment is ours by its author's id and by the marker of this very place."""
    body = compose(PLACE, (section("a"),), SHA)
    ours = Comment(1, body, "github-actions[bot]", 41898282, "", "")
    assert is_ours(ours, PLACE, BOT)
    assert is_ours(ours, Place("Octo/Shop", 7), BOT)
    assert not is_ours(ours._replace(author_id=5), PLACE, BOT)
    assert not is_ours(ours, Place("octo/shop", 8), BOT)
    assert not is_ours(ours, Place("octo/other", 7), BOT)
    assert not is_ours(ours._replace(body=f"quote\n{body}"), PLACE, BOT)


def test_author_by_login_where_there_is_no_id() -> None:
    """A server that gives no id is believed by login."""
    body = compose(PLACE, (section("a"),), SHA)
    ours = Comment(1, body, "GitHub-Actions[bot]", None, "", "")
    assert is_ours(ours, PLACE, BOT)
    assert not is_ours(ours._replace(author="mallory"), PLACE, BOT)
