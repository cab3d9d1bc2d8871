"""One scan of a site: which requests the reference grader makes, in their order, and what of the answers it goes by.

GET of http://host/ and of https://host/, each with its redirects and its cookies; /robots.txt; OPTIONS at the last URL. The answer that
is graded is that of https where it can be reached, else that of http.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.observatory import tags, urls
from trivigil.monitor.observatory.answer import Answer, Refused, Untrusted
from trivigil.monitor.observatory.jar import Cookie, Jar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.monitor.observatory.answer import Fetch
    from trivigil.monitor.observatory.preload import Entry

MAX_REDIRECTS: Final = 10
ORIGIN: Final = "https://http-observatory.security.mozilla.org"
"""The Origin that the preflight names."""
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_HTML: Final = ("text/html", "application/xhtml+xml")


class Session(NamedTuple):
    """A walk from one URL along its redirects."""

    start: str
    answer: Answer | None
    """The last answer; None where the walk ended without one."""
    route: tuple[str, ...]
    """Every URL that answered."""
    cookies: tuple[Cookie, ...]
    verified: bool
    answers: tuple[Answer, ...] = ()
    """What each URL of the route answered."""


class Scan(NamedTuple):
    """All that the tests look at."""

    host: str
    http: Session
    https: Session
    graded: Session
    """The one of the two whose answer is graded."""
    page: Answer
    preflight: Answer | None
    preload: Mapping[str, Entry]
    now: float
    """Seconds since 1970, for what has expired."""

    @property
    def secure(self) -> bool:
        """Whether the graded walk began at https."""
        return urls.scheme(self.graded.start) == "https"

    @property
    def media_type(self) -> str:
        """The media type as the reference reads it: by letter, with whatever stands before the semicolon."""
        return self.page.said("content-type").partition(";")[0]

    def elements(self, *, as_document: bool) -> list[tags.Tag]:
        """Start tags of the page's body. A body that is JSON is none: the reference takes it apart."""
        if _is_json(self.page.body):
            return []
        return list(tags.read(self.page.body, as_document=as_document))

    def metas(self, *, as_document: bool) -> list[dict[str, str]]:
        """Attributes of the page's meta elements; none unless it says to be HTML."""
        if self.media_type not in _HTML:
            return []
        elements = self.elements(as_document=as_document)
        return [tag.attributes for tag in elements if tag.name == "meta"]


class Unreachable(Exception):
    """Neither http nor https gave an answer."""


def is_html(media_type: str) -> bool:
    """Whether the reference looks for scripts in such an answer."""
    return media_type in _HTML


def walk(target: str, fetch: Fetch, preload: Mapping[str, Entry], now: float) -> Scan:
    """Scan a site. `target` is a normal URL; its path is where both walks begin.

    Raises Unreachable.
    """
    _, _, begin = target.partition("://")
    host = urls.host(target)
    http = _Walk(f"http://{begin}", fetch, now)
    https = _Walk(f"https://{begin}", fetch, now)
    first, second = http.go(), https.go()
    graded = https if second.answer else http
    chosen = second if second.answer else first
    if chosen.answer is None:
        raise Unreachable
    graded.look_at_robots()
    preflight = graded.preflight()
    chosen = chosen._replace(cookies=graded.jar.cookies)
    http_seen = chosen if graded is http else first
    https_seen = chosen if graded is https else second
    assert chosen.answer is not None  # noqa: S101 (for the type checker)
    return Scan(host, http_seen, https_seen, chosen, chosen.answer, preflight, preload, now)


class _Walk:
    """The state of one walk: its cookies survive when it begins anew without verifying the certificate."""

    def __init__(self, start: str, fetch: Fetch, now: float) -> None:
        self.start = start
        self.jar = Jar(now)
        self._fetch = fetch
        self._verified = True
        self._route: list[str] = []
        self._answers: list[Answer] = []
        self._redirects = 0

    def go(self) -> Session:
        """Walk; once more, unverified, where a certificate is not trusted."""
        try:
            answer = self._attempt()
        except Untrusted:
            self._verified, self._route, self._answers = False, [], []
            try:
                answer = self._attempt()
            except (Refused, Untrusted):
                answer = None
        except Refused:
            answer = None
        seen = tuple(self._answers)
        route, cookies = tuple(self._route), self.jar.cookies
        return Session(self.start, answer, route, cookies, self._verified, seen)

    def _attempt(self) -> Answer | None:
        url: str | None = self.start
        while url is not None:
            answer = self._get(url)
            self._route.append(url)
            self._answers.append(answer)
            if answer.status not in _REDIRECTS or self._redirects >= MAX_REDIRECTS:
                return answer
            self._redirects += 1
            # Without Location the reference goes to the relative URL `undefined`.
            where = answer.header("location")
            url = urls.resolve("undefined" if where is None else where, url)
        return None

    def _get(self, url: str) -> Answer:
        self.jar.asked(url)
        answer = self._fetch("GET", url, self._verified)
        self.jar.answered(url, answer.values("set-cookie"))
        return answer

    def look_at_robots(self) -> None:
        """Ask for /robots.txt.

        The reference sends this outside of its session, unless the certificate is not trusted: then it joins
        the session, its cookies count, and its URL becomes the last one.
        """
        if self._verified:
            return
        url = urls.resolve("/robots.txt", self.start)
        answer = self._simple("GET", url) if url else None
        if url and answer is not None:
            self._route.append(url)

    def preflight(self) -> Answer | None:
        """The answer to OPTIONS at the last URL, redirects followed; None unless it is a success."""
        return self._simple("OPTIONS", self._route[-1] if self._route else self.start)

    def _simple(self, method: str, start: str) -> Answer | None:
        url: str | None = start
        for _ in range(MAX_REDIRECTS + 1):
            if url is None:
                return None
            try:
                answer = self._one(method, url)
            except (Refused, Untrusted):
                return None
            where = answer.header("location")
            if answer.status not in range(300, 400) or not where:
                return answer if answer.status in range(200, 300) else None
            method = "GET" if answer.status == 303 else method  # noqa: PLR2004 (See Other)
            url = urls.resolve(where, url)
        return None

    def _one(self, method: str, url: str) -> Answer:
        # Outside of the walk the reference's requests know its cookies by https alone, and only where it stopped verifying.
        knows = not self._verified and urls.scheme(url) == "https"
        if knows:
            self.jar.asked(url)
        answer = self._fetch(method, url, self._verified)
        if knows:
            self.jar.answered(url, answer.values("set-cookie"))
        return answer


def _is_json(body: str) -> bool:
    """Whether the body is JSON other than a text."""
    if body.lstrip()[:1] in ("", "<"):
        return False
    try:
        return not isinstance(json.loads(body), str)
    except (ValueError, RecursionError):
        return False
