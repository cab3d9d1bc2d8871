"""The load tools that Trivigil can start, in an explicit table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.perf.tools import artillery, command, k6, locust, pytest_benchmark

if TYPE_CHECKING:
    from trivigil.perf.tool import Tool

TOOLS: Final[dict[str, Tool]] = {
    tool.NAME: tool for tool in (locust, k6, artillery, pytest_benchmark, command)
}


def named(name: str) -> Tool:
    """The tool of this name. Raises InputError for a name that is not in the table."""
    if name not in TOOLS:
        raise InputError(
            f"`{name}` is not a tool to start.", key="tool", tip=f"Known: {', '.join(TOOLS)}."
        )
    return TOOLS[name]
