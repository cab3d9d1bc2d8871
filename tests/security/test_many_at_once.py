"""What is made of many texts or findings at once is what would be made of each of them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.result import Severity
from trivigil.security import digest, prose, severity
from trivigil.security.facts import Finding, Rating

BLANKS = [" ", "  ", "\n", "\n\n", "\t", "\x1c", "\u00a0", "\u2028"]
MARKS = [":", "<b>", "<", "&amp;", "[a](1)", "]", "\\[", "\x7f", "\0", "\u200b"]
PIECES = st.sampled_from(["word", "x" * 150, "é", "=", *BLANKS, *MARKS])
TEXTS = st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=40)
FINDINGS = st.lists(
    st.builds(
        lambda steps, malicious: Finding(
            "t", "code", "R1", "", ratings=tuple(Rating("t", "word", s) for s in steps), malicious=malicious
        ),
        st.lists(st.sampled_from(Severity), max_size=2),
        st.booleans(),
    )
)  # fmt: skip


@given(TEXTS)
def test_messages_are_mended_as_each_alone(texts: list[str]) -> None:
    """A text that needs no mending does not hide one beside it that does."""
    plain, lines = prose.messages(texts)
    assert plain == [prose.plain(prose.unlinked(text.strip())) for text in texts]
    assert lines == [prose.line(text) for text in plain]


@given(TEXTS)
def test_code_is_digested_as_each_alone(texts: list[str]) -> None:
    """White space is the same in ASCII and beyond it."""
    assert digest.codes(texts) == [digest.code("".join(text.split())) for text in texts]


@given(FINDINGS)
def test_severities_are_counted_as_each_is_chosen(findings: list[Finding]) -> None:
    """Whether findings share their ratings, or have equal ones, is not seen."""
    twice = [*findings, *findings]
    each = Counter(severity.choose(finding).severity.label for finding in twice)
    assert severity.counted(twice) == each
