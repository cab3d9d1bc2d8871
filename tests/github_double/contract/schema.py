"""GitHub's published GraphQL schema, where a copy of it is found (npm @octokit/graphql-schema).

$TRIVIGIL_GRAPHQL_SCHEMA names the file `schema.graphql`.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema, parse, validate


def location() -> Path | None:
    """Where the schema lies, or None where it was not given."""
    given = os.environ.get("TRIVIGIL_GRAPHQL_SCHEMA")
    return Path(given) if given and Path(given).is_file() else None


@cache
def load(path: Path) -> GraphQLSchema:
    """The schema of this file; takes seconds, so once a process."""
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


@cache
def faults(query: str) -> tuple[str, ...]:
    """What GitHub's schema has against a query; nothing where there is no schema."""
    path = location()
    if path is None:
        return ()
    return tuple(error.message for error in validate(load(path), parse(query)))
