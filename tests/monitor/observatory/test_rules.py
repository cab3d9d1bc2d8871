"""Each test of the grader on headers as sites send them, and where the algorithms differ."""

from __future__ import annotations

import pytest

from tests.monitor.observatory.made import (
    HOST,
    PLAIN,
    SECURE,
    Site,
    moved,
    ordinary,
    page,
    result,
    scanned,
)
from trivigil.monitor.observatory import answer
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.monitor.observatory.preload import Entry
from trivigil.monitor.observatory.rules import hsts, of, redirection

NONCE = "'nonce-r4nd0m'"


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        pytest.param("default-src 'self'", "with-no-unsafe", id="self"),
        pytest.param("default-src 'none'", "with-no-unsafe-default-src-none", id="none"),
        pytest.param("img-src 'self'", "with-unsafe-inline", id="scripts from anywhere"),
        pytest.param("default-src *", "with-unsafe-inline", id="broad"),
        pytest.param(
            f"default-src 'self'; script-src 'unsafe-inline' {NONCE}",
            "with-no-unsafe",
            id="a nonce switches inline off",
        ),
        pytest.param(
            f"default-src 'self'; script-src 'strict-dynamic' {NONCE} https:",
            "with-no-unsafe",
            id="strict-dynamic ignores schemes",
        ),
        pytest.param(
            "default-src 'self'; connect-src http://a.example",
            "with-insecure-scheme",
            id="insecure active",
        ),
        pytest.param(
            "default-src 'self'; report-uri http://a.example",
            "with-insecure-scheme",
            id="reports count as active",
        ),
        pytest.param("default-src 'self' 'unsafe-eval'", "with-unsafe-eval", id="eval"),
        pytest.param(
            "default-src 'self'; img-src http:",
            "with-insecure-scheme-in-passive-content-only",
            id="insecure images",
        ),
        pytest.param(
            "default-src 'self'; style-src 'unsafe-inline'",
            "with-unsafe-inline-in-style-src-only",
            id="inline styles",
        ),
        pytest.param(
            "default-src 'self'; report-to a; report-to b",
            "but-duplicate-directives",
            id="reporting may repeat",
        ),
    ],
)
def test_a_policy_has_one_result(policy: str, due: str) -> None:
    """The first reading that matches is the result."""
    site = ordinary(page(("Content-Security-Policy", policy)))
    assert result("content-security-policy", site) == f"csp-implemented-{due}"


@pytest.mark.parametrize(
    ("policy", "four", "six"),
    [
        pytest.param(
            "default-src 'none', default-src 'none'",
            "csp-implemented-with-no-unsafe",
            "csp-implemented-with-no-unsafe-default-src-none",
            id="two policies in one line",
        ),
        pytest.param(
            "default-src 'self',",
            "csp-implemented-with-no-unsafe",
            "csp-header-invalid",
            id="an empty member of the list",
        ),
    ],
)
def test_commas_separate_policies_since_algorithm_5(policy: str, four: str, six: str) -> None:
    """A comma is part of a source for algorithm 4."""
    site = ordinary(page(("Content-Security-Policy", policy)))
    found = [result("content-security-policy", site, number) for number in "456"]
    assert found == [four, six, six]


@pytest.mark.parametrize(
    ("body", "due"),
    [
        pytest.param("", "csp-not-implemented", id="nothing"),
        pytest.param(
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">",
            "csp-implemented-with-no-unsafe",
            id="in a meta element",
        ),
        pytest.param(
            "<meta http-equiv=Content-Security-Policy content=\"frame-ancestors 'none'\">",
            "csp-not-implemented",
            id="what only a header may say",
        ),
        pytest.param(
            '<title><meta http-equiv=Content-Security-Policy content="default-src x"></title>',
            "csp-not-implemented",
            id="text of a title is no element",
        ),
    ],
)
def test_policies_in_the_page(body: str, due: str) -> None:
    """Meta elements count like headers, without what the standard forbids there."""
    assert result("content-security-policy", ordinary(page(body=body))) == due


