"""A file of recorded exchanges: what a site answered, so that it can be graded again without it.

`{"hsts_preload_list": {host: {mode, include_subdomains}}, "cases": [{id, target, responses: {URL: {method: {status, headers,
body}}}, network?}]}`. A URL or method that is not there answers 404 (OPTIONS: 405). `network` says `refused` for a scheme, or
`untrusted-certificate` for https.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor.observatory import answer, urls
from trivigil.monitor.observatory.preload import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.monitor.observatory.answer import Answer, Ask, Fetch
    from trivigil.monitor.observatory.scan import Scan

_BODILESS: Final = (204, 304)
"""Statuses whose answers have no body on the wire (RFC 9110, section 6.4.1), whatever was recorded."""
_FAULTS: Final = ("refused", "untrusted-certificate")


class Case(NamedTuple):
    """One site as it was recorded."""

    id: str
    target: str
    answers: Mapping[tuple[str, str], Answer]
    """By method and URL."""
    network: Mapping[str, str]
    """Scheme to what is wrong with it."""

    def others(self, scan: Scan) -> dict[str, Answer]:
        """Further pages of the host that were recorded: by https, and no redirects."""
        seen = (*scan.http.route, *scan.https.route)
        return {
            url: found
            for (method, url), found in self.answers.items()
            if method == "GET"
            and url.startswith(f"https://{scan.host}/")
            and url not in seen
            and found.status not in range(300, 400)
        }

    @property
    def fetch(self) -> Fetch:
        """The recorded site in place of the network."""
        return _Recorded(self).fetch


class Recording(NamedTuple):
    """A whole file."""

    cases: tuple[Case, ...]
    preload: Mapping[str, Entry]


class _Recorded:
    def __init__(self, case: Case) -> None:
        self._case = case

    def fetch(self, ask: Ask) -> Answer:
        fault = self._case.network.get(urls.scheme(ask.url))
        if fault == "refused":
            raise answer.Refused
        if fault and ask.verified:
            raise answer.Untrusted
        found = self._case.answers.get((ask.method, ask.url))
        status = 405 if ask.method == "OPTIONS" else 404
        unlisted = answer.of(status, [("Content-Type", "text/plain")])
        return unlisted if found is None else found


def read(text: str, path: str) -> Recording:
    """Read a file of exchanges. Raises InputError with the file and the key."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise InputError("this is not JSON.", path=path, line=line) from error
    root = _Place(document, path, "")
    listed = root.member("hsts_preload_list", dict | list, {})
    cases = root.member("cases", list)
    preload = _preload(listed)
    return Recording(tuple(_case(one) for one in cases.items()), preload)


class _Place:
    """A value of the file and where it stands."""

    def __init__(self, value: object, path: str, key: str) -> None:
        self.value = value
        self._path = path
        self._key = key

    def refuse(self, due: str) -> InputError:
        """The error that says what was expected here."""
        return InputError(f"expected {due}.", path=self._path, key=self._key or None)

    def member(self, name: str, kind: object, default: object = None) -> _Place:
        """A member of an object, of the kind that is due."""
        if not isinstance(self.value, dict):
            raise self.refuse("an object")
        shown = printable(name, 100)
        place = _Place(
            self.value.get(name, default),
            self._path,
            f"{self._key}.{shown}" if self._key else shown,
        )
        if not isinstance(place.value, kind) or isinstance(place.value, bool):  # type: ignore[arg-type]  # the kind may be several
            raise place.refuse(_NAMES.get(kind, "an object"))  # type: ignore[call-overload]  # likewise
        return place

    def items(self) -> list[_Place]:
        """The members of a list."""
        assert isinstance(self.value, list)  # noqa: S101 (member() has seen to it)
        return [
            _Place(one, self._path, f"{self._key}[{index}]") for index, one in enumerate(self.value)
        ]

    def text(self, name: str, default: str | None = None) -> str:
        """A member that is text."""
        return str(self.member(name, str, default).value)

    def names(self) -> list[str]:
        """The keys of an object."""
        if not isinstance(self.value, dict):
            raise self.refuse("an object")
        return list(self.value)


_NAMES: Final = {
    str: "text",
    str | None: "text",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}


def _preload(listed: _Place) -> dict[str, Entry]:
    if isinstance(listed.value, list):
        rows = {one.text("name"): one for one in listed.items()}
    else:
        rows = {name: listed.member(name, dict) for name in listed.names()}
    return {name.lower(): _entry(row) for name, row in rows.items()}


def _entry(row: _Place) -> Entry:
    assert isinstance(row.value, dict)  # noqa: S101 (read as one above)
    subdomains = row.value.get("include_subdomains", row.value.get("includeSubDomains"))
    return Entry(row.text("mode", ""), subdomains is True)


def _case(place: _Place) -> Case:
    target = place.text("target")
    url = urls.normal(target if "://" in target else f"https://{target}")
    if url is None:
        raise place.member("target", str).refuse("an http or https URL")
    responses = place.member("responses", dict)
    answers: dict[tuple[str, str], Answer] = {}
    for name in responses.names():
        at = urls.normal(name) or name  # what is no http(s) URL is never asked for
        methods = responses.member(name, dict)
        for method in methods.names():
            answers[method.upper(), at] = _answer(methods.member(method, dict))
    network = place.member("network", dict, {})
    faults = {name: network.text(name) for name in network.names()}
    if any(fault not in _FAULTS for fault in faults.values()):
        raise network.refuse(" or ".join(_FAULTS))
    return Case(place.text("id"), url, answers, faults)


def _answer(place: _Place) -> Answer:
    status = place.member("status", int).value
    lines: list[tuple[str, str]] = []
    for line in place.member("headers", list, []).items():
        match line.value:
            case [str(name), str(value)]:
                lines.append((name, value))
            case _:
                raise line.refuse("a pair of texts, name and value")
    assert isinstance(status, int)  # noqa: S101 (member() has seen to it)
    body = place.member("body", str | None).value
    silent = status in _BODILESS or not isinstance(body, str)
    return answer.of(status, lines, "" if silent else str(body))
