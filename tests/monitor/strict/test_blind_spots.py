"""The sixteen places where the compatible grade looks away or punishes what no browser minds, each with what browsers do."""

from __future__ import annotations

from typing import Final

import pytest

from tests.monitor.observatory.made import (
    HTML,
    PLAIN,
    SECURE,
    Site,
    moved,
    ordinary,
    page,
    result,
    scanned,
)
from trivigil.monitor import strict
from trivigil.monitor.observatory import answer
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.monitor.observatory.preload import Entry
from trivigil.monitor.observatory.rules import of
from trivigil.monitor.observatory.scan import ORIGIN
from trivigil.monitor.strict.finding import POINTS

CSP: Final = "Content-Security-Policy"
LISTED: Final = {"shop.example.org": Entry("force-https", subdomains=True)}


def rules(site: Site, preload: dict[str, Entry] | None = None) -> dict[str, str]:
    """Rules that the strict grade takes points for, each with what to send."""
    judged = strict.grade(scanned(site, preload=preload))
    return {one.rule: one.send for one in judged.findings if POINTS[one.severity]}


def options(allowed: str) -> answer.Answer:
    """A preflight's answer that lets cookies along."""
    return answer.of(
        204,
        (("Access-Control-Allow-Origin", allowed), ("Access-Control-Allow-Credentials", "true")),
    )


@pytest.mark.parametrize(
    ("site", "test", "said", "rule", "send"),
    [
        pytest.param(
            ordinary(page(), options=options(ORIGIN)),
            "cross-origin-resource-sharing",
            "cross-origin-resource-sharing-implemented-with-restricted-access",
            "cors-any-origin-reflected",
            "Access-Control-Allow-Origin: ",
            id="1 a reflected origin with cookies: every site reads answers",
        ),
        pytest.param(
            ordinary(page((CSP, "default-src self; script-src 'self'"))),
            "content-security-policy",
            "csp-implemented-with-no-unsafe",
            "csp-invalid-keyword",
            f"{CSP}: default-src 'self'; script-src 'self'",
            id="2 keywords without quotation marks are host names",
        ),
        pytest.param(
            ordinary(page((CSP, "default-src 'self'; script-src-elem 'unsafe-inline'"))),
            "content-security-policy",
            "csp-implemented-with-no-unsafe",
            "csp-script-unsafe-inline",
            f"{CSP}: default-src 'self'; script-src-elem 'self'",
            id="3 script-src-elem decides for script elements",
        ),
        pytest.param(
            ordinary(page((CSP, "default-src 'self'; frame-ancestors *"))),
            "x-frame-options",
            "x-frame-options-implemented-via-csp",
            "framing-anybody",
            f"{CSP}: frame-ancestors 'none'",
            id="4 frame-ancestors * protects from nobody",
        ),
        pytest.param(
            ordinary(page(("Strict-Transport-Security", "max-age=abc"))),
            "strict-transport-security",
            "hsts-implemented-max-age-at-least-six-months",
            "hsts-invalid",
            "Strict-Transport-Security: max-age=31536000; includeSubDomains",
            id="5 a max-age that is no number is ignored",
        ),
        pytest.param(
            ordinary(page((CSP, "img-src 'self', script-src 'unsafe-inline'"))),
            "content-security-policy",
            "csp-implemented-with-unsafe-inline",
            "csp-missing-directives",
            f"{CSP}: ",
            id="8 a directive of the second policy is not 'none'",
        ),
        pytest.param(
            ordinary(page(("X-Frame-Options", "ALLOW-FROM https://a.example"))),
            "x-frame-options",
            "x-frame-options-allow-from-origin",
            "framing-allow-from",
            f"{CSP}: frame-ancestors 'none'",
            id="9 no browser honours ALLOW-FROM",
        ),
        pytest.param(
            ordinary(page(body="<script src=http://static.example.org/a.js></script>")),
            "subresource-integrity",
            "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            "scripts-in-the-clear",
            '<script src="https://static.example.org/a.js">',
            id="10 a script in the clear, though of the same site",
        ),
        pytest.param(
            ordinary(page(body='<base href="https://evil.example/"><script src=a.js></script>')),
            "subresource-integrity",
            "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            "scripts-foreign-base",
            f"{CSP}: base-uri 'self'",
            id="11 a base element makes relative scripts foreign",
        ),
        pytest.param(
            ordinary(answer.of(200, (("Content-Type", "Text/HTML"),), "<script src=http://a.example/a></script>")),
            "subresource-integrity",
            "sri-not-implemented-response-not-html",
            "scripts-in-the-clear",
            '<script src="https://a.example/a">',
            id="14 media types have no case",
        ),
        pytest.param(
            ordinary(page((CSP, "default-src 'self'; script-src 'self' https://cdn.jsdelivr.net"))),
            "content-security-policy",
            "csp-implemented-with-no-unsafe",
            "csp-script-allowlist-bypass",
            f"{CSP}: default-src 'self'; script-src 'self'",
            id="15 a host that serves any package",
        ),
        pytest.param(
            ordinary(page(), options=options("null")),
            "cross-origin-resource-sharing",
            "cross-origin-resource-sharing-implemented-with-restricted-access",
            "cors-null-origin",
            "Access-Control-Allow-Origin: ",
            id="16 the origin null is everybody's",
        ),
    ],
)  # fmt: skip
def test_what_the_compatible_grade_does_not_see(
    site: Site, test: str, said: str, rule: str, send: str
) -> None:
    """The compatible result is the reference's; the strict grade takes points, and says what to send."""
    assert result(test, site) == said
    assert rules(site).get(rule, "").startswith(send)
    assert rule in rules(site)


