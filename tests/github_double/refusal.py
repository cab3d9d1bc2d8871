"""GitHub's refusals: one exception that carries the status and body that GitHub would answer.

The wording is GitHub's own; sources stand in the project's reference on publishing (facts C).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .exchange import NOTHING, Answer

DOCS = "https://docs.github.com/rest"
NO_ACCESS = "Resource not accessible by integration"
NO_ACCESS_PERSONAL = "Resource not accessible by personal access token"
APP_ONLY = "You must authenticate via a GitHub App."


class Refusal(Exception):
    """A call that GitHub would refuse."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] = NOTHING,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.errors = [dict(error) for error in errors]
        self.headers = headers

    def answer(self, documentation_url: str = DOCS) -> Answer:
        """The refusal as GitHub words it."""
        body: dict[str, Any] = {"message": self.message}
        if self.errors:
            body["errors"] = self.errors
        body |= {"documentation_url": documentation_url, "status": str(self.status)}
        return Answer(self.status, body, self.headers)


def not_found() -> Refusal:
    """404: not there, or not to be seen by this token (GitHub does not say which)."""
    return Refusal(404, "Not Found")


def unprocessable(resource: str, field: str, code: str, message: str = "") -> Refusal:
    """422 with one entry in errors[]."""
    error = {"resource": resource, "field": field, "code": code}
    return Refusal(
        422, "Validation Failed", errors=[error | ({"message": message} if message else {})]
    )


def invalid_request(details: Sequence[str]) -> Refusal:
    """422 of a body that does not fit GitHub's schema."""
    return Refusal(422, "Invalid request.\n\n" + "\n".join(details))
