"""No secret, e-mail address, author or token of a report is in what a reader gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.readers import raw_secrets
from tests.security.readers.reading import DATA, read

FILES = sorted(path for path in DATA.glob("*/*/*.*") if path.suffix != ".md")
CUT = {path for path in FILES if path.parent.name == "cut"}
WITH_SECRETS = [path for path in FILES if raw_secrets.of(path)]
VALUE = st.text("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=12, max_size=40)


@pytest.mark.parametrize("path", WITH_SECRETS, ids=lambda path: path.relative_to(DATA).as_posix())
def test_no_secret_of_a_file_is_kept(path: Path) -> None:
    """Facts, notes and problems hold nothing that the raw file keeps secret."""
    kept = repr(read(path))
    assert [each for each in raw_secrets.of(path) if each in kept] == []


def test_files_have_secrets() -> None:
    """The test above has something to find, for each scanner of secrets."""
    tools = {path.relative_to(DATA).parts[0] for path in WITH_SECRETS if path not in CUT}
    assert {"gitleaks", "trufflehog", "trufflehog3", "detect-secrets", "nuclei", "gitlab"} <= tools


def _replaced(node: object, known: frozenset[str], value: str) -> object:
    """A document in which each known secret is the value."""
    if isinstance(node, str):
        for each in sorted(known, key=len, reverse=True):
            node = node.replace(each, value)
        return node
    if isinstance(node, dict):
        return {key: _replaced(each, known, value) for key, each in node.items()}
    return [_replaced(each, known, value) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize(
    "name",
    [
        "gitleaks/v8.30/history.json",
        "gitleaks/v7/plain.json",
        "trufflehog/v3/list.json",
        "trufflehog3/v3.0/plain.json",
        "gitlab/v15/secret.json",
        "nuclei/made/list.json",
        "semgrep/made/secret.json",
    ],
)
@settings(max_examples=15)
@given(value=VALUE)
def test_no_value_is_kept(name: str, value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever stands where secrets, authors and messages stand, it gets no further."""
    known = raw_secrets.of(DATA / name) | {"Zk3mQ8vT2xLw9RbN5cYh"}
    document = json.loads((DATA / name).read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_text(json.dumps(_replaced(document, known, value)), encoding="utf-8")
    reading = read(path)
    assert reading.facts is not None
    assert value not in repr(reading)
