"""The walk: redirects, certificates, cookies on the way, and what cannot be graded."""

from __future__ import annotations

import pytest

from tests.monitor.observatory.made import PLAIN, SECURE, Site, moved, ordinary, page, scanned
from trivigil.monitor import observatory
from trivigil.monitor.observatory import domains, score, tags, urls
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.monitor.observatory.scan import MAX_REDIRECTS, Unreachable


def test_https_is_graded_where_it_answers() -> None:
    """And http where nobody answers at https."""
    both = scanned(ordinary(page(("X-A", "https"))))
    assert (both.page.said("x-a"), both.secure) == ("https", True)
    plain = scanned(Site({PLAIN: page(("X-A", "http"))}, refused=("https",)))
    assert (plain.page.said("x-a"), plain.secure) == ("http", False)


def test_nobody_answers() -> None:
    """A site that is down has no grade."""
    with pytest.raises(Unreachable):
        scanned(Site({}, refused=("http", "https")))


def test_an_untrusted_certificate_is_looked_behind() -> None:
    """The page is graded all the same; the walk is marked, and its robots.txt joins the session."""
    site = Site(
        {SECURE: page(), PLAIN: moved(SECURE), f"{SECURE}robots.txt": page(("Set-Cookie", "a=1"))},
        untrusted=True,
    )
    seen = scanned(site)
    assert (seen.https.verified, seen.http.verified) == (False, False)
    assert [cookie.name for cookie in seen.graded.cookies] == ["a"]
    assert site.asked[-1] == ("OPTIONS", f"{SECURE}robots.txt")


def test_cookies_outside_of_the_walk_come_by_https_alone() -> None:
    """Behind an untrusted certificate robots.txt may lead to http; what is set there is forgotten."""
    elsewhere = f"{PLAIN}robots.txt"
    site = Site(
        {
            SECURE: page(),
            f"{SECURE}robots.txt": moved(elsewhere, ("Set-Cookie", "kept=1")),
            elsewhere: page(("Set-Cookie", "forgotten=1")),
        },
        untrusted=True,
    )
    assert [cookie.name for cookie in scanned(site).graded.cookies] == ["kept"]
    assert ("GET", elsewhere) in site.asked


def test_redirects_end() -> None:
    """After ten the redirect itself is graded."""
    seen = scanned(Site({SECURE: moved("/"), PLAIN: moved("/")}))
    assert seen.page.status == 301
    assert len(seen.https.route) == MAX_REDIRECTS + 1


def test_a_redirect_that_leads_nowhere_ends_the_walk() -> None:
    """Https is as good as not there, and http is graded."""
    seen = scanned(Site({SECURE: moved("ftp://a.example/"), PLAIN: page()}))
    assert seen.https.answer is None
    assert not seen.secure


def test_cookies_of_the_way_count() -> None:
    """What a redirect sets is in the jar; what it deletes is gone after the next request."""
    gone = ("Set-Cookie", "old=1; Max-Age=0")
    site = Site({SECURE: moved("/in", ("Set-Cookie", "a=1"), gone), f"{SECURE}in": page()})
    assert [cookie.name for cookie in scanned(site).graded.cookies] == ["a"]


@pytest.mark.parametrize("status", [200, 204, 304, 401, 403])
def test_a_graded_status(status: int) -> None:
    """Success, redirect, and asking for a login."""
    seen = scanned(ordinary(page(status=status)))
    assert observatory.grade(seen, ALGORITHMS["6"]).grade


@pytest.mark.parametrize("status", [404, 410, 500, 502])
def test_a_status_that_nobody_grades(status: int) -> None:
    """An error page is not the site."""
    with pytest.raises(observatory.Ungraded, match=str(status)):
        observatory.grade(scanned(ordinary(page(status=status))), ALGORITHMS["6"])


@pytest.mark.parametrize(
    ("points", "due"),
    [
        pytest.param([], 100, id="nothing"),
        pytest.param([10, 5], 115, id="no ceiling"),
        pytest.param([-10, 5], 95, id="a bonus from 90 on"),
        pytest.param([-15, 50], 85, id="no bonus below 90"),
        pytest.param([-50, -60], 0, id="a floor"),
    ],
)
def test_score(points: list[int], due: int) -> None:
    """Penalties first, then bonuses."""
    assert score.total(points) == due


@pytest.mark.parametrize(
    ("points", "due"), [(165, "A+"), (99, "A"), (85, "A-"), (84, "B+"), (26, "D-"), (24, "F"), (0, "F")]
)  # fmt: skip
def test_grade(points: int, due: str) -> None:
    """In steps of five, rounded down."""
    assert score.letter(points) == due


@pytest.mark.parametrize(
    ("reference", "due"),
    [
        ("/a", f"{SECURE}a"),
        ("a/../b", f"{SECURE}in/b"),
        ("//CDN.example.net:443", "https://cdn.example.net/"),
        ("http:\\\\a.example\\b", "http://a.example/b"),
        ("https:b", f"{SECURE}in/b"),
        ("?q=1#part", f"{SECURE}in/?q=1"),
        ("mailto:a@a.example", None),
        ("https://a b/", None),
        ("http://a.example:99999/", None),
    ],
)
def test_urls_are_resolved(reference: str, due: str | None) -> None:
    """As the URL standard says."""
    assert urls.resolve(reference, f"{SECURE}in/") == due


@pytest.mark.parametrize(
    ("host", "due"),
    [
        ("www.shop.example.org", "example.org"),
        ("www.shop.co.uk", "shop.co.uk"),
        ("a.b.test", "b.test"),
        ("co.uk", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
    ],
)
def test_registrable_domains(host: str, due: str | None) -> None:
    """The label below the public suffix."""
    assert domains.registrable(host) == due


@pytest.mark.parametrize(
    ("page_text", "due"),
    [
        pytest.param("<a HREF='x' href=y>", [("a", {"href": "x"})], id="the first of a name"),
        pytest.param("<a b=1/><i>", [("a", {"b": "1/"}), ("i", {})], id="a slash in a value"),
        pytest.param("<a b='&amp;&#x41;'>", [("a", {"b": "&A"})], id="references"),
        pytest.param("<!--><a><!-- <b> --!><i>", [("a", {}), ("i", {})], id="odd comments"),
        pytest.param(
            "<script>'<b>'</scripts></script ><i>", [("script", {}), ("i", {})], id="text"
        ),
        pytest.param("a < b <1> </i> <p", [], id="no tags"),
    ],
)
def test_tags(page_text: str, due: list[tuple[str, dict[str, str]]]) -> None:
    """As the HTML standard tokenizes."""
    assert [tuple(tag) for tag in tags.read(page_text, as_document=True)] == due


def test_a_page_of_tags_ends() -> None:
    """However many there are, a bounded number is looked at."""
    assert (
        sum(1 for _ in tags.read("<p>" * (tags.MAX_TAGS + 10), as_document=False)) == tags.MAX_TAGS
    )
