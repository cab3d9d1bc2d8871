"""The declared subset: what of Hurl 8 is left out here, and why. Each of it is an error at its place, never another outcome.

docs/synthetic.md shows this table; a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .cursor import Unfit

if TYPE_CHECKING:
    from ..model import Place

_NEEDS_FILES = "a monitor has no key files beside its checks"
_OWN_CLIENT = "the connection is the monitor's own, with its guard against private addresses"
_NO_SCHEME = "only Basic authentication is spoken"

LEFT_OUT: Final[dict[str, dict[str, str]]] = {
    "option": {
        "aws-sigv4": _NO_SCHEME,
        "cacert": _NEEDS_FILES,
        "cert": _NEEDS_FILES,
        "connect-to": _OWN_CLIENT,
        "digest": _NO_SCHEME,
        "http1.0": "HTTP/1.1 is spoken",
        "http2": "HTTP/1.1 is spoken",
        "http3": "HTTP/1.1 is spoken",
        "key": _NEEDS_FILES,
        "limit-rate": "it would change the times that are measured",
        "negotiate": _NO_SCHEME,
        "netrc": _NEEDS_FILES,
        "netrc-file": _NEEDS_FILES,
        "netrc-optional": _NEEDS_FILES,
        "ntlm": _NO_SCHEME,
        "output": "a check writes no files",
        "path-as-is": "a path is sent as it is written already",
        "pinnedpubkey": _NEEDS_FILES,
        "proxy": _OWN_CLIENT,
        "resolve": _OWN_CLIENT,
        "unix-socket": _OWN_CLIENT,
    },
    "value": {
        "integer of more than 64 bits": "Hurl compares such numbers as text",
        "JSON body of more than 64 levels": "the reader is bounded",
        "a file without a request": "a check that asks nothing would be up without having looked",
        "endless repeat, retry or redirects (-1)": "a check has to end",
    },
    "regular expression": {
        "nested repetition (a**, a*+, a{2}+)": "it means something else in Python",
        "Unicode classes but the general categories (\\p{Greek})": "Python has none",
        "class operations and classes in classes ([a&&b], [a[b]])": "Python has none",
        "flags after the beginning, and x, U, u, R": "Python has none of them there",
        "word boundaries by name (\\b{start}, \\<)": "Python has none",
    },
}

SILENT: Final = ("verbose", "very-verbose", "verbosity")
"""Options that change only what Hurl prints of its work: read and of no effect."""


def left_out(kind: str, name: str, place: Place) -> Unfit:
    """The error for something that is left out."""
    reason = LEFT_OUT[kind][name]
    return Unfit(place, f"expected no {kind} `{name}`: it is left out here, {reason}", final=True)
