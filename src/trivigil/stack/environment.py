"""The environment that programs of the user get from us: theirs, without what only we may use.

A stack and a load tool run code of the workspace, which under a pull request is anybody's code. They
get no token, and no file by which a step speaks to the runner (GITHUB_ENV and its like change later
steps; ACTIONS_RUNTIME_TOKEN writes caches and artifacts). See GitHub's "Security hardening for
GitHub Actions" and actions/runner, `FileCommandManager.cs`.
"""

from __future__ import annotations

from collections.abc import Mapping

_OURS_ONLY = frozenset(
    {
        "GH_ENTERPRISE_TOKEN",
        "GH_TOKEN",
        "GITHUB_ENTERPRISE_TOKEN",
        "GITHUB_ENV",
        "GITHUB_OUTPUT",
        "GITHUB_PATH",
        "GITHUB_STATE",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_TOKEN",
    }
)
# ACTIONS_: the runner's own tokens and addresses. INPUT_, TRIVIGIL_: inputs, secrets among them.
_OURS_ONLY_PREFIXES = ("ACTIONS_", "INPUT_", "TRIVIGIL_")


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy of `environ` without tokens, inputs and the runner's command files."""
    return {name: value for name, value in environ.items() if not _withheld(name.upper())}


def _withheld(name: str) -> bool:
    return name in _OURS_ONLY or name.startswith(_OURS_ONLY_PREFIXES)
