"""Where a finding is, as every tool's words for it become one: paths and addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

_WORKSPACES: Final = re.compile(
    r"^(?:/github/workspace|/(?:home|Users)/runner/work/[^/]+/[^/]+|[A-Za-z]:/a/(?P<name>[^/]+)/(?P=name)"
    r"|/src|/app|/repo|/code|/zap/wrk)/"
)
"""Where containers and runners have the repository: what lies below is a path of it."""


_HOME: Final = re.compile(
    r"(?i)^(?:/home|/Users|[A-Z]:/(?:Users|Documents and Settings))/[^/]+(?=/)"
)
"""A person's folder: whose it is, is nobody's business."""


@lru_cache(maxsize=16_384)
def path(text: str) -> str:
    """A path of the repository with forward slashes, without `./` and without where a runner or container has it."""
    bare = text.strip().replace("\\", "/")
    if bare.startswith("file:"):
        bare = unquote(bare.removeprefix("file:"))
        bare = "/" + bare.lstrip("/")
        bare = re.sub(r"^/(?=[A-Za-z]:/)", "", bare)
    bare = _HOME.sub("~", _WORKSPACES.sub("", bare))
    while bare.startswith("./"):
        bare = bare[2:]
    return re.sub(r"(?<!^)/+", "/", bare)


def address(text: str) -> str:
    """An address without its query values, its fragment and who it names: what is left holds no secret."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    names = "&".join(part.partition("=")[0] for part in parts.query.split("&") if part)
    query = f"?{names}" if names else ""
    if not parts.scheme:
        return f"{host}{parts.path}{query}"
    return f"{parts.scheme}://{host}{parts.path}{query}"
