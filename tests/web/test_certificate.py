"""Reading certificates from DER, beside a library that knows them well."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tests.certificates import Authority
from trivigil.web import certificate
from trivigil.web.certificate import Certificate


def der_of(pem: Path) -> bytes:
    text = pem.read_text()
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERT") :])


@pytest.mark.parametrize("ends", [0.5, 90, 365 * 30], ids=["soon", "later", "after 2050"])
def test_reads_what_a_library_reads(tmp_path: Path, ends: float) -> None:
    """Names, issuer and dates are those that the cryptography library reads."""
    names = ("*.shop.test", "shop.test", "127.0.0.1", "::1")
    der = der_of(Authority(tmp_path).sign(names, ends=ends))
    read, known = certificate.read(der), x509.load_der_x509_certificate(der)
    assert read is not None
    assert read.names == names
    assert read.issuer == "CN=The tests' authority"
    assert read.subject == "CN=*.shop.test"
    assert read.not_before == known.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read.not_after == known.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert certificate.seconds(read.not_after) == known.not_valid_after_utc.timestamp()


@given(cut=st.integers(0, 700), changed=st.integers(0, 255), place=st.integers(0, 700))
def test_damage_is_no_certificate_and_no_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, changed: int, place: int
) -> None:
    """Whatever bytes a site sends, nothing is raised."""
    der = bytearray(_one(tmp_path_factory))
    der[place % len(der)] = changed
    certificate.read(bytes(der))
    assert certificate.read(bytes(der[: cut % len(der)])) is None


_MADE: list[bytes] = []


def _one(folders: pytest.TempPathFactory) -> bytes:
    if not _MADE:
        _MADE.append(der_of(Authority(folders.mktemp("made")).sign()))
    return _MADE[0]


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        pytest.param("shop.test", True, id="itself"),
        pytest.param("SHOP.test.", True, id="as DNS sees it"),
        pytest.param("a.wild.test", True, id="one label"),
        pytest.param("a.b.wild.test", False, id="two labels"),
        pytest.param("wild.test", False, id="no label"),
        pytest.param("127.0.0.1", True, id="address"),
        pytest.param("other.test", False, id="another"),
    ],
)
def test_covers(host: str, covered: bool) -> None:
    """A wildcard stands for exactly one label."""
    names = ("shop.test", "*.wild.test", "127.0.0.1")
    assert Certificate("", "", names, "", "", "").covers(host) is covered
