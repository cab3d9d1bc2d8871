"""Certificates as OpenSSL writes them; the texts are what real Hurl 8.0.1 answered for the same certificates."""

from __future__ import annotations

import datetime as dt
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor.synthetic import shown_certificate

Named = x509.NameAttribute
BEGIN, END = dt.datetime(2026, 1, 5, tzinfo=dt.UTC), dt.datetime(2055, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def made(
    relatives: list[list[x509.NameAttribute[str]]],
    names: list[x509.GeneralName] | None = None,
    serial: int = 1,
) -> bytes:
    name = x509.Name([x509.RelativeDistinguishedName(each) for each in relatives])
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), serial, BEGIN, END)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


ODD = [
    [Named(NameOID.COUNTRY_NAME, "ZZ")],
    [Named(NameOID.STATE_OR_PROVINCE_NAME, "Some, State")],
    [Named(NameOID.LOCALITY_NAME, "Zürich")],
    [Named(NameOID.ORGANIZATION_NAME, 'A+B "Q" <x>; \\y')],
    [Named(NameOID.ORGANIZATIONAL_UNIT_NAME, "#ou ")],
    [Named(NameOID.COMMON_NAME, "ex=ample")],
    [Named(NameOID.EMAIL_ADDRESS, "a@b.c")],
]
RARE = [
    [Named(NameOID.COMMON_NAME, "multi"), Named(NameOID.SERIAL_NUMBER, "77")],
    [Named(NameOID.DOMAIN_COMPONENT, "dc")],
    [Named(NameOID.USER_ID, "uid")],
    [Named(NameOID.JURISDICTION_COUNTRY_NAME, "ZZ")],
    [Named(NameOID.ORGANIZATION_IDENTIFIER, "oi")],
    [Named(ObjectIdentifier("1.2.3.4.5"), "odd")],
    [Named(NameOID.GENERATION_QUALIFIER, "gq")],
]
WIDE = [
    [Named(NameOID.COMMON_NAME, "bmp é", _ASN1Type.BMPString)],
    [Named(NameOID.ORGANIZATION_NAME, "line\nend\ttab\x7f")],
    [Named(NameOID.ORGANIZATIONAL_UNIT_NAME, "uni 日😀")],
    [Named(NameOID.STATE_OR_PROVINCE_NAME, "u32 é", _ASN1Type.UniversalString)],
]


@pytest.mark.parametrize(
    ("relatives", "text"),
    [
        pytest.param(ODD, 'C = ZZ, ST = "Some, State", L = Z\\C3\\BCrich, O = "A+B \\"Q\\" <x>; \\\\y", OU = "#ou ", CN = ex=ample, emailAddress = a@b.c', id="quotes and escapes"),
        pytest.param(RARE, "serialNumber = 77 + CN = multi, DC = dc, UID = uid, jurisdictionC = ZZ, organizationIdentifier = oi, 1.2.3.4.5 = odd, generationQualifier = gq", id="rare kinds"),
        pytest.param(WIDE, "CN = bmp \\C3\\A9, O = line\\0Aend\\09tab\\7F, OU = uni \\E6\\97\\A5\\F0\\9F\\98\\80, ST = u32 \\C3\\A9", id="wide characters and controls"),
        pytest.param([], "", id="no name"),
    ],
)  # fmt: skip
def test_names(relatives: list[list[x509.NameAttribute[str]]], text: str) -> None:
    """Subject and issuer."""
    found = shown_certificate.read(made(relatives))
    assert found is not None
    assert (found.subject, found.issuer) == (text, text)


def test_alternative_names() -> None:
    """All kinds that are used, IPv6 in OpenSSL's long form."""
    names: list[x509.GeneralName] = [
        x509.DNSName("*.b.example"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.RFC822Name("x@y.z"),
        x509.UniformResourceIdentifier("https://e.x/a?b"),
        x509.RegisteredID(ObjectIdentifier("1.2.3.4")),
        x509.DirectoryName(
            x509.Name([Named(NameOID.COMMON_NAME, "dir"), Named(NameOID.ORGANIZATION_NAME, "o")])
        ),
    ]
    found = shown_certificate.read(made([], names))
    assert found is not None
    assert found.names == (
        "DNS:*.b.example, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, email:x@y.z, "
        "URI:https://e.x/a?b, Registered ID:1.2.3.4, DirName:/CN=dir/O=o"
    )


@pytest.mark.parametrize(
    ("serial", "text"), [(0x1234, "12:34"), (1, "01"), (0x80, "80"), (0xF0E1D2C3, "f0:e1:d2:c3")]
)
def test_the_rest(serial: int, text: str) -> None:
    """Serial number, dates and the certificate itself; no names where there are none."""
    der = made([], serial=serial)
    found = shown_certificate.read(der)
    assert found is not None
    assert (found.serial, found.start, found.expiry, found.names) == (text, BEGIN, END, None)
    assert found.pem == x509.load_der_x509_certificate(der).public_bytes(
        serialization.Encoding.PEM
    ).decode()  # fmt: skip


@given(cut=st.integers(0, 400), changed=st.integers(0, 255), place=st.integers(0, 400))
def test_damage_raises_nothing(cut: int, changed: int, place: int) -> None:
    """Whatever bytes a site sends, nothing is raised."""
    der = bytearray(DER)
    der[place % len(der)] = changed
    shown_certificate.read(bytes(der))
    assert shown_certificate.read(bytes(der[: cut % len(der)])) is None


DER = made(ODD, [x509.DNSName("a.example")])