@pytest.mark.parametrize(
    ("site", "rule"),
    [
        pytest.param(Site({SECURE: page(), PLAIN: moved(SECURE)}, untrusted=True), "hsts-untrusted-certificate", id="a certificate that nobody trusts"),
        pytest.param(Site({SECURE: page(), PLAIN: page()}), "redirection-missing", id="a page by http"),
    ],
)  # fmt: skip
def test_the_preload_list_excuses_nothing(site: Site, rule: str) -> None:
    """12: whatever the list says, the certificate is untrusted and the page is served in the clear."""
    algorithm = ALGORITHMS["6"]
    seen = scanned(site, preload=LISTED)
    assert of(algorithm)["strict-transport-security"](seen, algorithm) == "hsts-preloaded"
    assert rule in rules(site, LISTED)


def test_an_empty_member_of_a_list_is_no_fault() -> None:
    """6: the comma at the end costs 25 points there and nothing here."""
    with_comma = ordinary(page((CSP, "default-src 'self',")))
    assert result("content-security-policy", with_comma) == "csp-header-invalid"
    assert not [rule for rule in rules(with_comma) if rule.startswith("csp-")]


def test_policies_are_not_merged() -> None:
    """7: two policies that together mean 'self' are no 'none'; browsers want both to allow."""
    site = ordinary(page((CSP, "default-src *, default-src 'self'")))
    due = "csp-implemented-with-no-unsafe-default-src-none"
    assert result("content-security-policy", site) == due
    judged = strict.grade(scanned(site))
    assert "csp-several-policies" in {one.rule for one in judged.findings}
    assert judged.grade.tests["content-security-policy"].modifier == 0


def test_a_deleted_cookie_is_no_fault() -> None:
    """13: what has expired is sent to nobody."""
    site = ordinary(page(("Set-Cookie", "session=; Max-Age=0")))
    assert result("cookies", site) == "cookies-session-without-secure-flag"
    assert not [rule for rule in rules(site) if rule.startswith("cookies-")]


