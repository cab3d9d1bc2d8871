"""What both kinds of store share: paths, limits, and lines that are appended once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.store import (
    MAX_CHANGES,
    MAX_FILE_BYTES,
    Entry,
    StoreError,
    appended,
    checked,
    checked_path,
)

GOOD = ("a", "history/perf.jsonl", "a/b/c.d-e_f", "perf=chrome+1@2", "_x", "x" * 100)


@pytest.mark.parametrize("path", GOOD)
def test_paths_that_a_store_keeps(path: str) -> None:
    """Plain names in folders are kept as they are."""
    assert checked_path(path) == path


BAD = {
    "empty": "",
    "absolute": "/etc/passwd",
    "above": "../x",
    "above in the middle": "a/../../x",
    "here": "./x",
    "nothing between slashes": "a//b",
    "a slash at the end": "a/",
    "a backslash": "a\\..\\b",
    "a drive": "C:/x",
    "a stream": "a:b",
    "hidden": ".git/config",
    "our own folder": ".trivigil-store/head",
    "workflows": ".github/workflows/x.yml",
    "a dot at the end": "a./b",
    "a blank": "a b",
    "a device": "nul",
    "a device with a suffix": "x/COM1.tar.gz",
    "a line break": "a\nb",
    "NUL": "a\0b",
    "a letter that two file systems spell in two ways": "é",
    "too long a name": "x" * 101,
    "too long": "/".join(["abcdefghi"] * 41),
    "a command": "##[group]x",
}


@pytest.mark.parametrize("path", BAD.values(), ids=BAD.keys())
def test_paths_that_no_store_keeps(path: str) -> None:
    """What could leave the store, hide in it or not exist on another system is refused in one line."""
    with pytest.raises(StoreError, match="is no path for a store") as caught:
        checked_path(path)
    assert "\n" not in str(caught.value)
    assert "##[" not in str(caught.value)


def test_limits_of_a_change() -> None:
    """Size and number of files are bounded, and one name is not a file and a folder."""
    with pytest.raises(StoreError, match="larger than 20 MiB"):
        checked({"a": b"x" * (MAX_FILE_BYTES + 1)})
    with pytest.raises(StoreError, match="501 files in one change; at most 500"):
        checked({f"f{index}": b"" for index in range(MAX_CHANGES + 1)})
    with pytest.raises(StoreError, match="a cannot be a file and a folder"):
        checked({"a": b"", "a/b": b""})
    with pytest.raises(StoreError):
        checked({"../x": None})
    assert checked({"a": None, "a/b": b""})


def test_a_repeated_append_is_recognised() -> None:
    """A line whose id is there already is not added again, and what is there stays as it is."""
    once = appended(None, [Entry("1", {"value": 1}), Entry("2", {"value": 2})])
    assert once == b'{"id":"1","value":1}\n{"id":"2","value":2}\n'
    assert appended(once, [Entry("2", {"value": 9}), Entry("1", {})]) == once
    more = appended(once, [Entry("3", {}), Entry("3", {"twice": True})])
    assert more == once + b'{"id":"3"}\n'


def test_a_cut_or_foreign_line_is_kept() -> None:
    """A last line without its end gets one; lines of another kind stay, byte for byte."""
    held = b'\xff\xfe\n{"id": "a",  "by": "hand"}\n[1]\n{"id":"b","cut'
    made = appended(held, [Entry("a", {}), Entry("b", {"whole": True})])
    assert made == held + b'\n{"id":"b","whole":true}\n'
    assert appended(b"x", []) == b"x"


@pytest.mark.parametrize("entry", [Entry("", {}), Entry("a", {"id": "b"})], ids=["none", "two"])
def test_an_entry_has_one_id(entry: Entry) -> None:
    """An entry without id, or with a second one in its data, is an error of the caller."""
    with pytest.raises(ValueError, match="one id"):
        appended(None, [entry])


TEXTS = st.text(max_size=12)
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.text(min_size=1, max_size=4),
        st.dictionaries(TEXTS.filter(lambda key: key != "id"), TEXTS, max_size=2),
    ),
    max_size=6,
)


@given(st.binary(max_size=60), ENTRIES)
def test_append_is_idempotent_and_loses_nothing(held: bytes, entries: list[Entry]) -> None:
    """Whatever a file holds: it stays, each id is there once, and the second time adds nothing."""
    once = appended(held, entries)
    assert once.startswith(held)
    assert appended(once, entries) == once
    ids = [json.loads(line)["id"] for line in once[len(held) :].split(b"\n") if line.strip()]
    assert len(ids) == len(set(ids))
