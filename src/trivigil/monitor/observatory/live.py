"""A live site in place of recorded exchanges: each request of a scan is one probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.monitor.observatory import answer, urls
from trivigil.monitor.observatory.scan import ORIGIN
from trivigil.web.probe import Request, observe

if TYPE_CHECKING:
    from trivigil.monitor.observatory.answer import Answer, Ask
    from trivigil.monitor.observatory.scan import Scan
    from trivigil.web.probe import Rules

NOT_THERE: Final = "/trivigil-no-such-page"
"""A path that no site has: its error page is compared with the page that is graded."""
BODY: Final = 2 * 1024 * 1024
"""Bytes of a page that are searched for scripts and policies."""
_DISTRUSTED: Final = ("tls-expired", "tls-name", "tls-untrusted")
_ACCEPT: Final = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")


class Site:
    """Fetches for one scan, and remembers an address that may not be asked."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules._replace(kept=BODY)
        self.blocked = False
        """Whether the guard refused an address."""

    def fetch(self, ask: Ask) -> Answer:
        """One exchange. What breaks off before its end is refused: half an answer has no grade."""
        headers = [_ACCEPT]
        if ask.cookie:
            headers.append(("Cookie", ask.cookie))
        if ask.method == "OPTIONS":
            headers += [("Origin", ORIGIN), ("Access-Control-Request-Method", "GET")]
        rules = self._rules._replace(distrust="stop" if ask.verified else "note")
        try:
            seen = observe(Request(ask.url, ask.method, tuple(headers)), rules)
        except InputError as error:
            raise answer.Refused from error
        self.blocked |= seen.error == "blocked-address"
        if seen.error in _DISTRUSTED:
            raise answer.Untrusted
        if seen.status is None or seen.error not in (None, "too-large"):
            raise answer.Refused
        return answer.of(seen.status, seen.headers, seen.body.decode("utf-8", errors="replace"))

    def others(self, scan: Scan) -> dict[str, Answer]:
        """The site's error page; none where it does not answer."""
        at = scan.graded.route[-1] if scan.graded.route else scan.graded.start
        url = urls.resolve(NOT_THERE, at)
        if url is None or urls.host(url) != scan.host:
            return {}
        try:
            found = self.fetch(answer.Ask("GET", url, verified=scan.graded.verified))
        except (answer.Refused, answer.Untrusted):
            return {}
        return {} if found.status in range(300, 400) else {url: found}
