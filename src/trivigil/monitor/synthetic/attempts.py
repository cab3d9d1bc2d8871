"""One attempt at a check of the model: it is followed over the network, and its account becomes an `Attempt`.

Messages are words of ours and of the check file; what the site sent is in `actual` alone. All of it goes through the redaction.
"""

from __future__ import annotations

import datetime
import re
import time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor.facts import Attempt, Failed, Status, status_of
from trivigil.monitor.probing import moment
from trivigil.monitor.redaction import MASK, Redaction

from . import conditions
from .course import TOO_MANY_REDIRECTS, Account, Try, follow
from .model import Check, Severity
from .problem import CheckFileError
from .scope import Scope
from .sending import READING, TOTAL_S, Sender

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.monitor.planned import Bounds
    from trivigil.web.observation import Cause

    from .check_file import CheckFile
    from .judgement import Failure

MOST_FAILED: Final = 50
"""Failed claims that one attempt tells of."""
_CLAIM: Final = 160
_OF_THE_CHECK: Final = frozenset({"Undefined variable", "Undefined function", "File read access"})
"""The check cannot be done: that says nothing of the target."""
_OWN_WORDS: Final = frozenset(
    {
        *_OF_THE_CHECK,
        "HTTP connection",
        "Too many requests",
        "Invalid URL",
        "Invalid header",
        "No query result",
        "No filter result",
        "Unrenderable expression",
    }
)
"""Titles of troubles that have nothing of the site's in their message."""
_TITLES: Final = {
    "Assert header value": "the header has another value",
    "Header not found": "the header is missing",
    "Assert body value": "the body is another one",
    "Assert failure": "the claim does not hold",
}
_USER: Final = re.compile(r"//[^/\s@]*@")
_QUERY: Final = re.compile(r"^([A-Z]+ [^?]*\?).*")
"""Of a request's first line: a query may hold a token."""
_NAMED: Final = re.compile(
    r"""("[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key)"\s{0,9}:\s{0,9}")(?:[^"\\]|\\.)*""",
    re.IGNORECASE,
)
"""A field of a JSON text that says itself what it holds."""
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_FLOAT: Final = re.compile(r"[+-]?[0-9]+\.[0-9]+")


class _Claim(NamedTuple):
    """A failure and how much it weighs."""

    failure: Failure
    severity: Severity


def refuse_writes(check: Check, bounds: Bounds) -> None:
    """Raises CheckFileError for a check that would change something, where that is not allowed: before anything is sent."""
    if bounds.allow_writes:
        return
    for step in check.steps:
        if step.request.method not in READING:
            wanted = (
                f"expected GET, HEAD or OPTIONS: {step.request.method} may change something; "
                "allow it with --allow-writes (input `allow-writes: true`)"
            )
            raise CheckFileError(wanted, path=check.path, place=step.place)


def attempt(check: Check, file: CheckFile, bounds: Bounds, *, total: float = TOTAL_S) -> Attempt:
    """One try at all steps of a check, at most `total` seconds. Raises nothing for what a site or a network does."""
    started = time.time()
    now = datetime.datetime.fromtimestamp(started, datetime.UTC)
    sender = Sender(bounds, total)
    scope = Scope(_variables(bounds), now, lambda: str(uuid4()), file.beside)
    account = follow(check, scope, sender, sender.wait)
    redaction = Redaction({*account.secrets, *bounds.secrets.values(), *sender.passwords})
    claims = _claims(account)
    status, cause = _judged(check, account, claims, sender)
    failed = _told(claims, file.text.split("\n"), redaction)
    return Attempt(
        started_at=moment(started),
        status=status,
        cause=cause,
        message=_message(account, failed, sender if cause == "waf-block" else None),
        phases=sender.phases,
        http_status=sender.status,
        url=redaction.clean(sender.url),  # made printable already
        failed=failed,
    )


def _variables(bounds: Bounds) -> dict[str, object]:
    """As with Hurl's `--variable`, a word that is a number or a truth is one; a secret is always a text."""
    plain = {name: _typed(value) for name, value in bounds.variables.items()}
    return {**plain, **bounds.secrets, "target": bounds.target}


def _typed(text: str) -> object:
    words: dict[str, object] = {"true": True, "false": False, "null": None}
    if text in words:
        return words[text]
    if _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


# --- What is wrong -------------------------------------------------------------------------------


def _claims(account: Account) -> tuple[_Claim, ...]:
    """What fails, first, and then all warnings; an attempt at a step that a later one made good is forgotten."""
    failing = tuple(_Claim(failure, "fail") for failure in account.failures)
    standing = [one for one in account.tries if not one.failures]
    if failing:
        standing.append(account.tries[-1])
    return (*failing, *(claim for one in standing for claim in _warnings(one)))