def test_a_policy_that_only_reports_is_none() -> None:
    """Content-Security-Policy-Report-Only is seen, and worth nothing."""
    site = ordinary(page(("Content-Security-Policy-Report-Only", "default-src 'self'")))
    due = "csp-not-implemented-but-reporting-enabled"
    assert result("content-security-policy", site) == due


@pytest.mark.parametrize(
    ("cookies", "due"),
    [
        pytest.param(["a=1; Secure; SameSite=Lax"], "secure-with-httponly-sessions-and-samesite", id="good"),
        pytest.param(["a=1; Secure"], "secure-with-httponly-sessions", id="no SameSite"),
        pytest.param(["a=1"], "without-secure-flag", id="no Secure"),
        pytest.param(["a=1; SameSite=None"], "samesite-flag-invalid", id="None needs Secure"),
        pytest.param(["a=1; Secure; SameSite=Sometimes"], "samesite-flag-invalid", id="a word nobody knows"),
        pytest.param(["csrf=1; Secure"], "anticsrf-without-samesite-flag", id="a token against forgery"),
        pytest.param(["login=1; Secure"], "session-without-httponly-flag", id="a session that scripts can read"),
        pytest.param(["PHPSESSID=1; HttpOnly"], "session-without-secure-flag", id="a session in the clear"),
        pytest.param(["__Host-a=1; Path=/"], "not-found", id="a broken promise is dropped"),
        pytest.param(["a=1; Domain=evil.example"], "not-found", id="another site's"),
        pytest.param(["a=1; Domain=org"], "not-found", id="a public suffix"),
        pytest.param(["heroku-session-affinity=1"], "not-found", id="a load balancer's"),
        pytest.param(["a=1; Secure", "a=2; Secure; SameSite=Lax"], "secure-with-httponly-sessions-and-samesite", id="the last of a name"),
        pytest.param(["a=1; Max-Age=0"], "without-secure-flag", id="deleted, and counted all the same"),
    ],
)  # fmt: skip
def test_the_worst_cookie_decides(cookies: list[str], due: str) -> None:
    """What the jar keeps is judged."""
    site = ordinary(page(*(("Set-Cookie", line) for line in cookies)))
    assert result("cookies", site) == f"cookies-{due}"


def test_hsts_excuses_a_cookie() -> None:
    """Without Secure, but never sent in the clear."""
    headers = (("Strict-Transport-Security", "max-age=31536000"), ("Set-Cookie", "a=1"))
    due = "cookies-without-secure-flag-but-protected-by-hsts"
    assert result("cookies", ordinary(page(*headers))) == due


@pytest.mark.parametrize(
    ("header", "due"),
    [
        pytest.param("max-age=31536000", "implemented-max-age-at-least-six-months", id="a year"),
        pytest.param("max-age=15552000", "implemented-max-age-at-least-six-months", id="180 days"),
        pytest.param("max-age=15551999", "implemented-max-age-less-than-six-months", id="less"),
        pytest.param("max-age=", "implemented-max-age-at-least-six-months", id="no number passes"),
        pytest.param("max-age=-1", "implemented-max-age-less-than-six-months", id="negative"),
        pytest.param("max-age =31536000", "header-invalid", id="space before the sign"),
        pytest.param("max-age=1, max-age=31536000", "header-invalid", id="two lines"),
        pytest.param("includeSubDomains", "header-invalid", id="no age"),
    ],
)
def test_hsts(header: str, due: str) -> None:
    """The last max-age decides, read as JavaScript reads numbers."""
    site = ordinary(page(("Strict-Transport-Security", header)))
    assert result("strict-transport-security", site) == f"hsts-{due}"


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        pytest.param(Entry("force-https", subdomains=True), True, id="with subdomains"),
        pytest.param(Entry("force-https", subdomains=False), False, id="itself alone"),
        pytest.param(Entry("", subdomains=True), False, id="pins only"),
    ],
)
def test_the_preload_list_outweighs_the_header(entry: Entry, *, covered: bool) -> None:
    """A host below a listed domain is listed where subdomains are included."""
    site = ordinary(page())
    seen = scanned(site, preload={"example.org": entry})
    judged = {hsts.judge(seen, ALGORITHMS["6"]), redirection.judge(seen, ALGORITHMS["6"])}
    listed = {"hsts-preloaded", "redirection-all-redirects-preloaded"}
    assert judged == (listed if covered else {"hsts-not-implemented", "redirection-to-https"})


