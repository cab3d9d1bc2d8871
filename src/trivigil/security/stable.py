"""Names of places and checks that stay the same from run to run and from tool to tool."""

from __future__ import annotations

import re
from functools import lru_cache


def check(text: str) -> str:
    """One name for the ids of Trivy's and tfsec's checks: AVD-DS-0002, DS002 and DS-0002 are the same."""
    match = re.fullmatch(r"(?:AVD-)?([A-Z]+)-?0*(\d+)", text.strip().upper())
    return text.strip() if match is None else f"{match[1]}-{int(match[2]):04}"


@lru_cache(maxsize=4_096)
def image_name(text: str | None) -> str | None:
    """`alpine:3.10` of Grype and `alpine:3.10 (alpine 3.10.2)` of Trivy are one image."""
    return None if text is None else re.sub(r" \([^()]*\)$", "", text)


def url_path(url: str | None) -> str:
    """Scheme, host and path of an address, with numbers and ids in the path as `{}`."""
    if not url:
        return ""
    bare = url.partition("#")[0].partition("?")[0].rstrip("/")
    return re.sub(r"(?<=/)(?:\d+|[0-9a-fA-F-]{32,36})(?=/|$)", "{}", bare)


def steady(text: str) -> str:
    """Words without what changes from run to run: numbers, times, paths of temporary files."""
    bare = re.sub(r"(?:/tmp|/var)/\S+|\d+", "", text.lower())
    return re.sub(r"\s+", " ", bare).strip()
