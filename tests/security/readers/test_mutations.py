"""Whatever stands in a report, reading and judging it ends with a reading and a verdict, never with an exception."""

from __future__ import annotations

import gzip
import json
import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import DATA, read
from trivigil.render import json as report_json
from trivigil.render import text as report_text
from trivigil.security.analysis import Context, analyze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Keys = tuple[str | int, ...]

FILES = sorted(path for path in DATA.glob("*/*/*.*") if path.suffix != ".md")
CONTEXT = Context("security", "2026-06-15T12:00:00Z", max_age=1e9)
TYPES, BYTES = 6, 4
"""Mutations of each file."""
JUNK = (
    "NaN", "-Infinity", "1e400", "-5", "0.1", "true", "null", '""', "[]", "{}", "[null]", "[[[[]]]]", '{"a": {"b": [1]}}', "9" * 5000,
    '"\\u0000"', '"\\ud800"', '"\\u202e\\u2028"', '"::error::x"', '"../../etc/passwd"', '"file:///%00"', '"http://[::1"', '"http://a:99999999/"',
    '"CVSS:3.1/AV:N"', '"CVSS:9"', '"2026-13-45T99:99:99Z"', '"0001-01-01T00:00:00+23:59"', '"9999-12-31T23:59:59-23:59"', '"pkg:"',
    '"pkg:npm/%ff@%"', '"\u00b2"', '"\u0661"', f'"{"x" * 50_000}"',
)  # fmt: skip
"""JSON of another type, out of every range, or of text that is no path, address, date, vector or package."""
MARK = "\N{REPLACEMENT CHARACTER}junk"
INSERTED = (
    b"\0", b"\xff", b'"', b"{", b"[", b"]", b",", b"<!--", b"]]>", b"&a;", b"[" * 20_000, b'{"a":' * 20_000, b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b'<!DOCTYPE a [<!ENTITY a "b">]>',
)  # fmt: skip


def _paths(node: object, path: Keys = ()) -> Iterator[Keys]:
    if path:
        yield path
    items: Any = node.items() if isinstance(node, dict) else ()
    for key, each in enumerate(node) if isinstance(node, list) else items:
        yield from _paths(each, (*path, key))


def _other_types(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """The document with junk in place of one of its values; nothing of what is no JSON."""
    try:
        document = json.loads(data)
    except ValueError:
        return
    paths = list(_paths(document))
    for path in chance.choices(paths, k=TYPES) if paths else ():
        node = changed = deepcopy(document)
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = MARK
        yield json.dumps(changed).replace(json.dumps(MARK), chance.choice(JUNK)).encode()


def _other_bytes(data: bytes, chance: random.Random) -> Iterator[bytes]:
    for _ in range(BYTES):
        at = chance.randrange(len(data) + 1)
        yield data[:at] + chance.choice(INSERTED) + data[at + chance.choice((0, 0, 1, 50)) :]


def _other_encodings(data: bytes) -> Iterator[bytes]:
    text = data.decode("utf-8", "replace")
    yield from (text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-32"))
    yield from (data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" * 2 + data, gzip.compress(data))
    yield gzip.compress(data)[:-5]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DATA).as_posix())
def test_no_report_is_our_fault(path: Path, tmp_path: Path) -> None:
    """Values of other types, bytes that do not belong there, other encodings: a state and a verdict that can be shown."""
    data, chance = path.read_bytes(), random.Random(path.as_posix()[-40:])
    mutations = (*_other_types(data, chance), *_other_bytes(data, chance), *_other_encodings(data))
    mutated = tmp_path / "mutated"
    for content in mutations:
        mutated.write_bytes(content)
        for tool in (None, path.relative_to(DATA).parts[0]):
            report = analyze([read(mutated, tool)], CONTEXT)
            assert report.conclusion.exit_code in {0, 1, 2}
        report_text.render(report, width=100, colour=False)
        report_json.dump(report)


@pytest.mark.parametrize(
    ("tool", "document"),
    [
        pytest.param("npm-audit", {"auditReportVersion": 2, "vulnerabilities": {"a": {"name": "a", "via": [["b"]]}}}, id="a list for a name"),
    ],
)  # fmt: skip
def test_what_once_was(tool: str, document: object, tmp_path: Path) -> None:
    """Reports that once ended with an exception."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read(path, tool).count


def test_a_number_of_thousands_of_digits_among_text(tmp_path: Path) -> None:
    """Safety's and Bandit's JSON, which may stand among text, is damaged by it and nothing worse."""
    path = tmp_path / "report.json"
    whole = (DATA / "bandit/v1.9/plain.json").read_text(encoding="utf-8")
    path.write_text(whole.replace('"loc": ', f'"loc": {"9" * 5000}', 1), encoding="utf-8")
    assert "the JSON is damaged" in (read(path).problem or "")


@pytest.mark.parametrize(
    "name",
    ["bandit/v1.9/plain.json", "grype/plain/out.json", "semgrep/v1.182/plain.json", "trivy/schema2/plain.json"],
)  # fmt: skip
def test_a_second_list_hides_no_first_one(name: str, tmp_path: Path) -> None:
    """A key that stands twice: decoders keep the last, and an empty one is not clean."""
    text = (DATA / name).read_text(encoding="utf-8").rstrip()
    key = next(k for k in ("results", "matches", "Results") if k in json.loads(text))
    path = tmp_path / "report.json"
    path.write_text(f'{text.removesuffix("}")}, "{key}": []}}', encoding="utf-8")
    reading = read(path)
    assert reading.state == "partial"
    assert f"`{key}` stands twice" in reading.notes[0]
