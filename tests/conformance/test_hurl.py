"""Check files do here what real Hurl did with them: same outcome, same places, same judged lines.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is
tried. Its server answers on loopback, on ports of four digits because columns depend on them, and it is asked by the monitor's own
probe.
"""

from __future__ import annotations

import datetime
import http.client
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.course import Account, follow
from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.languages import load
from trivigil.monitor.synthetic.problem import CheckFileError
from trivigil.monitor.synthetic.scope import Scope
from trivigil.monitor.synthetic.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/monitor/hurl", root / "monitor/hurl")
    return next((place for place in places if (place / "expected.json").is_file()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with monitor/hurl in it"
)
EXPECTED: dict[str, Any] = (
    json.loads((CORPUS / "expected.json").read_text(encoding="utf-8")) if CORPUS else {}
)
CASES = [name for name in EXPECTED if not name.startswith("_")]
PLAIN, TLS = 8790, 8791
OUTCOMES = {"pass": "pass", "assertion": "assert failure", "error": "runtime error"}
DEVIATIONS: dict[str, str] = {}
"""A case that differs, and why; it has to differ."""


def _free_pair() -> tuple[int, int]:
    for port in range(8801, 9800, 2):
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port, port + 1
    pytest.fail("no two free ports of four digits")


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    assert CORPUS is not None
    plain, tls = _free_pair()
    command = [sys.executable, str(CORPUS / "server.py"), str(plain), str(tls)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("ready")
            yield plain, tls
        finally:
            server.kill()


def _variables(arguments: list[str], ports: tuple[int, int]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in arguments[1::2]:
        name, _, value = text.replace(f":{PLAIN}", f":{ports[0]}").partition("=")
        words: dict[str, object] = {"true": True, "false": False, "null": None}
        found[name] = int(value) if value.isdecimal() else words.get(value, value)
    return found


def _text(name: str, ports: tuple[int, int]) -> str:
    assert CORPUS is not None
    text = (CORPUS / "cases" / name).read_bytes().decode()
    return text.replace(f":{PLAIN}", f":{ports[0]}").replace(f":{TLS}", f":{ports[1]}")


def _forget(ports: tuple[int, int]) -> None:
    """Counters of the server's begin anew."""
    connection = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=5)
    connection.request("GET", "/reset")
    connection.getresponse().read()
    connection.close()


def _followed(name: str, ports: tuple[int, int]) -> Account:
    assert CORPUS is not None
    _forget(ports)
    cases = CORPUS / "cases"
    scope = Scope(
        _variables(EXPECTED[name].get("args", []), ports),
        datetime.datetime.now(datetime.UTC),
        read_file=lambda file: (cases / Path(file).name).read_bytes(),
    )
    send = Sender(Bounds("", timeout=5, allow_private=True, allow_writes=True))
    return follow(read(_text(name, ports), name, name), scope, send, lambda _milliseconds: None)


def _places(errors: list[dict[str, Any]]) -> list[tuple[int, int | None]]:
    return [(error["line"], error["column"] or None) for error in errors]


def differences(name: str, ports: tuple[int, int]) -> list[str]:
    """What is not as Hurl had it."""
    wanted = EXPECTED[name]
    errors = _places(wanted.get("errors", []))
    try:
        account = _followed(name, ports)
    except CheckFileError as error:
        found = [(error.place.line, error.place.column)]
        return [] if (wanted["outcome"], errors) == ("parse error", found) else [str(error)]
    kinds = {failure.kind for failure in account.failures}
    outcome = OUTCOMES["error" if "error" in kinds else "assertion" if kinds else "pass"]
    places: list[tuple[int, int | None]] = []
    for failure, place in zip(account.failures, errors, strict=False):
        places.append((failure.place.line, failure.place.column if place[1] else None))
    tries = [
        {
            "line": one.place.line,
            "statuses": list(one.statuses),
            "asserts": [[each.place.line, each.passed] for each in one.verdict.outcomes],
        }
        for one in account.tries
    ]
    entries = [
        {key: entry[key] for key in ("line", "statuses", "asserts")}
        for entry in wanted.get("entries", [])
    ]
    pairs = {
        "outcome": (outcome, wanted["outcome"]),
        "places": (places if len(places) == len(account.failures) else None, errors),
        "entries": (tries, entries),
        "captures": (_captures(account, ports), _wanted_captures(wanted)),
    }
    return [
        f"{key}: {ours!r}, Hurl {theirs!r}"
        for key, (ours, theirs) in pairs.items()
        if ours != theirs
    ]


TIMED = {"d"}
"""Captures that no two runs have alike: a duration."""


def _captures(account: Account, ports: tuple[int, int]) -> list[dict[str, Any]]:
    found = []
    for one in account.tries:
        values = {
            key: value.replace(f":{ports[0]}", f":{PLAIN}") if isinstance(value, str) else value
            for key, value in one.verdict.captures.items()
            if key not in TIMED
        }
        if values and not one.verdict.error:
            found.append({k: _as_json(v) for k, v in values.items()})
    return found


def _as_json(value: object) -> object:
    from base64 import b64encode

    return b64encode(value).decode() if isinstance(value, bytes) else value


def _wanted_captures(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [entry.get("captures", {}) for entry in wanted.get("entries", [])]
    kept = [{k: v for k, v in row.items() if k not in TIMED} for row in rows]
    return [row for row in kept if row]


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_as_with_hurl(name: str, ports: tuple[int, int]) -> None:
    """Outcome, places of errors, requests, judged lines and captures are Hurl's, or the deviation has its reason."""
    found = differences(name, ports)
    assert bool(found) == (name in DEVIATIONS), found


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_an_attempt(name: str, ports: tuple[int, int], tmp_path: Path) -> None:
    """The monitor's own way, folder to attempt, is up where Hurl passed, and names the lines that Hurl named."""
    assert CORPUS is not None
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / name).write_bytes(_text(name, ports).encode())
    for beside in (CORPUS / "cases").glob("*.txt"):
        (tests / beside.name).write_bytes(beside.read_bytes())
    wanted = EXPECTED[name]
    lines = [error["line"] for error in wanted.get("errors", [])]
    bounds = Bounds(
        f"http://127.0.0.1:{ports[0]}",
        5,
        allow_private=True,
        allow_writes=True,
        variables=dict(pair.split("=", 1) for pair in _given(wanted, ports)),
    )
    if wanted["outcome"] == "parse error":
        with pytest.raises(CheckFileError) as caught:
            load("tests", bounds, directory=str(tmp_path))
        assert [caught.value.place.line] == lines
        return
    _forget(ports)
    (planned,) = load("tests", bounds, directory=str(tmp_path))
    made = planned.attempt(bounds)
    assert (made.status == "up") == (wanted["outcome"] == "pass")
    assert [each.line for each in made.failed] == lines


def _given(wanted: dict[str, Any], ports: tuple[int, int]) -> list[str]:
    return [text.replace(f":{PLAIN}", f":{ports[0]}") for text in wanted.get("args", [])[1::2]]


def test_the_share(ports: tuple[int, int], tell: Callable[[str], None]) -> None:
    """The share of equal cases is printed, with the deviations and their reasons."""
    different = [name for name in CASES if differences(name, ports)]
    outcomes = Counter(EXPECTED[name]["outcome"] for name in CASES)
    tell(
        f"Hurl: {len(CASES) - len(different)} of {len(CASES)} cases as with hurl 8.0.1 {dict(outcomes)}"
    )
    for name in different:
        tell(f"  differs: {name}: {DEVIATIONS.get(name, 'NO REASON')}")
    assert set(different) == set(DEVIATIONS)
