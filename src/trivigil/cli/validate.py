"""`trivigil validate FILE…`: check what people wrote, and what we wrote, against the published contracts."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from referencing import Registry

    from trivigil.cli.console import Console
    from trivigil.located import Node

BY_KEY: Final = {
    "trivigil/checks/1": "checks",
    "trivigil/report/1": "report",
    "trivigil/handover/1": "handover",
    "trivigil/measurements/1": "measurements",
    "trivigil/suppressions/1": "suppressions",
    "trivigil/security-report/1": "security-report",
    "trivigil/monitoring-baseline/1": "monitoring-baseline",
}
"""Kinds of files by their `schema` key."""


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Say of each file what it is and that it holds; exit 2 after the first sentence of each that does not."""
    from trivigil import schemas

    parser = Parser(
        "trivigil validate",
        description="Check budgets, suppressions, configuration, check files (*.yml), measurements, a baseline, a report or a hand-over.",
    )
    parser.add_argument("paths", nargs="+", metavar="FILE")
    parser.add_argument(
        "--as", dest="kind", choices=schemas.NAMES, help="what it is, instead of guessing"
    )
    arguments = parser.parse_intermixed_args(argv)
    code = 0
    for path in arguments.paths:
        try:
            console.say(f"{path}: valid {check(path, arguments.kind)}")
        except InputError as error:
            console.error(str(error))
            code = 2
    return code


def check(path: str, kind: str | None = None) -> str:
    """The kind of the file. Raises InputError at the first thing wrong in it."""
    from trivigil import config, files, located
    from trivigil.monitor.synthetic.yml import checks
    from trivigil.perf import budgets
    from trivigil.security import suppressions

    text = files.read(path)
    node = located.load(text, path)
    found = kind or guess(node, path)
    if found == "budgets":
        budgets.read(text, path)
    elif found == "config":
        config.check(text, path)
    elif found == "suppressions":
        suppressions.read(text, path)
    elif found == "checks":
        checks.read(text, path, "")
    elif found == "monitoring-baseline":
        from trivigil.monitor.baseline import reading

        reading.read(text, path)
    elif found == "handover":
        _read_handover(text, path)
    _against_schema(node, found, path)
    if found == "measurements":
        _consistent(node, path)
    return found


def guess(node: Node, path: str) -> str:
    """What a file is: by its `schema` key, by its own name or its members, else budgets."""
    from trivigil import config
    from trivigil.security import suppressions

    members = node.value if isinstance(node.value, dict) else {}
    schema = members.get("schema")
    if schema is not None and schema.value in BY_KEY:
        return BY_KEY[str(schema.value)]
    if "suppressions" in members or os.path.basename(path) == suppressions.FILE:
        return "suppressions"
    if {"checks", "steps", "url"} & members.keys() and path.lower().endswith((".yml", ".yaml")):
        return "checks"
    shown = os.path.abspath(path).replace(os.sep, "/")
    named = shown.endswith(tuple(f"/{name}" for name in config.FILES))
    return "config" if named or _has_settings(members) else "budgets"


def _has_settings(members: Mapping[str, Node]) -> bool:
    """Whether all members are settings: a benchmark may have the name of one, but its budget is an object."""
    from trivigil import config

    models = config.MODELS.values()
    known = {name.replace("_", "-") for model in models for name in model.model_fields}
    given = {name.replace("_", "-"): node for name, node in members.items() if name != "$schema"}
    telling = any(
        name in config.WATCHES or not isinstance(node.value, dict) for name, node in given.items()
    )
    return telling and given.keys() <= known.union(config.WATCHES)


def _read_handover(text: str, path: str) -> None:
    from trivigil.publish import handover

    try:
        handover.parse(text)
    except InputError as error:
        raise InputError(error.message, path=path, line=error.line, key=error.key) from None


def _consistent(node: Node, path: str) -> None:
    from trivigil.perf.readers import generic_json

    try:
        generic_json.check(node.plain())
    except InputError as error:
        raise InputError(error.message, path=path) from None


def _against_schema(node: Node, name: str, path: str) -> None:
    """The published schema has the last word, so that editors and we never disagree in silence."""
    import jsonschema

    from trivigil import schemas

    schema = json.loads(schemas.text(name))
    validator = jsonschema.Draft202012Validator(schema, registry=_registry())
    error = next(iter(validator.iter_errors(node.plain())), None)
    if error is None:
        return
    place = node
    for step in error.absolute_path:
        members = place.value
        place = members[step] if isinstance(members, dict | list) else place
    key = ".".join(str(step) for step in error.absolute_path) or "the file"
    raise InputError(
        printable(error.message, 300),
        path=path,
        line=place.key_line or place.line,
        key=printable(key),
    )


def _registry() -> Registry[Any]:
    """The published schemas, so that one may refer to another and nothing is fetched."""
    from referencing import Registry, Resource

    from trivigil import schemas

    known = (json.loads(schemas.text(name)) for name in schemas.NAMES)
    return Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in known
    )
