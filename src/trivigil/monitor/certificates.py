"""The check of the target's certificate: dates, names and chain, also of one that is not trusted.

It is asked by a handshake alone: no request is sent. What is wrong is told claim by claim, because a certificate that ended may be for
another name as well, and OpenSSL says only the first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from trivigil.core.untrusted import printable
from trivigil.monitor.facts import Attempt, Failed, status_of
from trivigil.monitor.planned import Planned
from trivigil.monitor.probing import moment, rules_of
from trivigil.web import target
from trivigil.web.certificate import seconds
from trivigil.web.probe import Request, Rules, observe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.monitor.planned import Bounds
    from trivigil.web.certificate import Certificate
    from trivigil.web.observation import Cause, Observation

NAME: Final = "certificate"
DAYS: Final = 14.0
LAST_DAYS: Final = 3.0
"""With fewer days left than these the check is down, unless even fewer are enough: nobody renews by hand over a weekend."""
_RULES: Final = Rules()
_SHOWN: Final = 200
_SHORT: Final = 10
_CHAIN: Final[dict[Cause, str]] = {
    "tls-expired": "a certificate of the chain is not valid today",
    "tls-name": "the certificate is for another name",
    "tls-untrusted": "the chain ends with nobody who is trusted",
}


def plan(
    name: str = NAME,
    *,
    url: str | None = None,
    days: float = DAYS,
    rules: Rules = _RULES,
    now: Callable[[], float] = time.time,
) -> Planned | None:
    """The certificate of the target, or of `url`; fewer `days` left than these are a warning. None for a `url` without TLS.

    Of a target without TLS nothing is asked: such a check is unknown, so plan it for https alone. Raises InputError for what is no URL.
    """
    at = target.read(url) if url else None
    if at is not None and at.scheme != "https":
        return None

    def attempt(bounds: Bounds) -> Attempt:
        started = now()
        asked = url or bounds.target
        seen = observe(Request(asked), rules_of(bounds, rules)._replace(until="tls"))
        return judge(seen, started, days)

    return Planned(name, "certificate", attempt, host=at.host if at else "")


def judge(seen: Observation, now: float, days: float = DAYS) -> Attempt:
    """What a handshake says of the certificate at that time, in seconds since 1970. Pure."""
    at = target.read(seen.url)
    attempt = Attempt(moment(now), "up", phases=seen.phases, url=at.shown)
    if seen.certificate is None:
        if seen.error is None:
            return attempt._replace(
                status="unknown", cause="unknown", message="no certificate was shown"
            )
        return attempt._replace(
            status=status_of(seen.error), cause=seen.error, message=seen.reason or ""
        )
    attempt = attempt._replace(certificate_ends=seen.certificate.not_after)
    failed = tuple(_failed(seen, seen.certificate, at.host, now, days))
    if not failed:
        return attempt
    first = next((each for each in failed if each.severity == "fail"), failed[0])
    return attempt._replace(
        status="down" if first.severity == "fail" else "degraded",
        cause=seen.distrust or "assertion",
        message=first.message,
        failed=failed,
    )


def _failed(
    seen: Observation, own: Certificate, host: str, now: float, days: float
) -> Iterator[Failed]:
    """Every claim that does not hold; where the certificate is not trusted, the reason of that first."""
    found = [*_dates(own, now), *_names(own, host), *_chain(seen)]
    found.sort(key=lambda each: each[0] != seen.distrust)
    if seen.distrust is not None and (not found or found[0][0] != seen.distrust):
        # Not its own: an issuer's certificate that ended, say.
        yield Failed(_CHAIN[seen.distrust], actual=printable(own.issuer, _SHOWN))
    yield from (failed for _, failed in found)
    if not found and seen.distrust is None:
        yield from _soon(seen, own, now, days)


def _dates(own: Certificate, now: float) -> Iterator[tuple[Cause, Failed]]:
    if own.days_left(now) < 0:
        ago = -own.days_left(now)
        yield (
            "tls-expired",
            Failed(f"the certificate ended {ago:.1f} days ago", actual=own.not_after),
        )
    elif seconds(own.not_before) > now:
        yield "tls-expired", Failed("the certificate is not valid yet", actual=own.not_before)


def _names(own: Certificate, host: str) -> Iterator[tuple[Cause, Failed]]:
    if not own.covers(host):
        names = ", ".join(own.names[:_SHORT]) + (", …" if len(own.names) > _SHORT else "")
        actual = printable(names, _SHOWN) or "no name"
        yield (
            "tls-name",
            Failed("the certificate is for another name", expected=host, actual=actual),
        )


def _chain(seen: Observation) -> Iterator[tuple[Cause, Failed]]:
    """Why nobody trusts it, where that is what OpenSSL said."""
    own = seen.certificate
    if seen.distrust != "tls-untrusted" or own is None:
        return
    issuer = printable(own.issuer, _SHOWN)
    if own.issuer == own.subject:
        yield "tls-untrusted", Failed("the certificate is signed by itself", actual=issuer)
    elif not any(each.subject == own.issuer for each in seen.chain):
        message = "the certificate is not trusted, and the site does not send its issuer's"
        yield "tls-untrusted", Failed(message, actual=issuer)
    else:
        yield "tls-untrusted", Failed("the chain ends with nobody who is trusted", actual=issuer)


def _soon(seen: Observation, own: Certificate, now: float, days: float) -> Iterator[Failed]:
    left = own.days_left(now)
    if left < days:
        yield Failed(
            f"the certificate ends in {left:.1f} days",
            severity="fail" if left < min(LAST_DAYS, days) else "warn",
            expected=f"at least {days:g} days",
            actual=own.not_after,
        )
    issuer = next((each for each in seen.chain if each.subject == own.issuer != each.issuer), None)
    # One that has ended already and is trusted all the same is not on the way to the root.
    if issuer is not None and 0 <= issuer.days_left(now) < min(days, left):
        yield Failed(
            f"the issuer's certificate ends in {issuer.days_left(now):.1f} days",
            severity="warn",
            expected=f"at least {days:g} days",
            actual=issuer.not_after,
        )
