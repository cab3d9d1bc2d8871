"""Referrer-Policy, in the header and in a meta element; the last word that is known decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "referrer-policy"
PRIVATE: Final = (
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
)
UNSAFE: Final = ("origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade")


def judge(scan: Scan, algorithm: Algorithm) -> str:
    """The result's name."""
    values = stated(scan, algorithm)
    if not values:
        return f"{NAME}-not-implemented"
    said = [ecma.trim(word).lower() for word in ",".join(values).split(",")]
    known = [word for word in said if word in (*PRIVATE, *UNSAFE)]
    if not known:
        return f"{NAME}-header-invalid"
    return f"{NAME}-{'private' if known[-1] in PRIVATE else 'unsafe'}"


def stated(scan: Scan, algorithm: Algorithm) -> list[str]:
    """The header's value and that of the last meta element that has one."""
    header = scan.page.header(NAME)
    metas = [
        meta["content"]
        for meta in scan.metas(as_document=algorithm.builds_document)
        if not ("http-equiv" in meta and "content" in meta)
        and ecma.trim(meta.get("name", "")).lower() == "referrer"
        and meta.get("content")
    ]
    return ([] if header is None else [header]) + metas[-1:]
