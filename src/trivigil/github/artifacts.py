"""The artifacts of a workflow's run: listed with a bound, and downloaded into memory.

GitHub answers a download with 302 to its blob store, by an address that holds a signature and lives for a minute
(docs.github.com, "REST API endpoints for GitHub Actions artifacts"). The token is for the API alone: the store is asked on a
connection of its own that knows no credentials, goes nowhere else, and stops at a size. The address stands in no sentence.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trivigil.github import records
from trivigil.github.refusal import FORBIDDEN, NOT_FOUND, SERVER_ERROR, Refused

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from trivigil.github.client import Client
    from trivigil.github.records import Artifact

PER_PAGE: Final = 100
MOST_PAGES: Final = 3
ATTEMPTS: Final = 3
DEADLINE: Final = 60.0
"""Seconds for one download."""
TIMEOUT: Final = 20.0
"""Seconds until the store says anything."""
CHUNK: Final = 64 * 1024
_OK = 200
_REDIRECTS = range(300, 400)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def listed(client: Client, run_id: int) -> tuple[list[Artifact], int]:
    """The artifacts of a run, at most 300, and how many there are. Raises Refused."""
    found: list[Artifact] = []
    total = 0
    for page in range(1, MOST_PAGES + 1):
        path = f"actions/runs/{run_id}/artifacts?per_page={PER_PAGE}&page={page}"
        part, total = client.call("GET", path, _page)
        found += part
        if len(part) < PER_PAGE:
            break
    return found, max(total, len(found))


def download(client: Client, artifact: Artifact, api_url: str, most: int) -> bytes:
    """The zip of an artifact, at most so many bytes. Raises Refused.

    Where the store fails, it is asked again, by a fresh address.
    """
    if artifact.size > most:
        raise _too_large(most)
    for attempt in range(ATTEMPTS):
        address = client.address(f"actions/artifacts/{artifact.id}/zip")
        try:
            return _checked(_fetch(_admitted(address, api_url), most), artifact)
        except Refused as refused:
            last = attempt == ATTEMPTS - 1
            if not refused.unclear or last or not client.rest(2.0**attempt):
                raise
    raise AssertionError("the last attempt returns or raises")


def _page(data: object) -> tuple[list[Artifact], int]:
    found = [records.artifact(one) for one in records.listed(data, "artifacts")]
    total = data.get("total_count") if isinstance(data, dict) else None
    return found, total if isinstance(total, int) else 0


def _admitted(address: str, api_url: str) -> str:
    """The store's address, where it is one to go to: https, but for an API that is itself on loopback."""
    try:
        there, api = urlsplit(address), urlsplit(api_url)
        plain = api.scheme == "http" and {api.hostname, there.hostname} <= set(_LOOPBACK)
        admitted = there.scheme == "https" or (there.scheme == "http" and plain)
        admitted = admitted and bool(there.hostname) and "@" not in there.netloc
    except ValueError:
        admitted = False
    if not admitted:
        raise Refused(
            "GitHub names an address for the artifact that is no https, so it is not asked"
        )
    return address


def _fetch(address: str, most: int) -> bytes:
    """The bytes at an address, asked for without any credentials."""
    from requests import RequestException, Session

    from trivigil import __version__

    with Session() as session:
        session.auth = _nobody
        session.headers.update(
            {"Accept-Encoding": "identity", "User-Agent": f"trivigil/{__version__}"}
        )
        try:
            with session.get(
                address, stream=True, allow_redirects=False, timeout=TIMEOUT
            ) as answer:
                _judge(answer)
                return _read(answer, most)
        except (RequestException, ValueError):
            trouble = Refused("the artifact's store broke the download off", unclear=True)
    # Raised outside of the handler: a library's error keeps the address and its signature.
    raise trouble


def _nobody(request: PreparedRequest) -> PreparedRequest:
    """No credentials, also none that the machine's .netrc has for this host."""
    return request


def _judge(answer: Response) -> None:
    status = answer.status_code
    if status in _REDIRECTS:
        raise Refused("the artifact's store sends the download on to another address")
    if status != _OK:
        # 403 and 404: a signature that is too old, which a fresh one mends.
        unclear = status >= SERVER_ERROR or status in {FORBIDDEN, NOT_FOUND}
        raise Refused(f"the artifact's store answered {status}", unclear=unclear)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("the artifact's store packed the download, which nobody asked for")


def _read(answer: Response, most: int) -> bytes:
    """Not by Content-Length: what is counted is what comes."""
    found = bytearray()
    end = time.monotonic() + DEADLINE
    for part in answer.iter_content(CHUNK):
        found += part
        if len(found) > most:
            raise _too_large(most)
        if time.monotonic() > end:
            raise Refused(f"the artifact's download takes longer than {DEADLINE:.0f} s")
    return bytes(found)


def _checked(found: bytes, artifact: Artifact) -> bytes:
    """Compare with the digest that GitHub keeps, where it keeps one."""
    if artifact.digest and artifact.digest != f"sha256:{hashlib.sha256(found).hexdigest()}":
        raise Refused("what was downloaded is not the artifact that GitHub listed", unclear=True)
    return found


def _too_large(most: int) -> Refused:
    return Refused(f"the artifact is larger than the {most:,} bytes that a hand-over may have")
