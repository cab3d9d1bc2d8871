from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble, Repository
from tests.github_double.exchange import Answer
from trivigil.github import artifacts
from trivigil.github.client import Client, connect
from trivigil.github.event import read_event
from trivigil.github.patience import Manners
from trivigil.github.refusal import Refused

RUN, MOST = 42, 1000
CONTENT = b"\0PK" * 100


@pytest.fixture
def github() -> Iterator[GitHubDouble]:
    """The double."""
    with GitHubDouble() as double:
        yield double


@pytest.fixture
def shop(github: GitHubDouble) -> Repository:
    """A private repository: there only a permission lets one read."""
    return github.repository("octo/shop", private=True)


def client(github: GitHubDouble, shop: Repository, level: str = "read") -> Client:
    """A client as the second half has it."""
    token = github.installation_token(shop, {"actions": level})
    payload = github.event("push", shop)
    event = read_event(github.runner_environment("push", shop, payload))
    assert event is not None
    return connect(event, token, manners=Manners(ceiling=30.0, backoff=0.01, timeout=30))


def fetched(github: GitHubDouble, shop: Repository, most: int = MOST) -> bytes:
    """The newest artifact of the run."""
    one = client(github, shop)
    found, _ = artifacts.listed(one, RUN)
    return artifacts.download(one, found[0], github.api_url, most)


def test_a_download(github: GitHubDouble, shop: Repository) -> None:
    """The bytes come from the other host, which sees no token; three calls are enough."""
    shop.artifact(41, "of another run", b"x")
    shop.artifact(RUN, "report", CONTENT)
    assert fetched(github, shop) == CONTENT
    assert len(github.journal) == 2
    assert len(github.blobs.requests) == 1
    assert github.blobs.requests[0].headers["accept-encoding"] == "identity"


def test_netrc(
    github: GitHubDouble, shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the machine keeps for a host is not sent to it either."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login octocat password hunter22\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    shop.artifact(RUN, "report", CONTENT)
    assert fetched(github, shop) == CONTENT
    assert "authorization" not in github.blobs.requests[0].headers


def test_many_artifacts(github: GitHubDouble, shop: Repository) -> None:
    """Three pages are read, and the number of all is known."""
    for number in range(305):
        shop.artifact(RUN, f"report-{number}", b"x")
    found, total = artifacts.listed(client(github, shop), RUN)
    assert (len(found), total) == (300, 305)
    assert len(github.journal) == 3


def test_one_page_is_enough(github: GitHubDouble, shop: Repository) -> None:
    """A second page is asked for only where the first is full."""
    shop.artifact(RUN, "report", b"x")
    assert artifacts.listed(client(github, shop), RUN)[1] == 1
    assert len(github.journal) == 1


def test_a_missing_permission(github: GitHubDouble, shop: Repository) -> None:
    """The refusal names the line."""
    with pytest.raises(Refused) as caught:
        artifacts.listed(client(github, shop, "none"), RUN)
    assert caught.value.permission == "actions: read"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://example.invalid/x?sig=secret", id="http to another host"),
        pytest.param("http://127.0.0.1.example.invalid/x?sig=secret", id="a name like loopback"),
        pytest.param("http://u:secret@127.0.0.1/x", id="with a password"),
        pytest.param("https://u:secret@127.0.0.1/x", id="https with a password"),
        pytest.param("file:///etc/secret", id="a file"),
        pytest.param("//127.0.0.1/secret", id="no scheme"),
        pytest.param("https:///secret", id="no host"),
    ],
)
def test_an_address_that_is_not_asked(github: GitHubDouble, shop: Repository, address: str) -> None:
    """Only https is followed (and http on loopback by an API there); the address stands in no sentence."""
    shop.artifact(RUN, "report", CONTENT)
    github.blobs.redirect(address)
    with pytest.raises(Refused, match="no https") as caught:
        fetched(github, shop)
    assert "secret" not in str(caught.value)
    assert github.blobs.requests == []