@pytest.mark.parametrize(
    ("answers", "due"),
    [
        pytest.param({PLAIN: moved(SECURE)}, "to-https", id="at once"),
        pytest.param({PLAIN: page()}, "missing", id="stays"),
        pytest.param({PLAIN: moved("/in"), f"{PLAIN}in": page()}, "not-to-https", id="stays, elsewhere"),
        pytest.param({PLAIN: moved("/in"), f"{PLAIN}in": moved(SECURE)}, "not-to-https-on-initial-redirection", id="late"),
        pytest.param({PLAIN: moved("https://www.example.org/")}, "off-host-from-http", id="another host first"),
    ],
)  # fmt: skip
def test_redirection(answers: dict[str, answer.Answer], due: str) -> None:
    """Http leads to https of the same host, at once."""
    site = Site({SECURE: page(), **answers})
    assert result("redirection", site) == f"redirection-{due}"


@pytest.mark.parametrize(
    ("body", "due"),
    [
        pytest.param("", "not-implemented-but-no-scripts-loaded", id="no script"),
        pytest.param("<script>1</script>", "not-implemented-but-all-scripts-loaded-from-secure-origin", id="inline"),
        pytest.param("<script src=/a.js integrity=sha384-x></script>", "implemented-and-all-scripts-loaded-securely", id="own, signed"),
        pytest.param("<script src=https://cdn.example.net/a integrity=x></script>", "implemented-and-external-scripts-loaded-securely", id="foreign, signed"),
        pytest.param("<script src=https://cdn.example.net/a></script>", "not-implemented-but-external-scripts-loaded-securely", id="foreign"),
        pytest.param("<script src=http://cdn.example.net/a integrity=x></script>", "implemented-but-external-scripts-not-loaded-securely", id="in the clear, signed"),
        pytest.param("<script src=//cdn.example.net/a></script>", "not-implemented-and-external-scripts-not-loaded-securely", id="no scheme is no security"),
        pytest.param("<script src=https://static.example.org/a></script>", "not-implemented-but-all-scripts-loaded-from-secure-origin", id="own domain"),
        pytest.param("<!-- <script src=http://cdn.example.net/a></script> -->", "not-implemented-but-no-scripts-loaded", id="a comment"),
    ],
)  # fmt: skip
def test_scripts(body: str, due: str) -> None:
    """Where scripts come from, and whether they are signed."""
    assert result("subresource-integrity", ordinary(page(body=body))) == f"sri-{due}"


@pytest.mark.parametrize(
    ("body", "four", "six"),
    [
        pytest.param(
            '<base href="https://cdn.example.net/"><script src="a.js"></script>',
            "sri-not-implemented-but-external-scripts-loaded-securely",
            "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            id="the base of a document",
        ),
        pytest.param(
            "<template><script src=https://cdn.example.net/a></script></template>",
            "sri-not-implemented-but-no-scripts-loaded",
            "sri-not-implemented-but-external-scripts-loaded-securely",
            id="a template is apart in a document",
        ),
    ],
)
def test_a_document_is_not_a_stream_of_tags(body: str, four: str, six: str) -> None:
    """Algorithm 4 builds a document, the later ones read tags."""
    site = ordinary(page(body=body))
    assert result("subresource-integrity", site, "4") == four
    assert result("subresource-integrity", site, "6") == six


def test_an_answer_without_a_type() -> None:
    """Is searched for scripts since algorithm 5."""
    site = ordinary(answer.of(200, (), "<script src=//cdn.example.net/a></script>"))
    assert result("subresource-integrity", site, "4") == "sri-not-implemented-response-not-html"
    due = "sri-not-implemented-and-external-scripts-not-loaded-securely"
    assert result("subresource-integrity", site, "5") == due


