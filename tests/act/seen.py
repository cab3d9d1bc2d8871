"""What people see on the double after a run: the comment, its sections, the check runs."""

from __future__ import annotations

import json
import re

from tests.github_double import CheckRun, Comment, Repository

_SECTION = re.compile(r"^<!-- trivigil:section (\{.*\}) -->$", re.MULTILINE)


def the_comment(repository: Repository, number: int = 7) -> Comment:
    """The only comment of a pull request."""
    comments = repository.comments(number)
    assert len(comments) == 1, [comment.body[:200] for comment in comments]
    return comments[0]


def verdicts(comment: Comment) -> dict[str, str]:
    """What the sections of a comment say about each watch."""
    hidden = [json.loads(text) for text in _SECTION.findall(comment.body)]
    return {section["name"]: section["verdict"] for section in hidden}


def conclusions(repository: Repository, sha: str | None = None) -> dict[str, str | None]:
    """The conclusions of a commit's check runs by name; each name stands once."""
    runs = repository.check_runs(sha)
    assert len({run.name for run in runs}) == len(runs), [run.name for run in runs]
    return {run.name: run.conclusion for run in runs}


def the_check_run(repository: Repository, sha: str) -> CheckRun:
    """The only check run of a commit."""
    runs = repository.check_runs(sha)
    assert len(runs) == 1, [run.name for run in runs]
    return runs[0]
