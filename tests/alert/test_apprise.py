"""Apprise, the real package, to services on loopback."""

from __future__ import annotations

import json
import sys

import pytest

from trivigil.alert import Recipient, chosen, deliver
from trivigil.core.errors import InputError

from .notices import DOWN, MOMENT, THREE
from .service import Reply, Service, serving

pytest.importorskip("apprise")


def named(*addresses: str) -> Recipient:
    """The receiver as the environment names it."""
    (found,) = chosen({}, {"TRIVIGIL_APPRISE": "\n".join(addresses)})
    return found


def address(service: Service, path: str = "/canary") -> str:
    """A service as Apprise writes it: JSON posted to an address."""
    return service.url(path).replace("http://", "json://")


def test_every_address_gets_one_message() -> None:
    """Title, body and type, for all notices together."""
    with serving(lambda _: Reply()) as first, serving(lambda _: Reply()) as second:
        sent = deliver(THREE, (named(address(first), address(second)),), MOMENT)
    assert [one.outcome for one in sent] == ["sent"] * 3
    (message,) = [json.loads(one.body) for one in first.posted]
    assert message["title"] == "Trivigil: 2 failing, 1 recovered"
    assert message["type"] == "failure"
    assert message["message"].startswith("shop / login is down\n")
    assert "https://github.com/octo/shop/actions/runs/4242" in message["message"]
    assert [one.body for one in second.posted] == [one.body for one in first.posted]


def test_a_recovery_alone_is_a_success() -> None:
    """Services show it in green."""
    with serving(lambda _: Reply()) as service:
        deliver((DOWN._replace(turn="recovered"),), (named(address(service)),), MOMENT)
    assert json.loads(service.posted[0].body)["type"] == "success"


def test_a_failure_is_counted_and_nothing_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """Apprise's own warnings name hosts: none of them is printed, and no redirect is followed."""
    with serving(lambda _: Reply()) as other:
        away = Reply(307, "canary", {"Location": other.url("/canary")})
        with serving(lambda _: away) as first, serving(lambda _: Reply()) as second:
            sent = deliver((DOWN,), (named(address(first), address(second)),), MOMENT)
    assert sent[0].outcome == "failed: 1 of 2 addresses of Apprise did not take it"
    assert other.posted == []
    assert capfd.readouterr() == ("", "")


def test_an_address_that_apprise_does_not_know_is_refused(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Which one it is, and nothing of what it holds."""
    with pytest.raises(InputError) as raised:
        named("json://127.0.0.1/x", "canary://canary")
    assert str(raised.value) == "TRIVIGIL_APPRISE: Apprise does not know address 2 of 2."
    assert capfd.readouterr() == ("", "")


def test_without_the_package_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InputError, match=r"not installed\. Install it: pip install 'trivigil\[app"):
        named("json://127.0.0.1/canary")


def test_apprise_is_loaded_only_when_it_is_named() -> None:
    """Who does not use it does not pay for it."""
    import subprocess

    code = (
        "import sys; from trivigil.alert import chosen;"
        "chosen({'slack': 'https://h.example/'}, {});"
        "print([m for m in ('apprise', 'requests', 'http.client', 'dataclasses') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
