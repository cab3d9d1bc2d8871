from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A pull request on a fresh double; any breach of GitHub's contract fails the test."""
    with GitHubDouble() as github:
        yield Scene(github, tmp_path)
        github.assert_clean()