@pytest.mark.parametrize(
    ("test", "header", "value", "due"),
    [
        pytest.param("x-frame-options", "X-Frame-Options", " deny ", "x-frame-options-sameorigin-or-deny", id="deny"),
        pytest.param("x-frame-options", "X-Frame-Options", "ALLOW-FROM https://a.example", "x-frame-options-allow-from-origin", id="allow-from"),
        pytest.param("x-frame-options", "X-Frame-Options", "DENY, DENY", "x-frame-options-header-invalid", id="twice"),
        pytest.param("x-frame-options", "Content-Security-Policy", "frame-ancestors *", "x-frame-options-implemented-via-csp", id="any frame-ancestors"),
        pytest.param("x-content-type-options", "X-Content-Type-Options", "NoSniff", "x-content-type-options-nosniff", id="nosniff"),
        pytest.param("x-content-type-options", "X-Content-Type-Options", "nosniff;", "x-content-type-options-header-invalid", id="no list"),
        pytest.param("referrer-policy", "Referrer-Policy", "origin, no-referrer", "referrer-policy-private", id="the last word"),
        pytest.param("referrer-policy", "Referrer-Policy", "unsafe-url, never", "referrer-policy-unsafe", id="the last known word"),
        pytest.param("referrer-policy", "Referrer-Policy", "", "referrer-policy-header-invalid", id="no word"),
        pytest.param("cross-origin-resource-policy", "Cross-Origin-Resource-Policy", "Same-Site", "corp-implemented-with-same-site", id="any case"),
        pytest.param("cross-origin-resource-policy", "Cross-Origin-Resource-Policy", "cross-site", "corp-header-invalid", id="no such word"),
        pytest.param("cross-origin-opener-policy", "Cross-Origin-Opener-Policy", 'same-origin; report-to="a"', "coop-implemented-with-same-origin", id="a parameter"),
        pytest.param("cross-origin-opener-policy", "Cross-Origin-Opener-Policy", "Same-Origin", "coop-header-invalid", id="one case only"),
        pytest.param("cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", '"require-corp"', "coep-header-invalid", id="no text"),
        pytest.param("cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy", "credentialless", "coep-implemented-with-credentialless", id="credentialless"),
    ],
)  # fmt: skip
def test_headers_of_one_word(test: str, header: str, value: str, due: str) -> None:
    """Each header's words, and what is no word of it."""
    assert result(test, ordinary(page((header, value)))) == due


@pytest.mark.parametrize(
    ("options", "due"),
    [
        pytest.param(None, "not-implemented", id="no answer"),
        pytest.param(answer.of(404, (("Access-Control-Allow-Origin", "*"),)), "not-implemented", id="no success"),
        pytest.param(answer.of(204, (("Access-Control-Allow-Origin", "*"),)), "implemented-with-public-access", id="everybody"),
        pytest.param(answer.of(204, (("Access-Control-Allow-Origin", "https://a.example"),)), "implemented-with-restricted-access", id="somebody"),
    ],
)  # fmt: skip
def test_cors(options: answer.Answer | None, due: str) -> None:
    """The preflight's answer decides."""
    name = "cross-origin-resource-sharing"
    assert result(name, ordinary(page(), options=options)) == f"{name}-{due}"


def test_algorithms_have_their_tests() -> None:
    """Ten, ten and twelve; algorithm 6 adds what isolates a page."""
    assert [len(of(ALGORITHMS[number])) for number in "456"] == [10, 10, 12]
    added = set(of(ALGORITHMS["6"])) - set(of(ALGORITHMS["5"]))
    assert added == {"cross-origin-opener-policy", "cross-origin-embedder-policy"}


def test_a_session_is_asked_for_in_order() -> None:
    """Http with its redirects, https, then the preflight at the last URL."""
    site = ordinary(page())
    scanned(site)
    assert site.asked == [
        ("GET", PLAIN),
        ("GET", SECURE),
        ("GET", SECURE),
        ("OPTIONS", SECURE),
    ]
    assert HOST in SECURE
