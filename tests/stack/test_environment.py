"""What programs of the user find in their environment."""

from __future__ import annotations

import pytest

from trivigil.stack.environment import child_environment


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("GITHUB_TOKEN", id="the job's token"),
        pytest.param("GH_TOKEN", id="the gh program's token"),
        pytest.param("GH_ENTERPRISE_TOKEN", id="the gh program's token for a server"),
        pytest.param("TRIVIGIL_GITHUB_TOKEN", id="our token"),
        pytest.param("TRIVIGIL_SLACK_WEBHOOK", id="an address that lets its owner write"),
        pytest.param("INPUT_GITHUB-TOKEN", id="an input"),
        pytest.param("ACTIONS_RUNTIME_TOKEN", id="writes artifacts and caches"),
        pytest.param("ACTIONS_ID_TOKEN_REQUEST_TOKEN", id="speaks for the repository to a cloud"),
        pytest.param("ACTIONS_RESULTS_URL", id="where the runner's services are"),
        pytest.param("GITHUB_OUTPUT", id="sets the step's outputs"),
        pytest.param("GITHUB_ENV", id="changes the environment of later steps"),
        pytest.param("GITHUB_PATH", id="changes the programs of later steps"),
        pytest.param("GITHUB_STEP_SUMMARY", id="writes on the run's page"),
        pytest.param("GITHUB_STATE", id="speaks to a later step"),
        pytest.param("github_token", id="lower case, which Windows takes for the same"),
    ],
)
def test_withheld(name: str) -> None:
    """A program of the user never gets this variable."""
    assert child_environment({name: "secret", "PATH": "/bin"}) == {"PATH": "/bin"}


def test_kept() -> None:
    """Everything else stays, and the caller's mapping is not changed."""
    environ = {"PATH": "/bin", "GITHUB_SHA": "1", "GITHUB_WORKSPACE": "/w", "CI": "true"}
    assert child_environment(environ | {"GITHUB_TOKEN": "x"}) == environ
