"""The three algorithms that are in use, and in what they differ.

4 is what the npm package 1.4.8 computes. 5 raised X-Frame-Options; the changes that its releases made without a new number (HTML is
read as a stream of tags, commas separate policies, an answer without a media type is HTML) count as part of it. 6 added two tests.
"""

from __future__ import annotations

from typing import Final

from trivigil.core.record import NamedTuple


class Algorithm(NamedTuple):
    """What one version of the grader does differently from the others."""

    number: int
    framing_bonus: int
    """Points for X-Frame-Options `deny` or `sameorigin`."""
    splits_commas: bool
    """A comma in a Content-Security-Policy separates policies (RFC 9110, section 5.3)."""
    builds_document: bool
    """HTML is parsed into a document, with its base URL, instead of being read as a stream of tags."""
    untyped_is_html: bool
    """An answer without Content-Type is searched for scripts."""
    isolation: bool
    """Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy are tests."""


ALGORITHMS: Final = {
    "4": Algorithm(4, 0, False, True, False, False),
    "5": Algorithm(5, 5, True, False, True, False),
    "6": Algorithm(6, 5, True, False, True, True),
}
NEWEST: Final = "6"
