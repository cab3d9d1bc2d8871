"""Where a result stands in the repository, as a link that people can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render.document import Code, Link, Spans

if TYPE_CHECKING:
    from trivigil.core.report import Origin
    from trivigil.core.result import Location


def place(location: Location, origin: Origin) -> Spans:
    """`budgets.json:12`, linked to that line of the commit where it is known; empty without a file."""
    if location.path is None:
        return ()
    suffix = "" if location.line is None else f":{location.line}"
    url = file_url(location.path, location.line, origin)
    if url is None:
        return (Code(location.path + suffix),)
    return (Link((Code(location.path.rpartition("/")[2] + suffix),), url),)


def file_url(path: str, line: int | None, origin: Origin) -> str | None:
    """The page of a file, at a line, as the commit has it; None where that cannot be said."""
    base = repository_url(origin)
    inside = _inside(path)
    if base is None or origin.commit is None or inside is None:
        return None
    safe = inside.replace("%", "%25").replace("#", "%23").replace("?", "%3F")
    return f"{base}/blob/{origin.commit}/{safe}" + ("" if line is None else f"#L{line}")


def _inside(path: str) -> str | None:
    """A path below the repository's top, step by step; None where it leaves it, or a browser could read it so.

    Browsers drop tabs and line ends from an address before they resolve its dots (URL Standard, 4.4).
    """
    steps = [step for step in path.replace("\\", "/").split("/") if step != "."]
    strange = any(char in path for char in ":\t\n\r\0")
    leaves = not steps or not all(steps) or ".." in map(str.strip, steps)
    return None if strange or leaves else "/".join(steps)


def repository_url(origin: Origin) -> str | None:
    """The repository's page, on the server that the run's address names."""
    if origin.repository is None or origin.run_url is None:
        return None
    server, found, _ = origin.run_url.partition(f"/{origin.repository}/")
    return f"{server}/{origin.repository}" if found else None
