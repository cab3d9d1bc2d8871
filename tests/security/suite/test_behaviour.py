"""What checks make of sites that do a thing well, badly, or differently: each row a behaviour."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.security.suite.shops import ABSENT, DEMO, HTML, PAGE, Answer, small
from trivigil.core.result import Severity
from trivigil.security.suite import (
    cookie_secure,
    cors,
    directory_listing,
    error_pages,
    login_limit,
    methods,
    session_rotation,
    user_enumeration,
    version_banners,
)
from trivigil.security.suite.weakness import Failed, Skipped

REFLECTED = "https://trivigil-probe.invalid"


@pytest.mark.parametrize(
    ("allowed", "credentials", "found"),
    [
        pytest.param(lambda _: "", True, [], id="nobody"),
        pytest.param(lambda _: "*", False, [], id="everybody, as public data may"),
        pytest.param(lambda _: "https://friend.test", True, [], id="one friend"),
        pytest.param(lambda _: "*", True, ["cors-wildcard-credentials"], id="what browsers refuse"),
        pytest.param(lambda o: o, True, ["cors-reflected-origin"], id="whoever asks"),
        pytest.param(lambda o: o if o == "null" else "", True, ["cors-null-origin"], id="null"),
        pytest.param(
            lambda o: o if o.startswith("https://127.0.0.1") else "",
            True,
            ["cors-origin-prefix"],
            id="compared from the beginning",
        ),
        pytest.param(
            lambda o: o if o.endswith("127.0.0.1") else "",
            True,
            ["cors-origin-suffix"],
            id="compared from the end",
        ),
    ],
)
@pytest.mark.parametrize("with_them", [True, False], ids=["as it is", "without credentials"])
def test_cors(
    allowed: Callable[[str], str], credentials: bool, found: list[str], with_them: bool
) -> None:
    """Which origins are let in; without credentials it is of low severity."""
    origin = [""]

    def answer(method: str, path: str) -> Answer:
        headers = (
            ("Access-Control-Allow-Origin", allowed(origin[0])),
            ("Access-Control-Allow-Credentials", str(credentials and with_them).lower()),
        )
        return Answer(headers=(*HTML, *headers))

    def sees(sent: str, _body: str) -> None:
        origin[0] = sent

    with small(answer, sees=sees) as site:
        seen = list(cors.test(site.site()))
    if not with_them:
        found = [each for each in found if each != "cors-wildcard-credentials"]
    assert [each.id for each in seen] == found
    high = with_them and found != ["cors-wildcard-credentials"]
    assert all((each.severity is Severity.HIGH) is high for each in seen)


@pytest.mark.parametrize(
    ("trace", "allow", "found"),
    [
        pytest.param(ABSENT, "GET, HEAD", [], id="neither"),
        pytest.param(PAGE, "", [], id="TRACE answered like GET"),
        pytest.param(Answer(405), "GET, PUT", ["methods-announced"], id="PUT"),
        pytest.param(Answer(405), "get,delete", ["methods-announced"], id="in small letters"),
        pytest.param(Answer(405), "GET, COMPUTE, INPUT", [], id="words that hold PUT"),
    ],
)
def test_methods(trace: Answer, allow: str, found: list[str]) -> None:
    """What is announced, and what TRACE does."""
    options = Answer(204, (("Allow", allow),))
    answers = {"TRACE": trace, "OPTIONS": options}
    with small(lambda method, _: answers.get(method, PAGE)) as site:
        assert [each.id for each in methods.test(site.site())] == found


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        pytest.param((("Server", "nginx"),), [], id="a name alone"),
        pytest.param((("Server", "nginx/1.28.0"),), ["server"], id="a version"),
        pytest.param((("X-Powered-By", "PHP"),), ["x-powered-by"], id="what it runs on"),
    ],
)
def test_banners(headers: tuple[tuple[str, str], ...], found: list[str]) -> None:
    """Names of servers are harmless, versions are not; the error page counts too."""
    with small(lambda _, path: PAGE if path == "/" else Answer(404, headers)) as site:
        assert [each.parameter for each in version_banners.test(site.site())] == found


TRACES = {
    "Python": 'Traceback (most recent call last):\n  File "a.py", line 1',
    "Java": "java.lang.NullPointerException\n\tat test.shop.Cart.total(Cart.java:42)",
    ".NET": "   at Shop.Cart.Total() in C:\\shop\\Cart.cs:line 42",
    "PHP": "<b>Warning</b>:  Undefined variable $id in <b>/srv/cart.php</b> on line <b>3</b>",
    "Node.js": "TypeError: x is undefined\n    at Layer.handle (/srv/node_modules/express/lib/router/layer.js:95:5)",
    "Ruby": "app/cart.rb:42:in `total'",
    "Go": "goroutine 17 [running]:\nmain.main()",
    "a database": "You have an error in your SQL syntax; check the manual",
}


@pytest.mark.parametrize("kind", TRACES)
def test_traces(kind: str) -> None:
    """The traces of each language are known, wherever they come up."""
    broken = Answer(500, body=TRACES[kind].encode())
    with small(lambda _, path: broken if "id=%27" in path else PAGE) as site:
        found = list(error_pages.test(site.site()))
    assert [each.facts["kind"] for each in found] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<h1>Something went wrong</h1>", id="an error page"),
        pytest.param("Our guide to error handling: read the traceback at line 3.", id="prose"),
        pytest.param('{"error": "id must be a number", "at": "query.id"}', id="a reason"),
        pytest.param("Meet at Joe's (12 Main Street) on line 4 of the metro.", id="a way"),
    ],
)
def test_no_traces(text: str) -> None:
    """What only sounds like an error tells nothing of the inside."""
    with small(lambda *_: Answer(500, HTML, text.encode())) as site:
        assert list(error_pages.test(site.site())) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<title>Index of /uploads/</title>", id="Apache, nginx"),
        pytest.param("<title>Directory listing for /uploads/</title>", id="Python"),
        pytest.param('<pre><A HREF="/">[To Parent Directory]</A>', id="IIS"),
        pytest.param("<title>listing directory /uploads/</title>", id="Express"),
    ],
)
def test_listings(body: str) -> None:
    """The listings of servers in use are known."""
    with small(
        lambda _, path: Answer(body=body.encode()) if path == "/uploads/" else ABSENT
    ) as site:
        (found,) = directory_listing.test(site.site())
    assert found.url == f"{site.url}uploads/"


def test_folders_of_the_page_are_looked_at() -> None:
    """A folder with a name of its own is found by what the page takes from it."""
    page = Answer(headers=HTML, body=b'<img src="/pictures/2026/cat.png">')
    listing = Answer(body=b"<h1>Index of /pictures/2026/</h1>")
    answers = {"/": page, "/pictures/2026/": listing}
    with small(lambda _, path: answers.get(path, ABSENT)) as site:
        (found,) = directory_listing.test(site.site())
    assert found.url == f"{site.url}pictures/2026/"


def logins(
    give: Callable[[str | None], str | None],
) -> tuple[Callable[[str, str], Answer], Callable[[str, str], None]]:
    """A site whose login gives the session that `give` makes of the one it came with."""
    came: list[str | None] = [None]

    def sees(cookie: str, _body: str) -> None:
        match = re.search(r"sid=(\w+)", cookie)
        came[0] = match[1] if match else None

    def answer(method: str, path: str) -> Answer:
        if method != "POST":
            return PAGE
        given = give(came[0])
        return Answer(headers=(("Set-Cookie", f"sid={given}; Path=/"),) if given else ())

    return answer, sees


NUMBERS = count(100)


@pytest.mark.parametrize(
    ("give", "found"),
    [
        pytest.param(lambda _: secrets.token_hex(16), [], id="always new"),
        pytest.param(lambda came: came or secrets.token_hex(16), ["session-fixation"], id="sent back"),
        pytest.param(lambda came: None if came else secrets.token_hex(16), ["session-fixation"], id="kept"),
        pytest.param(
            lambda came: came if came and len(came) == 32 else secrets.token_hex(16),
            ["session-rotation"],
            id="its own kept",
        ),
        pytest.param(lambda _: str(next(NUMBERS)), ["session-guessable"], id="counted"),
        pytest.param(lambda _: "a" * 32, ["session-guessable"], id="always the same"),
    ],
)  # fmt: skip
def test_sessions(give: Callable[[str | None], str | None], found: list[str]) -> None:
    """What becomes of a session at a login."""
    answer, sees = logins(give)
    with small(answer, sees=sees) as site:
        seen = list(session_rotation.test(site.site(allow_writes=True, login=DEMO)))
    if found == ["session-guessable"] and give("x" * 40) == "a" * 32:
        found = ["session-guessable", "session-rotation"]  # the same for ever is also kept
    assert [each.id for each in seen] == found


def test_a_login_without_a_cookie() -> None:
    """A login that sets none cannot be judged by its cookie."""
    with small(lambda *_: PAGE) as site, pytest.raises(Failed, match="no cookie"):
        list(session_rotation.test(site.site(allow_writes=True, login=DEMO)))


def failures(
    known: Callable[[], Answer], made_up: Callable[[], Answer]
) -> tuple[Callable[[str, str], Answer], Callable[[str, str], None]]:
    """A login that fails in one way for the account and in another for names that nobody has."""
    body = [""]

    def answer(method: str, path: str) -> Answer:
        return known() if "user=demo&" in body[0] else made_up()

    def sees(_cookie: str, sent: str) -> None:
        body[0] = sent

    return answer, sees


def text(said: str, status: int = 401) -> Callable[[], Answer]:
    return lambda: Answer(status, body=said.encode())


@pytest.mark.parametrize(
    ("known", "made_up", "differs"),
    [
        pytest.param(text("no"), text("no"), None, id="the same"),
        pytest.param(
            lambda: Answer(401, body=secrets.token_hex(16).encode()),
            lambda: Answer(401, body=secrets.token_hex(16).encode()),
            None,
            id="the same but for a token",
        ),
        pytest.param(text("wrong password"), text("no such user"), "text", id="another text"),
        pytest.param(text("no"), text("no", 404), "status", id="another status"),
        pytest.param(
            lambda: Answer(401, (("Set-Cookie", "tries=1"),)),
            text(""),
            "cookies",
            id="another cookie",
        ),
    ],
)
def test_enumeration(
    known: Callable[[], Answer], made_up: Callable[[], Answer], differs: str | None
) -> None:
    """Whether a failed login tells who has an account, and by what."""
    answer, sees = failures(known, made_up)
    with small(answer, sees=sees) as site:
        found = list(user_enumeration.test(site.site(allow_writes=True, login=DEMO)))
    assert [each.facts["differs"] for each in found] == ([differs] if differs else [])


def test_enumeration_that_cannot_be_told() -> None:
    """Answers that differ by themselves prove nothing."""
    words: Iterator[str] = iter(["red", "green", "blue", "grey"])
    with small(lambda *_: Answer(401, body=next(words, "x").encode())) as site:
        tried = site.site(allow_writes=True, login=DEMO)
        with pytest.raises(Failed, match="differ from one to the next"):
            list(user_enumeration.test(tried))


@pytest.mark.parametrize(
    ("after", "limited"),
    [
        pytest.param(Answer(401), False, id="never"),
        pytest.param(Answer(429), True, id="too many requests"),
        pytest.param(Answer(423), True, id="locked"),
        pytest.param(Answer(401, (("Retry-After", "60"),)), True, id="asked to wait"),
        pytest.param(Answer(400), True, id="another answer"),
    ],
)
def test_limits(after: Answer, limited: bool) -> None:
    """After five wrong passwords something changes, or not; at most twelve are tried."""
    tries = count(1)
    with small(lambda *_: Answer(401) if next(tries) <= 5 else after) as site:
        found = list(login_limit.test(site.site(allow_writes=True)))
        assert len(site.asked) == login_limit.TRIES
    assert bool(found) is not limited


def test_https_is_asked_for_over_https() -> None:
    """What only https has is skipped over http, and nothing is asked for it."""
    with small(lambda *_: PAGE) as site, pytest.raises(Skipped, match="not https"):
        list(cookie_secure.test(site.site()))
    assert site.asked == []
