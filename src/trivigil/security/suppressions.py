"""Suppressions: what a team accepts, with a reason and a last day, reviewed like code.

`.trivigil-suppressions.yml`: a list of entries; everything that an entry names must match. An expired entry no longer
applies; one that matches nothing is said, so that the file does not grow old. Described by schemas/suppressions.schema.json.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.result import Suppression
from trivigil.core.untrusted import printable
from trivigil.security import advisory, purl
from trivigil.security.facts import Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.result import Result
    from trivigil.located import Node

SCHEMA: Final = "trivigil/suppressions/1"
FILE: Final = ".trivigil-suppressions.yml"
_MATCHERS: Final = ("id", "rule", "path", "purl", "cwe", "fingerprint")
_TEXTS: Final = ("reason", "owner", "expires")
_DATE: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
"""In the digits that dates are compared in: others would be later than any day."""


class Entry(NamedTuple):
    """One accepted kind of finding; None for what the entry does not name."""

    reason: str
    expires: str
    """Last day it applies, as YYYY-MM-DD."""
    owner: str | None = None
    id: str | None = None
    """An advisory, by any of its names."""
    rule: str | None = None
    """A tool's rule: `B608`, or `bandit B608`."""
    path: str | None = None
    """A glob over the file."""
    purl: str | None = None
    """A package URL, with or without a version, or a package's bare name."""
    cwe: int | None = None
    fingerprint: str | None = None
    line: int = 0
    """Where it is written."""

    def expired(self, today: str) -> bool:
        """Whether its last day lies before `today` (YYYY-MM-DD)."""
        return self.expires < today

    def covers(self, result: Result) -> bool:
        """Whether everything that the entry names is the result's."""
        return all(
            matches(self, result)
            for key, matches in _RULES.items()
            if getattr(self, key) is not None
        )


class Applied(NamedTuple):
    """Results with what is accepted marked, and sentences on entries that do nothing."""

    results: tuple[Result, ...]
    notes: tuple[str, ...]


def apply(results: Iterable[Result], entries: Sequence[Entry], today: str, path: str) -> Applied:
    """Mark what an entry accepts. `today` is YYYY-MM-DD; `path` is the file, for the notes."""
    current = [entry for entry in entries if not entry.expired(today)]
    if not current:
        return Applied(tuple(results), tuple(_idle(entries, set(), today, path)))
    used: set[int] = set()
    marked = []
    for result in results:
        entry = next((each for each in current if each.covers(result)), None)
        if entry is None or result.kind == "pass":
            marked.append(result)
            continue
        used.add(entry.line)
        accepted = Suppression(entry.reason, entry.owner, entry.expires)
        marked.append(result._replace(suppression=accepted))
    return Applied(tuple(marked), tuple(_idle(entries, used, today, path)))


def _idle(entries: Sequence[Entry], used: set[int], today: str, path: str) -> Iterable[str]:
    for entry in entries:
        if entry.expired(today):
            yield f"{path}:{entry.line}: expired on {entry.expires}, so it accepts nothing any more."
        elif entry.line not in used:
            yield f"{path}:{entry.line}: it accepts nothing that was found; remove it."


def _same_id(entry: Entry, result: Result) -> bool:
    wanted = advisory.normal(entry.id or "").lower()
    known = {advisory.normal(each).lower() for each in (result.rule.id, *result.aliases)}
    return wanted in known


def _same_rule(entry: Entry, result: Result) -> bool:
    known = result.evidence.get("rules")
    names = [str(each) for each in known] if isinstance(known, (list, tuple)) else []
    bare = [name.partition(" ")[2] for name in names]
    return (entry.rule or "").lower() in {name.lower() for name in (*names, *bare, result.rule.id)}


def _same_path(entry: Entry, result: Result) -> bool:
    paths = (result.location.path, result.evidence.get("path"))
    return any(isinstance(p, str) and fnmatchcase(p, entry.path or "") for p in paths)


def _same_package(entry: Entry, result: Result) -> bool:
    package = result.evidence.get("package")
    if not isinstance(package, dict):
        return False
    wanted, name = entry.purl or "", str(package.get("name", ""))
    if not wanted.lower().startswith("pkg:"):
        return wanted.lower() == name.lower()
    whose, version = _apart(wanted)
    kind, bare = purl.identity(Package(name=wanted, purl=whose))
    if purl.written(kind, bare) != package.get("purl"):
        return False
    return not version or package.get("versions") == [version]


