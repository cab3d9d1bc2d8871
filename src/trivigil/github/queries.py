"""Every GraphQL query that is sent. The tests check each against GitHub's published schema."""

from __future__ import annotations

from typing import Final

VIEWER: Final = "query Viewer { viewer { login databaseId } }"
"""Who the token acts as: `GET /user` is refused to installation tokens, and GITHUB_TOKEN is one."""

MINIMIZE: Final = (
    "mutation Minimize($subject: ID!) { minimizeComment(input: {subjectId: $subject,"
    " classifier: OUTDATED}) { minimizedComment { isMinimized } } }"
)
"""Folds a comment away as outdated; REST has no such call."""

REPOSITORY_ID: Final = (
    "query RepositoryId($owner: String!, $name: String!)"
    " { repository(owner: $owner, name: $name) { id } }"
)
"""The node id, which mutations want."""

SWAP_REF: Final = (
    "mutation SwapRef($repository: ID!, $ref: GitRefname!, $before: GitObjectID!,"
    " $after: GitObjectID!) { updateRefs(input: {repositoryId: $repository, refUpdates: [{name: $ref,"
    " beforeOid: $before, afterOid: $after, force: true}]}) { clientMutationId } }"
)
"""Moves a branch to any commit, if it still is at `before`: REST can force, but not compare."""
