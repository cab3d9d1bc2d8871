"""The files of a pull request's diff (OpenAPI, `pulls/list-files`): the first hundred, by one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.github import records
from trivigil.github.client import PER_PAGE

if TYPE_CHECKING:
    from trivigil.github.client import Client
    from trivigil.github.records import PullFile


def first(client: Client, number: int) -> tuple[PullFile, ...]:
    """The files that a pull request changes, as far as one call tells them. Raises Refused."""
    return client.call("GET", f"pulls/{number}/files?per_page={PER_PAGE}", _files)


def _files(data: object) -> tuple[PullFile, ...]:
    return tuple(map(records.pull_file, records.listed(data)))
