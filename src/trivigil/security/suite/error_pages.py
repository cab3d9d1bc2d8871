"""Errors that tell how the site is made: stack traces, database errors, debug pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Error pages tell nothing of the inside"
CATEGORY: Final = "information"
WRITES: Final = False

_TRACES: Final = {
    "Python": rb"Traceback \(most recent call last\)|Werkzeug Debugger|You're seeing this error because you have <code>DEBUG",
    "Java": rb"\bat [\w.$]+\([\w]+\.java:\d+\)|java\.lang\.\w+(?:Exception|Error)\b",
    ".NET": rb"\bat [\w.]+\([^)]*\) in [^\n]{1,200}:line \d+|System\.Web\.Http\w*Exception|Server Error in '/' Application",
    "PHP": rb"(?:Fatal error|Warning|Parse error|Notice)</b>?:  ?[^\n]{1,300} on line <b>?\d+|PHP (?:Fatal error|Warning):",
    "Node.js": rb"\bat [\w.<> ]+\((?:/|[A-Z]:\\|node:)[^)\n]{1,200}:\d+:\d+\)",
    "Ruby": rb"Action Controller: Exception caught|\.rb:\d+:in [`']",
    "Go": rb"goroutine \d+ \[running\]:",
    "a database": rb"SQLSTATE\[|You have an error in your SQL syntax|ORA-\d{5}:|psycopg2?\.errors|sqlite3\.OperationalError|Unclosed quotation mark",
}
_PATTERNS: Final = {name: re.compile(pattern) for name, pattern in _TRACES.items()}
_QUERIES: Final = (
    "id=%27",
    "id[]=1",
    "page=-1&id=1%00",
    "q=%FF%FE%C0%AE",
    "id=99999999999999999999",
)


def test(site: Site) -> Iterator[Weakness]:
    """Pages that are not there, and values that no page expects: a quote, a list, a zero byte, no UTF-8, a huge number."""
    found: dict[str, tuple[str, int | None]] = {}
    own = [f"{sites.path(page)}?{query}" for page in site.pages() for query in _QUERIES]
    provoked = [site.provoke(each) for each in (f"{sites.path(site.absent())}%00.html", *own)]
    for seen in (site.absent(), *filter(None, provoked)):
        for name, pattern in _PATTERNS.items():
            if pattern.search(seen.body):
                found.setdefault(name, (sites.shown(site.page()), seen.status))
    for name, (url, status) in found.items():
        yield Weakness(
            "error-pages",
            f"Error pages show the inside of the site: {name}",
            Severity.MEDIUM,
            "Paths, names and queries of the code tell an attacker where to try.",
            url,
            209,
            "Show a page of your own for errors, write the details to the log, and switch debugging off.",
            facts={"kind": name, "status": status},
        )
