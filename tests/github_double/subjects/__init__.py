"""The calls that the double models, a subject a file. A new subject is a file and a line here."""

from __future__ import annotations

from . import (
    artifacts,
    check_run_lists,
    check_runs,
    code_scanning,
    comments,
    commits,
    contents,
    git_objects,
    git_refs,
    graphql,
    issue_calls,
    labels,
    pull_calls,
    rate_limit,
    repositories,
    statuses,
    users,
)

ROUTES = (
    *repositories.ROUTES,
    *pull_calls.ROUTES,
    *commits.ROUTES,
    *contents.ROUTES,
    *git_objects.ROUTES,
    *git_refs.ROUTES,
    *comments.ROUTES,
    *issue_calls.ROUTES,
    *labels.ROUTES,
    *check_runs.ROUTES,
    *check_run_lists.ROUTES,
    *statuses.ROUTES,
    *code_scanning.ROUTES,
    *artifacts.ROUTES,
    *rate_limit.ROUTES,
    *users.ROUTES,
    *graphql.ROUTES,
)