def _apart(url: str) -> tuple[str, str]:
    """A package URL without its version, and the version, as a tool says it: the `@` of a scope of npm stands before a slash."""
    from urllib.parse import unquote

    bare = re.split(r"[?#]", url)[0]
    folder, slash, last = bare.rpartition("/")
    name, _, version = last.partition("@")
    return "pkg:" + f"{folder}{slash}{name}"[4:].replace("@", "%40"), unquote(version)


def _same_weakness(entry: Entry, result: Result) -> bool:
    cwes = result.evidence.get("cwes")
    return isinstance(cwes, (list, tuple)) and entry.cwe in cwes


def _same_fingerprint(entry: Entry, result: Result) -> bool:
    return entry.fingerprint == result.fingerprint


_RULES: Final = {
    "id": _same_id,
    "rule": _same_rule,
    "path": _same_path,
    "purl": _same_package,
    "cwe": _same_weakness,
    "fingerprint": _same_fingerprint,
}


def read(text: str, path: str) -> tuple[Entry, ...]:
    """The entries of a file. Raises InputError that names file, line and key."""
    from trivigil.located import load

    root = load(text, path)
    members = _mapping(root, path, "the file")
    for name, node in members.items():
        if name not in ("$schema", "schema", "suppressions"):
            _refuse(
                path, node.key_line, name, "unknown key; the file has `schema` and `suppressions`."
            )
    schema, listed = members.get("schema"), members.get("suppressions")
    if schema is not None and schema.value != SCHEMA:
        _refuse(path, schema.line, "schema", f"this version reads `{SCHEMA}`.")
    if listed is None or not isinstance(listed.value, list):
        line = listed.line if listed else 1
        _refuse(path, line, "suppressions", "a list of entries was expected.")
    return tuple(_entry(node, path, f"suppressions[{i}]") for i, node in enumerate(listed.value))


def _entry(node: Node, path: str, key: str) -> Entry:
    members = _mapping(node, path, key)
    for name, member in members.items():
        if name not in (*_MATCHERS, *_TEXTS):
            known = ", ".join((*_MATCHERS, *_TEXTS))
            _refuse(path, member.key_line, f"{key}.{name}", f"unknown key; an entry has {known}.")
    for name in ("reason", "expires"):
        if name not in members:
            _refuse(
                path,
                node.line,
                key,
                f"the entry has no `{name}`; both a reason and a last day are needed.",
            )
    if not any(name in members for name in _MATCHERS):
        _refuse(path, node.line, key, f"the entry names nothing to accept: {', '.join(_MATCHERS)}.")
    texts = {
        name: _text(member, path, f"{key}.{name}")
        for name, member in members.items()
        if name != "cwe"
    }
    expires = texts.pop("expires")
    if not _DATE.fullmatch(expires):
        line = members["expires"].line
        _refuse(path, line, f"{key}.expires", "a date such as 2027-06-30 was expected.")
    cwe = _weakness(members["cwe"], path, f"{key}.cwe") if "cwe" in members else None
    return Entry(expires=expires, cwe=cwe, line=node.line, **texts)


def _weakness(node: Node, path: str, key: str) -> int:
    text = str(node.value).upper().removeprefix("CWE-")
    if isinstance(node.value, bool) or not (text.isascii() and text.isdigit()):
        _refuse(path, node.line, key, "a weakness such as 79 or CWE-79 was expected.")
    return int(text)


def _text(node: Node, path: str, key: str) -> str:
    value = node.value if isinstance(node.value, str) else ""
    if not value.strip():
        _refuse(path, node.line, key, "a text that is not empty was expected.")
    return value.strip()


def _mapping(node: Node, path: str, key: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        _refuse(path, node.key_line or node.line, key, f"an object was expected, not {node.kind}.")
    return node.value


def _refuse(path: str, line: int, key: str, message: str) -> NoReturn:
    raise InputError(message, path=path, line=line, key=printable(key, 120))


def last_day(text: str, today: str, key: str) -> str:
    """A date (YYYY-MM-DD) up to which something is accepted. Raises InputError for no date, and for one that has passed."""
    if not _DATE.fullmatch(text):
        raise InputError("a date such as 2027-06-30 was expected.", key=key)
    if text < today:
        raise InputError(f"{text} has passed, so nothing would be accepted.", key=key)
    return text


def write(results: Iterable[Result], expires: str) -> str:
    """Entries for results, to be filled in: every reason is to be written by a person, so the file refuses to be read till then."""
    lines = [f"schema: {SCHEMA}", "suppressions:"]
    results = list(results)
    for result in results:
        lines += [f"  # {printable(result.message, 150)}"]
        lines += [f"  - fingerprint: {result.fingerprint}"]
        lines += [f"    expires: {expires}", '    reason: ""']
    return "\n".join(lines) + ("" if results else " []")
