"""A stateful GitHub on loopback: real HTTP, contract-checked, with faults that tests can set.

    with GitHubDouble() as github:
        shop = github.repository("octo/shop")
        shop.pull(number=7)
        token = github.installation_token(shop, {"pull_requests": "write"})
        ...                                  # anything that speaks HTTP: PyGithub, a runner, curl
        assert len(github.calls("POST")) == 1

How it is made: `server` (sockets) -> `dispatch` (one request, a straight line) -> `subjects` (one
file a subject, rows of a route table). `contract` judges every request and answer against GitHub's
own description, `policy` adds the limits that it does not state. A new subject is a file in
`subjects` and a line in its table; its records live in `repository.part(...)`.

Known differences from GitHub: the Link header keeps /repos/owner/name instead of /repositories/id;
secondary limits come as faults, never by counting; a commit is known when a test or a push names it.
"""

from .double import GitHubDouble
from .exchange import Exchange, Journal, Request
from .state.people import ACTIONS_APP, App, Person
from .state.repository import Repository, made_up_sha
from .state.world import Options
from .subjects.check_runs import Annotation, CheckRun
from .subjects.comments import Comment
from .subjects.pulls import Pull, PullFile
from .violations import Violation

__all__ = [
    "ACTIONS_APP",
    "Annotation",
    "App",
    "CheckRun",
    "Comment",
    "Exchange",
    "GitHubDouble",
    "Journal",
    "Options",
    "Person",
    "Pull",
    "PullFile",
    "Repository",
    "Request",
    "Violation",
    "made_up_sha",
]
