"""What tools write in their own words says no secret that can be known by its shape, in no output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from trivigil.cli import main
from trivigil.security import masked

if TYPE_CHECKING:
    from pathlib import Path

_KEY: Final = "Qx7" * 12
SAID: Final = {
    "a bearer": f"sent Authorization: Bearer {_KEY} there",
    "a bearer alone": f"it took bearer {_KEY} for good",
    "a basic one": f"authorization: basic {_KEY}==",
    "a cookie": f"got Cookie: session={_KEY}; theme",
    "a cookie that is set": f"Set-Cookie: sid={_KEY}; Path=/; Secure",
    "a password": f"logs password={_KEY} in clear",
    "an environment": f"DB_PASSWORD={_KEY}",
    "JSON": f'body {{"token": "{_KEY}"}}',
    "a parameter": f"GET /a?page=2&access_key={_KEY}&x=1",
    "a header with a key": f"X-Api-Key: {_KEY}",
    "a key of a cloud": "uses AKIAQX7QX7QX7QX7QX7Q today",
    "a token of a forge": f"ghp_{_KEY} was committed",
    "a web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJReDcifQ.Qx7Qx7Qx7 was kept",
    "a private key": f"-----BEGIN RSA PRIVATE KEY-----\n{_KEY}\n-----END RSA PRIVATE KEY-----",
    "a private key that is cut": f"-----BEGIN PRIVATE KEY-----\n{_KEY}",
    "an address with a password": f"index https://ci:{_KEY}@pypi.example/simple failed",
    "several cookies": f"Cookie: theme=dark; sid={_KEY}; lang=en",
    "a session in an address": f"GET /a;jsessionid={_KEY} there",
    "a name of several words": f"clientSecret = '{_KEY}'",
    "JSON with such a name": f'{{"accessToken": "{_KEY}"}}',
    "Go": f'password := "{_KEY}"',
    "PHP": f"'password' => '{_KEY}'",
    "what is compared": f'if token == "{_KEY}"',
    "a password as Bandit says it": f"Possible hardcoded password: '{_KEY}'",
    "a connection": f"AccountName=a;AccountKey={_KEY}==;",
    "an authorization without a scheme": f"Authorization: {_KEY}",
    "a key of a model": f"sk-proj-{_KEY}",
    "a key of mail": f"SG.{_KEY}.{_KEY} was kept",
    "a key of a vault": f"hvs.{_KEY}",
    "a registry's token": f"npm_{_KEY}",
    "an index's token": f"pypi-AgEIcHlwaS5vcmc{_KEY}",
    "a key for tests": f"sk_test_{_KEY}",
    "a hook": f"https://hooks.slack.com/services/T0/B0/{_KEY}",
    "a PGP key": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{_KEY}\n-----END PGP PRIVATE KEY BLOCK-----",
    "a mail address": "ask Qx7.Qx7@mail.example for it",
}
PLAIN: Final = (
    "Possible hardcoded password: ''",
    "Use of password = None as a default",
    "Upgrade django@3.2.13 or @angular/core@1.0.0 to lodash@4.17.21-rc.1",
    "Send `Set-Cookie: session=…; Path=/; Secure`.",
    "The token is basic authentication without encryption",
    "See https://example.org/a:b/@scope and use key = value",
    "Cookies without SameSite: session, theme",
    "Missing Authorization: admin pages show all; broken authorization: /api/v2/users too",
    "Missing authorization: CVE-2024-12345 and https://example.org/a1b2c3d4",
    "Authorization: Basic authentication is used",
    "npm_config_ignore_scripts and npm_package_config_port are set",
    "pypi-attestation-models and sk-ecdsa-sha2-nistp256@openssh.com",
    "git@github.com:org/repo.git has icon@2x.min.png and getty@tty1.service.",
    "See https://lists.example/%3C51371C31.8020805@lists.example%3E",
    "spring-cloud@Hoxton.RELEASE",
    "password=$DB_PASSWORD, password=${DB_PASSWORD}, token=${{ secrets.TOKEN }}",
    'password = os.environ["DB_PASSWORD"]; session = requests.Session()',
    "log('password=%s', p); f'token={token}'",
    "if token == expected",
    "https://username:password@proxy:8080, <protocol>://[<user>[:<password>]@<hostname>",
)


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_what_is_masked(said: str) -> None:
    """The value is gone, and a mark stands in its place; to mask it again changes nothing."""
    shown = masked.text(said)
    assert "Qx7" not in shown
    assert "Qx7".upper() not in shown
    assert "…" in shown
    assert masked.text(shown) == shown


@pytest.mark.parametrize("said", PLAIN)
def test_what_stays(said: str) -> None:
    """Advice that speaks of passwords and versions is kept word for word."""
    assert masked.text(said) == said


@pytest.mark.parametrize(
    "part",
    [
        *("x-", "eyJ-", "a.", "a@", "a@a.", "://:", "bearer ", "authorization ", "password"),
        *("-----BEGIN ", "password=a", "password=a.", "password={a", "authorization:a1", "SG.a-"),
        *("authorization:basic a", "cookie:a=", "cookie:a=a;a=a;", "aTokenToken", "sk-ant-"),
    ],
)
def test_hostile_texts_take_no_time(part: str) -> None:
    """A hundred thousand beginnings of a secret are looked at once each; a run with a pattern that goes back over them does not end."""
    said = part * 100_000
    assert len(masked.text(said)) <= len(said) + 100_000


def test_no_output_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Titles, descriptions, advice and errors of reports, one finding a problem and several."""
    monkeypatch.chdir(tmp_path)
    listed = [
        {
            "severity": "high",
            "category": "a",
            "title": said,
            "description": said,
            "recommendation": said,
        }
        for said in SAID.values()
    ]
    report = {"vulnerabilities": [*listed, *listed], "errors": [*SAID.values()]}
    (tmp_path / "security_report_1.json").write_text(json.dumps(report), encoding="utf-8")
    written = ["--out", "out", "--html", "out/r.html", "--junit", "out/j.xml", "--json"]
    assert main(["security", "analyze", "security_report_1.json", *written], {}) == 1
    shown = "".join([*capsys.readouterr(), *(f.read_text() for f in (tmp_path / "out").iterdir())])
    assert "Qx7" not in shown
