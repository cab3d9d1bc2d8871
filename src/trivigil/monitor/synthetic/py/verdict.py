"""What came of a check function's process, as an `Attempt`. Nothing that the process told is believed unseen."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from trivigil.core.untrusted import printable
from trivigil.monitor.facts import Attempt, Failed, Status, status_of
from trivigil.monitor.redaction import Redaction
from trivigil.web.observation import Cause, Phases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .process import Ended

_CLAIM: Final = 160
_ABOUT_STATUS: Final = re.compile(
    r"\bstatus_code\b|\.status\b|\.is_success\b|\.is_error\b|\braise_for_status\b|\.ok\b"
)
_BROWSER: Final[tuple[tuple[str, Cause], ...]] = (
    ("ERR_CONNECTION_REFUSED", "refused"),
    ("ERR_CONNECTION_RESET", "reset"),
    ("ERR_EMPTY_RESPONSE", "reset"),
    ("ERR_NAME_NOT_RESOLVED", "dns-nxdomain"),
    ("ERR_CONNECTION_TIMED_OUT", "connect-timeout"),
    ("ERR_TIMED_OUT", "ttfb-timeout"),
    ("ERR_CERT_DATE_INVALID", "tls-expired"),
    ("ERR_CERT_COMMON_NAME_INVALID", "tls-name"),
    ("ERR_CERT_", "tls-untrusted"),
    ("ERR_SSL_", "tls-handshake"),
    ("ERR_TOO_MANY_REDIRECTS", "redirect-loop"),
    ("ERR_CONTENT_LENGTH_MISMATCH", "transfer-short"),
)
"""Chromium's words for what the network did (net/base/net_error_list.h)."""


def attempt(
    ended: Ended, text: str, started_at: str, limit: float, secrets: Iterable[str]
) -> Attempt:
    """The attempt; `text` is the check file's, `secrets` are the run's values that are shown nowhere."""
    told = ended.told or {}
    redaction = Redaction({*secrets, *_texts(told.get("secrets"))})
    if ended.late:
        message = f"the check takes longer than the {limit:g} s that it may take"
        return _silent(ended, redaction, message)._replace(
            started_at=started_at, status="down", cause="slow"
        )
    if ended.told is None:
        code = "" if ended.code is None else f" (exit {ended.code})"
        message = f"the check's process ended without a result{code}"
        return _silent(ended, redaction, message)._replace(started_at=started_at)
    warned = tuple(_warnings(told, text, redaction))
    failure = _failure(told, ended.printed, text, redaction)
    status, cause = _judged(told, text, failure, warned)
    failed = (failure, *warned) if failure else warned
    return Attempt(
        started_at,
        status,
        cause,
        _message(told, failed, cause),
        phases=_phases(told.get("phases")),
        http_status=_whole(told.get("status")),
        url=redaction.shown(_word(told.get("url"))),
        failed=failed,
    )


def _silent(ended: Ended, redaction: Redaction, message: str) -> Attempt:
    failed = Failed(message, actual=redaction.shown(_tail(ended.printed)))
    return Attempt("", "unknown", "unknown", message, failed=(failed,))


def _judged(
    told: Mapping[str, Any], text: str, failure: Failed | None, warned: tuple[Failed, ...]
) -> tuple[Status, Cause | None]:
    if failure is None:
        return ("degraded", "assertion") if warned else ("up", None)
    if told.get("undone") or told.get("outcome") == "broken":
        return "unknown", "unknown"
    if told.get("wall"):
        return "unknown", "waf-block"
    cause = _cause_of_network(told)
    if cause:
        return ("down" if cause == "slow" else status_of(cause)), cause
    if not told.get("asserted") and not told.get("asked"):
        return "unknown", "unknown"  # it broke off before anybody was asked
    status = _whole(told.get("status")) or 0
    about = told.get("by_status") or _ABOUT_STATUS.search(_line(text, failure.line))
    if about and status in range(400, 600):
        return "down", "http-4xx" if status < 500 else "http-5xx"  # noqa: PLR2004 (server errors begin)
    return "down", "assertion"


def _cause_of_network(told: Mapping[str, Any]) -> Cause | None:
    found = told.get("cause")
    if found in get_args(Cause):
        return cast("Cause", found)
    if told.get("asserted"):
        return None
    message = _word(told.get("message"))
    return next((cause for word, cause in _BROWSER if f"net::{word}" in message), None)


# --- Words ---------------------------------------------------------------------------------------


def _failure(
    told: Mapping[str, Any], printed: str, text: str, redaction: Redaction
) -> Failed | None:
    if told.get("outcome") == "passed":
        return None
    undone, reason = _word(told.get("undone")), _word(told.get("reason"))
    line = _whole(told.get("line")) or None
    written = _line(text, line)
    actual = _word(told.get("message")) or _tail(printed)
    kind = printable(_word(told.get("error")) or "an error", 60)
    if undone:
        said = undone
    elif told.get("outcome") == "broken":
        said = f"the check file cannot be loaded: {kind}"
    elif told.get("asserted"):
        said = "the claim does not hold"
    elif reason and told.get("cause"):
        said = reason
    else:
        said = f"the check broke off with {kind}"
    message = f"{said}: {written}" if written else said
    column = _whole(told.get("column")) or None
    return Failed(redaction.shown(message), line, column, actual=redaction.shown(actual))


def _warnings(told: Mapping[str, Any], text: str, redaction: Redaction) -> Iterable[Failed]:
    found = told.get("warned")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, list) and len(each) == 2:  # noqa: PLR2004 (message and line)
            line = _whole(each[1]) or None
            message = redaction.shown(f"a claim that warns does not hold: {_line(text, line)}")
            actual = redaction.shown(_word(each[0]))
            yield Failed(message, line, severity="warn", actual=actual)


def _message(told: Mapping[str, Any], failed: tuple[Failed, ...], cause: Cause | None) -> str:
    if cause == "waf-block":
        wall = printable(_word(told.get("wall")), 60)
        return f"{wall} turned the check away with {_whole(told.get('status'))}"
    if not failed:
        return ""
    more = len(failed) - 1
    return failed[0].message + (f" (and {more} more)" if more else "")


def _line(text: str, line: int | None) -> str:
    lines = text.split("\n")
    found = lines[line - 1].strip() if line and line <= len(lines) else ""
    return printable(found, _CLAIM)


def _tail(printed: str) -> str:
    """The last lines of what was printed."""
    return " / ".join(line.strip() for line in printed.splitlines()[-8:] if line.strip())[-300:]


# --- Values of unknown kind ----------------------------------------------------------------------


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _whole(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None


def _phases(value: object) -> Phases:
    found = value if isinstance(value, list) and len(value) == len(Phases._fields) else []
    return Phases(*(each if _is_time(each) else None for each in found))


def _is_time(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(cast("float", value)) and cast("float", value) >= 0
