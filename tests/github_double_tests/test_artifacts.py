"""Artifacts: their list, the way to the other host, and that host, which must see no token."""

from __future__ import annotations

import contextlib
import http.client
from urllib.parse import urlsplit

import pytest

from tests.github_double import GitHubDouble
from tests.github_double_tests.asking import SECONDS, ask

LIST = "/repos/octo/shop/actions/runs/42/artifacts"


def fetch(address: str, **headers: str) -> tuple[int, bytes]:
    """What another host answers."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", f"{place.path}?{place.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_download() -> None:
    """The list names the artifacts of this run alone; a download leads to the other host, for a minute."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.artifact(41, "other", b"no")
        kept = shop.artifact(42, "report", b"\0zip\xff")
        listed = ask(double, "GET", LIST).body
        assert [one["name"] for one in listed["artifacts"]] == ["report"]
        answer = ask(double, "GET", f"/repos/octo/shop/actions/artifacts/{kept.id}/zip")
        address = answer.headers["location"]
        assert (answer.status, answer.content) == (302, b"")
        assert not address.startswith(double.api_url)
        assert fetch(address) == (200, b"\0zip\xff")
        assert fetch(address[:-1])[0] == 403
        double.clock.advance(61)
        assert fetch(address)[0] == 403


def test_an_expired_artifact() -> None:
    """It is listed, and gone."""
    with GitHubDouble() as double:
        old = double.repository("octo/shop").artifact(42, "report", b"", expired=True)
        assert ask(double, "GET", LIST).body["artifacts"][0]["expired"] is True
        gone = ask(double, "GET", f"/repos/octo/shop/actions/artifacts/{old.id}/zip")
        assert (gone.status, gone.body["message"]) == (410, "Artifact has expired")


@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_credentials_at_the_blob_store(header: str) -> None:
    """Any credentials there are a breach."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        token = double.installation_token(shop)
        kept = shop.artifact(42, "report", b"x")
        where = ask(double, "GET", f"/repos/octo/shop/actions/artifacts/{kept.id}/zip").headers
        with double.expect_violation("the blob store"):
            fetch(where["location"], **{header: f"token {token}"})
