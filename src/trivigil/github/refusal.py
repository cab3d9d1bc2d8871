"""What GitHub refused, in words, with the permission line that mends it.

Pure: from status, headers and body to a sentence. Sources: docs.github.com "Troubleshooting the
REST API" (X-Accepted-GitHub-Permissions: `;` between alternatives, `,` between what is needed
together) and "Rate limits for the REST API".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.errors import PublishError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE, TOO_MANY = 401, 403, 404, 410, 429
UNPROCESSABLE: Final = 422
SERVER_ERROR: Final = 500

NEEDED: Final = {
    "comment": "pull-requests: write",
    "check-run": "checks: write",
    "status": "statuses: write",
    "issue": "issues: write",
    "sarif": "security-events: write",
}
"""The least permission of each channel."""


PERSONAL: Final = (
    "only a job's own token or a GitHub App may write check runs, not a personal token"
)


class Refusal(NamedTuple):
    """One channel that could not be used, and why."""

    channel: str
    status: int | None
    """HTTP status; None where no answer came."""
    reason: str
    permission: str | None = None
    """What to add below `permissions:` in the workflow, as `checks: write`."""

    @property
    def for_good(self) -> bool:
        """Whether this token will never do it, so that another channel may stand in."""
        return self.permission is not None or self.reason == PERSONAL

    @property
    def sentence(self) -> str:
        """For people: what is missing, why, and what to add."""
        advice = f"; add `{self.permission}` to the job's permissions" if self.permission else ""
        return f"{self.channel} not published: {self.reason}{advice}"


class Refused(PublishError):
    """A call that GitHub did not carry out, or did not answer.

    `forbidden`: the token lacks a permission. `unclear`: the call may have been carried out all the
    same. `limited`: a rate limit, so it was not; `pause` is how many seconds GitHub asks to wait.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        permission: str | None = None,
        forbidden: bool = False,
        unclear: bool = False,
        limited: bool = False,
        pause: float = 0.0,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.permission = permission
        self.forbidden = forbidden
        self.unclear = unclear
        self.limited = limited
        self.pause = pause

    def of(self, channel: str) -> Refusal:
        """As the value that the plan remembers; the line is what the whole channel needs."""
        return Refusal(channel, self.status, self.message, self._line(channel))

    def _line(self, channel: str) -> str | None:
        if not self.forbidden:
            return None
        needed = NEEDED.get(channel)
        if channel == "issue":
            # GitHub takes pull-requests: write for the same paths, but not on an issue.
            return needed
        reads = needed is not None and self.permission == needed.replace("write", "read")
        return needed if reads or self.permission is None else self.permission


def permission_line(header: str | None) -> str | None:
    """`pull-requests: write` for `issues=write; pull_requests=write`.

    Of several alternatives the one with fewest permissions, and among these pull requests before
    issues, because that line lets a job touch less.
    """
    alternatives = [
        sorted(one.strip() for one in part.split(",") if "=" in one)
        for part in (header or "").split(";")
    ]
    usable = [part for part in alternatives if part]
    if not usable:
        return None
    chosen = min(usable, key=lambda part: (len(part), "pull_requests" not in part[0], part))
    pairs = (one.partition("=") for one in chosen)
    lines = (f"{name.replace('_', '-')}: {level}" for name, _, level in pairs)
    return printable(", ".join(lines), 200)


def translate(status: int, headers: Mapping[str, str], data: object, *, now: float) -> Refused:
    """The answer of a failed call. `headers` have lower-case names; `now` is in Unix seconds."""
    message = _message(data)
    if status >= SERVER_ERROR:
        return Refused(f"GitHub answered {status}", status=status, unclear=True)
    if _limited(status, headers, message):
        pause = _pause(headers, now)
        reason = (
            f"GitHub's rate limit is reached; it opens again in {pause:.0f} s, "
            "longer than a publish waits"
        )
        return Refused(reason, status=status, limited=True, pause=pause)
    forbidden = status == FORBIDDEN and "not accessible by" in message
    return Refused(
        _reason(status, message, forbidden=forbidden),
        status=status,
        permission=permission_line(headers.get("x-accepted-github-permissions")),
        forbidden=forbidden,
    )


def _message(data: object) -> str:
    """GitHub's own words, its list of errors included, made harmless."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    listed = errors if isinstance(errors, list) else []
    parts = [data.get("message")]
    parts += [_error(one) if isinstance(one, dict) else one for one in listed]
    return printable("; ".join(part for part in parts if isinstance(part, str)), 500)


def _error(one: Mapping[str, object]) -> object:
    """An entry of the list of errors; GitHub words some of them, and others are a field and a code."""
    if one.get("message") or not isinstance(one.get("field"), str):
        return one.get("message")
    return f"{one['field']}: {one.get('code')}"


def issues_off(refused: Refused) -> bool:
    """Whether the repository has no issues."""
    return refused.status == GONE and "disabled" in refused.message


def _limited(status: int, headers: Mapping[str, str], message: str) -> bool:
    if status == TOO_MANY:
        return True
    words = message.lower()
    return status == FORBIDDEN and (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or words.startswith("api rate limit exceeded")
        or "secondary rate limit" in words
    )


def _pause(headers: Mapping[str, str], now: float) -> float:
    """What to wait: Retry-After, else until the reset, else a minute as the documentation asks."""
    asked = headers.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return float(asked)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(float(reset) - now, 0.0) + 1.0
    return 60.0


def _reason(status: int, message: str, *, forbidden: bool) -> str:
    said = f": {message}" if message else ""
    if status == UNAUTHORIZED:
        return f"GitHub does not accept the token (401{said})"
    if forbidden:
        return f"the token may not do this (403{said})"
    if "authenticate via a GitHub App" in message:
        return PERSONAL
    if "locked" in message.lower():
        return f"the conversation is locked ({status}{said})"
    if "archived" in message.lower():
        return f"the repository is archived and takes no writes ({status}{said})"
    if status == NOT_FOUND:
        told = "" if message.lower() in {"", "not found"} else said
        return f"GitHub finds no such place, or the token may not see it (404{told})"
    if status == GONE:
        off = "issues has been disabled" in message.lower()
        what = "issues are switched off in this repository" if off else "it is switched off or gone"
        return f"{what} ({status}{said})"
    return f"GitHub refused ({status}{said})"