def _warnings(one: Try) -> Iterable[_Claim]:
    for outcome in one.verdict.outcomes:
        if outcome.failure and outcome.severity == "warn":
            yield _Claim(outcome.failure, "warn")


def _judged(
    check: Check, account: Account, claims: tuple[_Claim, ...], sender: Sender
) -> tuple[Status, Cause | None]:
    failing = [claim.failure for claim in claims if claim.severity == "fail"]
    if not account.tries:
        return "unknown", "unknown"
    if not failing:
        slow = all(_is_about(check, account, claim.failure, "duration") for claim in claims)
        return ("degraded", "slow" if slow else "assertion") if claims else ("up", None)
    if all(failure.title in _OF_THE_CHECK for failure in failing):
        return "unknown", "unknown"
    if sender.wall:
        return "unknown", "waf-block"
    cause = _cause(check, account, failing, sender)
    if cause == "unknown" and sender.cause is None:  # nobody was asked
        return "unknown", cause
    return ("down" if cause == "slow" else status_of(cause)), cause


def _cause(check: Check, account: Account, failing: list[Failure], sender: Sender) -> Cause:
    first = failing[0]
    if first.kind == "error":
        return _cause_of_error(first, sender, asked=any(one.statuses for one in account.tries))
    about_status = any(
        each.title == "Assert status code" or _is_about(check, account, each, "status")
        for each in failing
    )
    status = account.tries[-1].statuses[-1] if account.tries[-1].statuses else 0
    if about_status and status in range(400, 600):
        return "http-4xx" if status < 500 else "http-5xx"  # noqa: PLR2004 (server errors begin)
    return "assertion"


def _cause_of_error(failure: Failure, sender: Sender, *, asked: bool) -> Cause:
    if failure.message == TOO_MANY_REDIRECTS:
        return "redirect-loop"
    if failure.title in ("HTTP connection", "Too many requests") and sender.cause:
        return sender.cause
    return "assertion" if asked else "unknown"


def _is_about(check: Check, account: Account, failure: Failure, query: str) -> bool:
    """Whether the failed claim is one about this query, and not on another."""
    expected = [found for one in account.tries if (found := check.steps[one.step].expected)]
    return any(
        claim.query.name == query and failure.place in (claim.predicate.place, claim.query.place)
        for each in expected
        for claim in each.asserts
    ) or any(
        conditions.is_about(claim, query) and failure.place == claim.place
        for each in expected
        for claim in each.conditions
    )


# --- What is told --------------------------------------------------------------------------------


def _told(claims: tuple[_Claim, ...], lines: list[str], redaction: Redaction) -> tuple[Failed, ...]:
    return tuple(_failed(claim, lines, redaction) for claim in claims[:MOST_FAILED])


def _failed(claim: _Claim, lines: list[str], redaction: Redaction) -> Failed:
    failure = claim.failure
    message, actual = _words(failure, lines)
    return Failed(
        message=redaction.shown(message),
        line=failure.place.line,
        column=failure.place.column,
        severity=claim.severity,
        expected=redaction.shown(failure.expected),
        actual=redaction.shown(_NAMED.sub(rf"\1{MASK}", actual)),
    )


def _words(failure: Failure, lines: list[str]) -> tuple[str, str]:
    """What is wrong in words of ours, and the site's own text."""
    place = failure.place.line
    written = lines[place - 1].strip().removeprefix("- ") if 0 < place <= len(lines) else ""
    written = printable(_QUERY.sub(r"\1…", _USER.sub("//", written)), _CLAIM)
    if failure.title == "Assert status code":
        words = f"the site answered {failure.actual}, not {failure.expected}"
        return words, failure.actual
    if failure.title == "Assert HTTP version":
        return f"HTTP/{failure.actual} was answered: {written}", failure.actual
    if failure.title in _TITLES:
        kinds = " (its kinds do not go together)" if "types" in failure.message else ""
        return f"{_TITLES[failure.title]}{kinds}: {written}", failure.actual
    if failure.title in _OWN_WORDS:
        return f"{failure.message}: {written}", failure.actual
    return f"{failure.title[:1].lower()}{failure.title[1:]}: {written}", failure.message


def _message(account: Account, failed: tuple[Failed, ...], walled: Sender | None) -> str:
    if walled:
        return f"{walled.wall} turned the check away with {walled.status}"
    if not account.tries:
        return "nothing was asked: all steps are skipped"
    if not failed:
        return ""
    more = len(failed) - 1
    return failed[0].message + (f" (and {more} more)" if more else "")
