"""The checkout that paths are relative to, and the files of it at which findings without a place are shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.publish.annotations import Checkout
from trivigil.render.sarif import Anchors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_IMAGE: Final = ("Dockerfile", "Containerfile", "docker/Dockerfile")
_SETTINGS: Final = (".trivigil.yml", ".github/trivigil.yml", ".trivigil-suppressions.yml")
_ABOUT: Final = ("README.md", "README.rst", "README")


def checkout(environ: Mapping[str, str]) -> Checkout:
    """That of the run, or the working directory."""
    workspace = os.path.abspath(environ.get("GITHUB_WORKSPACE") or os.getcwd())
    others = (*_workflow(environ), *_SETTINGS, *_ABOUT)
    anchors = Anchors(_first(_IMAGE, workspace), _first(others, workspace))
    shown = workspace.replace(os.sep, "/")
    return Checkout(shown, shown, anchors)


def _workflow(environ: Mapping[str, str]) -> Iterable[str]:
    """The workflow's file, where it is one of this repository's (`octo/shop/.github/workflows/ci.yml@refs/heads/main`)."""
    own = f"{environ.get('GITHUB_REPOSITORY', '')}/"
    path = environ.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    return (path.removeprefix(own),) if path.startswith(own) and len(own) > 1 else ()


def _first(paths: Iterable[str], workspace: str) -> str | None:
    return next((path for path in paths if os.path.isfile(os.path.join(workspace, path))), None)
