"""Fields of a scanner's record, read leniently."""

from __future__ import annotations

from typing import Any

import pytest

from trivigil.core.errors import SourceError
from trivigil.foreign import Fields
from trivigil.security import leak, lenient, manifest


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, (12, 12)),
        ("12", (12, 12)),
        ("12-14", (12, 14)),
        ([12, 13, 14], (12, 14)),
        (12.0, (12, 12)),
        (0, (None, None)),
        (-3, (None, None)),
        ("x", (None, None)),
        (True, (None, None)),
        ([], (None, None)),
        (None, (None, None)),
        (float("inf"), (None, None)),
    ],
)
def test_span(value: object, expected: tuple[int | None, int | None]) -> None:
    """Lines count from 1, whatever they are written as."""
    assert lenient.span(value) == expected
    assert lenient.line(value) == expected[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((79,), (79,)),
        (("CWE-79: Cross-site scripting",), (79,)),
        (("cwe-079", "79", [89, "CWE-89"]), (79, 89)),
        (({"id": "338", "url": "https://cwe.mitre.org"},), (338,)),
        (("nvd-cwe-other", "NVD-CWE-noinfo", None, 0, -1, "CWE-0"), ()),
        (("CWE-12345678",), ()),
    ],
)
def test_cwes(values: tuple[object, ...], expected: tuple[int, ...]) -> None:
    """Weaknesses as numbers, each once; what names none is left out."""
    assert lenient.cwes(*values) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-23T13:00:00.123456789+01:00", "2026-11-23T12:00:00Z"),
        ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"),
        ("2026-11-23T12:00:00", "2026-11-23T12:00:00Z"),
        ("2026-11-23 10:00:01 +0100", "2026-11-23T09:00:01Z"),
        ("Thursday, Jan 18, 2024", None),
        (None, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_moment(value: object, expected: str | None) -> None:
    """A time as UTC; None for what is none."""
    assert lenient.moment(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("HIGH", "high"),
        ("Weak", "low"),
        ("Confirmed", "certain"),
        ("Unknown", None),
        (3, None),
    ],
)
def test_confidence(value: object, expected: str | None) -> None:
    """Four words for how sure a tool is."""
    assert lenient.confidence(value) == expected


def test_objects() -> None:
    """What is no object is left out and said; what is no list is an error."""
    found, left = lenient.objects([{"a": 1}, 2, None], "results")
    assert [each.place for each in found] == ["results[0]"]
    assert left == (
        "`results[1]` is left out: it is not an object.",
        "`results[2]` is left out: it is not an object.",
    )
    assert lenient.objects(None) == ((), ())
    with pytest.raises(SourceError, match="`results` is not a list"):
        lenient.objects("none", "results")
    assert lenient.within("none", "files") == ((), ("`files` is left out: it is not a list.",))


def test_fields() -> None:
    """Anything else than what is due is nothing, and no error."""
    fields = Fields({"a": {"b": " c "}, "d": 3, "e": ["f", 4, " "], "g": " "}, "r[0]")
    assert lenient.text(lenient.inner(fields, "a"), "x", "b") == "c"
    assert lenient.inner(fields, "d", "b") == Fields({}, "r[0].d.b")
    assert lenient.text(fields, "d", "g") is None
    assert lenient.texts(fields.value["e"]) == ("f",)
    assert lenient.texts("one") == ("one",)
    assert lenient.texts(4) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9f1bd04d0af0a14f8271342f9de2701c05ccae47", "In commit 9f1bd04d0af0."),
        ("0000000000000000", ""),
        ("Fixed it (#219)", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_commit(value: Any, expected: str) -> None:
    """A hash is named, and a message, which may name people, is not."""
    assert lenient.commit(value) == expected


@pytest.mark.parametrize(
    "value",
    ["REDACTED", "*****", "Zk3m...", "xxxx", "AKIA****", "password = REDACTED", "", "  ", None, 7],
)
def test_masks_have_no_digest(value: object) -> None:
    """A masked secret is like any other masked one."""
    assert leak.digest_of(value) is None


def test_digests_of_secrets_are_keyed() -> None:
    """Neither a value nor its SHA-1 nor the code around it is kept, or hashed so that a table knows it."""
    import hashlib

    value = "hR7pW2sKd9Vq4XjM6tBz"
    plain = {hashlib.new(name, value.encode()).hexdigest() for name in ("md5", "sha1", "sha256")}
    for made in (leak.digest_of(value), leak.of_sha1(value), leak.code(value)):
        assert made is not None
        assert not [each for each in plain if each.startswith(made)]
    assert leak.of_sha1("") is None
    assert leak.code(" \n") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements-dev.txt", "pypi"),
        ("app/uv.lock", "pypi"),
        ("web/package-lock.json", "npm"),
        ("go.sum", "golang"),
        ("Gemfile.lock", "gem"),
        ("pom.xml", "maven"),
        ("Cargo.lock", "cargo"),
        ("src/shop.csproj", "nuget"),
        ("main.tf", None),
        (None, None),
    ],
)
def test_manifest(path: str | None, expected: str | None) -> None:
    """Which ecosystem a manifest is of, by its name."""
    assert manifest.ecosystem(path) == expected