def test_http_from_an_api_on_https(github: GitHubDouble, shop: Repository) -> None:
    """Loopback is no exception for an API that is elsewhere."""
    shop.artifact(RUN, "report", CONTENT)
    one = client(github, shop)
    found, _ = artifacts.listed(one, RUN)
    with pytest.raises(Refused, match="no https"):
        artifacts.download(one, found[0], "https://api.github.com", MOST)


def test_another_host_over_https(github: GitHubDouble, shop: Repository) -> None:
    """A host that cannot be reached is a sentence without its address, after three attempts."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    shop.artifact(RUN, "report", CONTENT)
    github.blobs.redirect(f"https://127.0.0.1:{port}/x?sig=secret")
    with pytest.raises(Refused, match="broke the download off") as caught:
        fetched(github, shop)
    assert caught.value.__context__ is None
    assert len(github.calls("GET", "*/zip")) == 3


def elsewhere(status: int) -> Answer:
    return Answer(status, b"", {"Location": "http://127.0.0.1:9/x"})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(elsewhere(302), "on to another address", id="redirected"),
        pytest.param(elsewhere(307), "on to another address", id="redirected for good"),
        pytest.param(Answer(200, b"x" * (MOST + 1)), "larger than the 1,000 bytes", id="oversize"),
        pytest.param(
            Answer(200, CONTENT, {"Content-Encoding": "gzip"}), "packed the download", id="packed"
        ),
        pytest.param(Answer(416, b""), "answered 416", id="refused"),
    ],
)  # fmt: skip
def test_a_store_that_misbehaves(
    github: GitHubDouble, shop: Repository, answer: Answer, said: str
) -> None:
    """What will not be better is not asked for twice."""
    shop.artifact(RUN, "report", CONTENT)
    github.blobs.answers.append(answer)
    with pytest.raises(Refused, match=said):
        fetched(github, shop)
    assert len(github.blobs.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(503, "<html>"), id="busy"),
        pytest.param(Answer(403, "<Error>"), id="a signature that is too old"),
        pytest.param(Answer(200, CONTENT, wire="truncated"), id="cut"),
        pytest.param(Answer(200, wire="reset"), id="reset"),
        pytest.param(Answer(200, b"other"), id="another content than GitHub's digest says"),
    ],
)
def test_a_store_that_fails_once(github: GitHubDouble, shop: Repository, answer: Answer) -> None:
    """It is asked again, by a fresh address."""
    shop.artifact(RUN, "report", CONTENT)
    github.blobs.answers.append(answer)
    assert fetched(github, shop) == CONTENT
    queries = [request.query for request in github.blobs.requests]
    assert len(set(queries)) == 2


def test_a_store_that_always_fails(github: GitHubDouble, shop: Repository) -> None:
    """Three times, and then it is said."""
    shop.artifact(RUN, "report", CONTENT)
    github.blobs.answers.extend([Answer(503, "<html>")] * 9)
    with pytest.raises(Refused, match="answered 503"):
        fetched(github, shop)
    assert len(github.blobs.requests) == 3


def test_an_artifact_that_is_too_large(github: GitHubDouble, shop: Repository) -> None:
    """What GitHub says is too large is not downloaded."""
    shop.artifact(RUN, "report", CONTENT)
    with pytest.raises(Refused, match="larger than the 10 bytes"):
        fetched(github, shop, most=10)
    assert github.blobs.requests == []


def test_an_artifact_that_is_gone(github: GitHubDouble, shop: Repository) -> None:
    """It expires between the list and the download."""
    kept = shop.artifact(RUN, "report", CONTENT)
    one = client(github, shop)
    found, _ = artifacts.listed(one, RUN)
    assert found[0].digest == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    from tests.github_double.subjects.artifacts import Artifacts

    shop.part(Artifacts).by_id[kept.id] = kept._replace(expired=True)
    with pytest.raises(Refused, match="Artifact has expired"):
        artifacts.download(one, found[0], github.api_url, MOST)
