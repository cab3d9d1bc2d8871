"""An action.yml, read strictly (schema: src/Runner.Worker/action_yaml.json)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

_TOP: Final = frozenset({"name", "description", "author", "branding", "inputs", "outputs", "runs"})
_RUN: Final = frozenset(
    {"name", "id", "if", "env", "continue-on-error", "run", "shell", "working-directory"}
)
_USES: Final = frozenset({"name", "id", "if", "env", "continue-on-error", "uses", "with"})


class ModelError(Exception):
    """Something of an action or a workflow that the runner would refuse, or that this model does not know."""


class Step(NamedTuple):
    """One step of a composite action."""

    id: str
    """Empty where none is given; outputs of such a step are lost."""
    name: str
    condition: str
    env: Mapping[str, str]
    continue_on_error: bool
    run: str = ""
    """A script for bash, the one shell that is modelled."""
    working_directory: str = ""
    uses: str = ""
    arguments: Mapping[str, str] = {}


class Action(NamedTuple):
    """A composite action."""

    folder: Path
    inputs: Mapping[str, str]
    """Defaults by name, not evaluated."""
    outputs: Mapping[str, str]
    """Expressions by name."""
    steps: tuple[Step, ...]


def read_action(path: Path) -> Action:
    """Read an action.yml. Raises ModelError for anything that is not modelled."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    _only(data, _TOP, str(path))
    runs = data["runs"]
    _only(runs, frozenset({"using", "steps"}), "runs")
    if runs["using"] != "composite":
        raise ModelError("only composite actions are modelled")
    inputs = {name: _text(given.get("default", "")) for name, given in data["inputs"].items()}
    outputs = {name: given["value"] for name, given in data.get("outputs", {}).items()}
    steps = tuple(_step(given) for given in runs["steps"])
    named = [step.id for step in steps if step.id]
    if len(named) != len(set(named)):
        raise ModelError("an id stands twice")
    return Action(path.parent, inputs, outputs, steps)


def _step(given: Mapping[str, Any]) -> Step:
    _only(given, _RUN if "run" in given else _USES, "a step")
    common = {
        "id": given.get("id", ""),
        "name": given.get("name", ""),
        "condition": _text(given.get("if", "success()")),
        "env": {name: _text(value) for name, value in given.get("env", {}).items()},
        "continue_on_error": given.get("continue-on-error", False),
    }
    if not isinstance(common["continue_on_error"], bool):
        raise ModelError("continue-on-error is modelled as true or false")
    if "uses" in given:
        arguments = {name: _text(value) for name, value in given.get("with", {}).items()}
        return Step(**common, uses=given["uses"], arguments=arguments)
    if given.get("shell") != "bash":
        raise ModelError("every `run` of a composite action names its shell, and bash is modelled")
    folder = given.get("working-directory", "")
    return Step(**common, run=given["run"], working_directory=folder)


def _only(data: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if odd := set(data) - known:
        raise ModelError(f"{where}: not modelled: {', '.join(sorted(map(str, odd)))}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
