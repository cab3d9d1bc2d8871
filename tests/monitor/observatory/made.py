"""Sites made by hand, and the scan of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.monitor.observatory import answer, scan
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.monitor.observatory.rules import of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.monitor.observatory.answer import Answer
    from trivigil.monitor.observatory.preload import Entry

HOST = "shop.example.org"
SECURE = f"https://{HOST}/"
PLAIN = f"http://{HOST}/"
HTML = ("Content-Type", "text/html")

Headers = tuple[tuple[str, str], ...]


def page(*headers: tuple[str, str], body: str = "", status: int = 200) -> Answer:
    """An HTML answer."""
    return answer.of(status, (HTML, *headers), body)


def moved(where: str, *headers: tuple[str, str], status: int = 301) -> Answer:
    """A redirect."""
    return answer.of(status, (("Location", where), *headers))


class Site:
    """Answers by URL; what is not there is 404 (OPTIONS: 405). Remembers what was asked."""

    def __init__(
        self,
        answers: Mapping[str, Answer],
        *,
        refused: Sequence[str] = (),
        untrusted: bool = False,
        options: Answer | None = None,
    ) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answers = answers
        self._refused = refused
        self._untrusted = untrusted
        self._options = options

    def fetch(self, method: str, url: str, verified: bool) -> Answer:
        scheme = url.partition(":")[0]
        if scheme in self._refused:
            raise answer.Refused
        if scheme == "https" and self._untrusted and verified:
            raise answer.Untrusted
        self.asked.append((method, url))
        if method == "OPTIONS":
            return self._options or answer.of(405, ())
        return self._answers.get(url, answer.of(404, ()))


def scanned(
    site: Site, target: str = SECURE, preload: Mapping[str, Entry] | None = None
) -> scan.Scan:
    """The scan of a site, at the epoch."""
    return scan.walk(target, site.fetch, preload or {}, now=0.0)


def ordinary(answered: Answer, *, options: Answer | None = None) -> Site:
    """A site with one page, whose http leads to https."""
    return Site({SECURE: answered, PLAIN: moved(SECURE)}, options=options)


def result(test: str, site: Site, algorithm: str = "6") -> str:
    """One test's result."""
    chosen = ALGORITHMS[algorithm]
    return of(chosen)[test](scanned(site), chosen)