GOOD: Final = (
    (CSP, "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(self)"),
    ("Cache-Control", "no-store"),
    ("Set-Cookie", "__Host-session=s3cr3t; Path=/; Secure; HttpOnly; SameSite=Lax"),
)  # fmt: skip


def without(name: str, *instead: tuple[str, str]) -> Site:
    """The good site with one header changed."""
    return ordinary(page(*(one for one in GOOD if one[0] != name), *instead))


def test_a_good_site_loses_nothing() -> None:
    """All fifteen tests pass, and the score is 100, not more."""
    judged = strict.grade(scanned(ordinary(page(*GOOD))))
    grade = judged.grade
    assert (grade.score, grade.grade, grade.tests_passed, grade.tests_failed) == (100, "A+", 15, 0)


@pytest.mark.parametrize(
    ("site", "rule"),
    [
        pytest.param(without(CSP), "csp-missing", id="no policy"),
        pytest.param(without("X-Content-Type-Options"), "sniffing-missing", id="sniffing"),
        pytest.param(without("Referrer-Policy", ("Referrer-Policy", "unsafe-url")), "referrer-unsafe", id="addresses"),
        pytest.param(without("Permissions-Policy"), "permissions-missing", id="no permissions"),
        pytest.param(without("Permissions-Policy", ("Permissions-Policy", "camera 'none'")), "permissions-invalid", id="the forerunner's syntax"),
        pytest.param(without("Permissions-Policy", ("Permissions-Policy", "camera=*")), "permissions-everybody", id="everybody's camera"),
        pytest.param(without("Cache-Control"), "caching-session", id="kept by caches"),
        pytest.param(without("Cache-Control", ("Cache-Control", "public, max-age=60")), "caching-public", id="shared by caches"),
        pytest.param(without("Strict-Transport-Security", ("Strict-Transport-Security", "max-age=0")), "hsts-short", id="hsts switched off"),
        pytest.param(without("Cross-Origin-Opener-Policy", ("Cross-Origin-Opener-Policy", "Same-Origin")), "coop-invalid", id="a token in capitals"),
        pytest.param(without("Set-Cookie", ("Set-Cookie", "sid=s3cr3t")), "cookies-session-insecure", id="a session in the clear"),
        pytest.param(without("Set-Cookie", ("Set-Cookie", "__Host-id=s3cr3t; Domain=example.org")), "cookies-refused", id="a broken promise"),
    ],
)  # fmt: skip
def test_each_fault_costs_points(site: Site, rule: str) -> None:
    """One header changed for the worse is one rule broken, and no cookie's value is shown."""
    judged = strict.grade(scanned(site))
    assert rule in rules(site)
    assert judged.grade.score < 100
    assert "s3cr3t" not in repr(judged.findings)


def test_headers_are_the_same_everywhere() -> None:
    """A hop without Strict-Transport-Security, and an error page without a policy, are said."""
    site = Site({SECURE: moved("/in"), f"{SECURE}in": page(*GOOD), PLAIN: moved(SECURE)})
    error = answer.of(404, (HTML, *(one for one in GOOD if one[0] != CSP)))
    judged = strict.grade(scanned(site), {f"{SECURE}gone": error})
    found = {one.rule: one.send for one in judged.findings if one.test == "consistency"}
    assert found == {
        "consistency-hop": "Strict-Transport-Security: max-age=31536000; includeSubDomains",
        "consistency-error": f"{CSP}: {GOOD[0][1]}",
    }


def test_hostile_headers_are_harmless() -> None:
    """What a site sends is shown on one line, without workflow commands."""
    site = ordinary(
        page((CSP, "x\u0007-src ::error::y 'unsafe-inline\u202e'"), ("Set-Cookie", "a::b=1"))
    )
    said = [
        text for one in strict.grade(scanned(site)).findings for text in (one.message, one.send)
    ]
    assert not any("\u0007" in text or "\u202e" in text or "::" in text for text in said)
