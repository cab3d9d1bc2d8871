"""The site under test: the one way to ask it, what has been asked already, and what is left of its patience.

Every request stays on the target's own origin. A redirect is an answer, not a way. The numbers of requests are bounded; a
site that stops answering is asked no more.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urljoin, urlsplit

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.security.suite.weakness import Failed, Skipped
from trivigil.web import guard, probe, redirects, target

if TYPE_CHECKING:
    from trivigil.web.observation import Observation
    from trivigil.web.probe import Rules
    from trivigil.web.target import Target

MOST_PAGES: Final = 6
MOST_REQUESTS: Final = 500
_MOST_SILENCES: Final = 3
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_TOO_OFTEN: Final = 429
_HUNG_UP: Final = frozenset({"reset", "transfer-short", "unknown"})
_HREF: Final = re.compile(rb"""<a\s[^>]*?href\s*=\s*["']?([^"'\s>]{1,300})""", re.IGNORECASE)
_HARMFUL: Final = re.compile(
    r"log-?out|sign-?out|delete|remove|unsubscribe|cancel|reset|revoke|disable", re.IGNORECASE
)
_DOCUMENTS: Final = frozenset({"text/html", "application/xhtml+xml"})


class Login(NamedTuple):
    """How to log in. User and password come from the environment and are in no output."""

    path: str = "/login"
    user: str | None = None
    password: str | None = None
    user_field: str = "user"
    password_field: str = "password"  # noqa: S105 (a field's name)

    def __repr__(self) -> str:
        """Without user and password."""
        return f"<Login {self.path}>"


class Site:
    """A target that answers, and what is known of it."""

    def __init__(
        self, url: str, rules: Rules, *, allow_writes: bool = False, login: Login | None = None
    ) -> None:
        """Read the URL; nothing is asked yet. Raises InputError where it is none."""
        self.target: Target = target.read(url, "target")
        self.allow_writes = allow_writes
        self.login = login or Login()
        self.requests = 0
        self._rules = rules._replace(distrust="note")
        self._silences = 0
        self._unended = 0
        self._page: Observation | None = None
        self._pages: tuple[Observation, ...] | None = None
        self._kept: dict[str, Observation] = {}

    @property
    def encrypted(self) -> bool:
        """Whether it is asked over https."""
        return self.target.scheme == "https"

    @property
    def timeout(self) -> float:
        """Seconds that one exchange may take."""
        return self._rules.timeout

    def needs_https(self) -> None:
        """Raises Skipped where the site is asked over http."""
        if not self.encrypted:
            raise Skipped("the target is not https")

    def needs_writes(self) -> None:
        """Raises Skipped where writing is not allowed."""
        if not self.allow_writes:
            raise Skipped("it writes; allow it with --allow-writes")

    def public(self) -> bool:
        """Whether the address that was connected to is a public one."""
        address = self.page().address
        return address is not None and guard.refusal(address, allow_private=False) is None

    # --- asking ---------------------------------------------------------------------------------

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        limited: bool = False,
    ) -> Observation:
        """One exchange with the target's origin; an unsafe method only where writing is allowed.

        Raises Failed where no answer comes, or where the site will not be asked so often (unless `limited`).
        """
        if method not in _SAFE:
            self.needs_writes()
        request = probe.Request(f"{self.target.origin}{path}", method, headers, body)
        seen = self._asked(request)
        if seen.status is None and method in _SAFE:
            seen = self._asked(request)
        self._silences = self._silences + 1 if seen.status is None else 0
        if seen.status is None:
            raise Failed(f"{method} {shown(seen)} was not answered: {seen.reason} ({seen.error})")
        if seen.status == _TOO_OFTEN and not limited:
            raise Failed("the site does not want to be asked so often (status 429)")
        return seen

    def provoke(self, path: str) -> Observation | None:
        """GET something that no page expects; None where the site hangs up on it, which is one way to refuse.

        Raises Failed where the site does not answer its own page any more, either.
        """
        seen = self._asked(probe.Request(f"{self.target.origin}{path}"))
        if seen.error in _HUNG_UP and seen.status is None:
            self.ask(self.target.path)
            return None
        return seen if seen.status is not None else self.ask(path)

    def _asked(self, request: probe.Request) -> Observation:
        if self._silences >= _MOST_SILENCES:
            raise Failed("the site stopped answering")
        if self._unended >= _MOST_SILENCES:
            raise Failed("the site's answers do not end in time")
        if self.requests >= MOST_REQUESTS:
            raise Failed(f"{MOST_REQUESTS} requests are as many as one run sends")
        self.requests += 1
        seen = probe.observe(request, self._rules)
        self._unended = self._unended + 1 if seen.error == "transfer-timeout" else 0
        return seen

    def once(self, path: str) -> Observation:
        """GET, remembered."""
        if path not in self._kept:
            self._kept[path] = self.ask(path)
        return self._kept[path]

    def form(self, fields: dict[str, str], cookie: str | None = None) -> Observation:
        """POST a form to the login."""
        headers = [("Content-Type", "application/x-www-form-urlencoded")]
        if cookie:
            headers.append(("Cookie", cookie))
        body = urlencode(fields, errors="surrogateescape").encode()
        path = self.login.path
        return self.ask(path, method="POST", headers=tuple(headers), body=body, limited=True)

    # --- pages ----------------------------------------------------------------------------------

    def reach(self) -> None:
        """See that the target answers, going along with redirects of its own host.

        Raises InputError where it does not, or leads to another host or port, which is then the one to name.
        """
        request = probe.Request(self.target.url)
        journey = redirects.follow(request, self._rules)
        if journey.last.status is None:
            journey = redirects.follow(request, self._rules)
        self.requests += len(journey.hops)
        last = journey.last
        if last.status is None or last.error == "redirect-loop":
            raise InputError(
                f"{self.target.shown} does not answer: {last.reason} ({last.error}).",
                tip=_tip(last),
            )
        if journey.elsewhere:
            raise InputError(
                f"{self.target.shown} leads to another {_other(last, journey.elsewhere)}, {journey.elsewhere}, which is not tested unasked.",
                tip="Name that address as the target.",
            )
        self.target = target.read(last.url)
        self._page = last

    def page(self) -> Observation:
        """The target's own page."""
        if self._page is None:
            self.reach()
        assert self._page is not None  # noqa: S101 (reach() sets it or raises)
        return self._page

    def pages(self) -> tuple[Observation, ...]:
        """The target's page and some that it links to, without any that sounds as if asking it did something."""
        if self._pages is None:
            linked = self._links()[: MOST_PAGES - 1]
            self._pages = (self.page(), *map(self.once, linked))
        return self._pages

    def documents(self) -> tuple[Observation, ...]:
        """Those of the pages that a browser shows. Raises Skipped where there are none."""
        found = tuple(page for page in self.pages() if page.media in _DOCUMENTS)
        if not found:
            raise Skipped("none of the pages is HTML")
        return found

    def _links(self) -> list[str]:
        page = self.page()
        if page.media not in _DOCUMENTS:
            return []
        found: dict[str, None] = {}
        for match in _HREF.finditer(page.body):
            path = self._own_path(match[1].decode("latin-1"))
            if path and path != self.target.path and not _HARMFUL.search(path):
                found[path] = None
        return list(found)

    def _own_path(self, link: str) -> str | None:
        """The path of a link to the same origin, None for any other; what has a query is left alone."""
        try:
            parts = urlsplit(urljoin(self.target.url, link))
            whole = target.read(parts._replace(fragment="").geturl())
        except (ValueError, InputError):
            return None
        same = whole.origin == self.target.origin and not parts.query
        return whole.path if same else None

    def absent(self, before: str = "/", after: str = "") -> Observation:
        """The answer for a page that cannot be there: what tells a real page from a site that says yes to all."""
        key = f"absent {before} {after}"
        if key not in self._kept:
            self._kept[key] = self.ask(f"{before}trivigil-{secrets.token_hex(8)}{after}")
        return self._kept[key]

    # --- session --------------------------------------------------------------------------------

    def credentials(self) -> tuple[str, str]:
        """User and password. Raises Skipped where there are none."""
        if not self.login.user or not self.login.password:
            raise Skipped("it needs an account: TRIVIGIL_TEST_USER and TRIVIGIL_TEST_PASSWORD")
        return self.login.user, self.login.password

    def log_in(self, cookie: str | None = None) -> Observation:
        """A right login. Raises Failed where the site refuses it."""
        user, password = self.credentials()
        seen = self.form({self.login.user_field: user, self.login.password_field: password}, cookie)
        if seen.status is None or seen.status >= 400:  # noqa: PLR2004 (errors begin there)
            raise Failed(f"the account could not log in (status {seen.status})")
        return seen

    def wrong(self, user: str) -> Observation:
        """A login with a made-up password."""
        password = f"wrong-{secrets.token_hex(8)}"
        return self.form({self.login.user_field: user, self.login.password_field: password})


def _other(seen: Observation, elsewhere: str) -> str:
    """What is another one there."""
    return "port" if target.read(seen.url).host == target.read(elsewhere).host else "host"


def shown(seen: Observation) -> str:
    """The URL of an answer, for people."""
    return target.read(seen.url).shown


def path(seen: Observation) -> str:
    """Its path, without the query."""
    return urlsplit(seen.url).path or "/"


def paths(pages: tuple[Observation, ...] | list[Observation]) -> dict[str, object]:
    """Facts: on which pages, in their order, each once."""
    return {"pages": list(dict.fromkeys(path(page) for page in pages))}


def _tip(last: Observation) -> str:
    if last.error == "blocked-address":
        return "Private and loopback addresses are asked with --allow-private."
    return "See that the application runs and that the address is right."
