"""The tree of Gatling's reports: the whole run, in it groups and requests, in groups again; of `stats.json` and `stats.js`.

From 3.7 on quotes in names are written as `&quot;`, and nothing else is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.perf.readers.gatling_figures import entry_of

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.perf.entry import Entry

_DEEPEST = 100


def entries(root: Fields) -> list[Entry]:
    """The whole run, its requests and its groups. Raises SourceError where the tree is not as Gatling writes it."""
    listed = [entry_of(root.nested("stats"), OVERALL)]
    requests: list[Entry] = []
    groups: list[Entry] = []
    _walk(root, (), requests, groups)
    together = sum(each.requests for each in requests)
    if together != listed[0].requests:
        message = (
            f"its requests are {together} together, but {listed[0].requests} of the whole run."
        )
        raise SourceError(message)
    taken = {each.subject for each in requests}
    renamed = (
        each._replace(subject=f"{each.subject} (group)") if each.subject in taken else each
        for each in groups
    )
    return [*listed, *requests, *renamed]


def _walk(node: Fields, path: tuple[str, ...], requests: list[Entry], groups: list[Entry]) -> None:
    if len(path) > _DEEPEST:
        raise SourceError("the groups are nested too deeply to be Gatling's.")
    inside = node.maybe_nested("contents")
    for key in inside.value:
        child = inside.nested(key)
        names = (*path, child.text("name").replace("&quot;", '"'))
        made = entry_of(child.nested("stats"), " / ".join(names))
        if child.text("type") == "GROUP":
            groups.append(made)
            _walk(child, names, requests, groups)
        else:
            requests.append(made)
