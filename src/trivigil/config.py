"""What a team sets: the actions' inputs and `.trivigil.yml`, as one frozen model.

The order is input, then the watch's own section of the file, then the file's common part, then the default here.
An input is the environment variable TRIVIGIL_<NAME>, written by our action.yml; empty means unset.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
)

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.located import Node

WATCHES: Final = ("perf", "security", "monitor")
FILES: Final = (".trivigil.yml", ".github/trivigil.yml")
MAX_NAME: Final = 100


def _lines(value: object) -> object:
    """A list written as text: one item a line."""
    return (
        [line.strip() for line in value.splitlines() if line.strip()]
        if isinstance(value, str)
        else value
    )


def _words(value: object) -> object:
    """A list written as text: items between commas or blanks."""
    return re.split(r"[\s,]+", value.strip()) if isinstance(value, str) else value


def _items(value: object) -> object:
    """A list written as text: items between commas or line ends; blanks belong to them."""
    if not isinstance(value, str):
        return value
    return [item.strip() for item in re.split(r"[,\n]", value) if item.strip()]


def _number_as_text(value: object) -> object:
    """`run-time: 30` in YAML is a number; it means 30 seconds."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_LISTED: Final = WithJsonSchema(
    {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}
)
Lines = Annotated[tuple[str, ...], BeforeValidator(_lines), _LISTED]
Words = Annotated[tuple[str, ...], BeforeValidator(_words), _LISTED]
Items = Annotated[tuple[str, ...], BeforeValidator(_items), _LISTED]
Duration = Annotated[
    str, BeforeValidator(_number_as_text), WithJsonSchema({"type": ["string", "integer"]})
]


def _truth_as_text(value: object) -> object:
    """`comment-recreate: true` in YAML is no text."""
    return str(value).lower() if isinstance(value, bool) else value


OneOf = Annotated[
    Literal["false", "true", "hide"],
    BeforeValidator(_truth_as_text),
    WithJsonSchema({"enum": [False, True, "false", "true", "hide"]}),
]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Common(BaseModel):
    """What every watch understands."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=_kebab, populate_by_name=True
    )

    name: str = Field("", max_length=MAX_NAME, description="Identity of this watch.")
    working_directory: str = Field(".", description="Folder that other paths are relative to.")
    start: str = Field("", description="Compose file, Procfile or command of the application.")
    wait_for: Lines = Field((), description="URLs that must answer before the work begins.")
    publish: Words = Field(("auto",), description="auto, none, or a list of channels.")
    comment_mode: Literal["always", "on-change", "on-failure", "never"] = Field(
        "always", description="When the comment is written."
    )
    comment_recreate: OneOf = Field(
        "false", description="Whether a new commit gets a new comment: false, true, hide."
    )
    publish_required: bool = Field(
        default=False, description="Whether a wanted channel that is refused fails the step."
    )
    issue_labels: Items = Field(("trivigil",), description="Labels of a new issue; none: no label.")
    issue_assignees: Items = Field((), description="Who a new issue is assigned to.")
    issue_milestone: int | None = Field(
        None, ge=1, description="Number of a new issue's milestone."
    )
    disclose: bool = Field(
        default=False, description="Whether a public repository shows what may hold secrets."
    )
    fail: bool = Field(default=True, description="Whether a failed gate fails the step.")
    output_dir: str = Field("", description="Folder for everything that is written.")
    artifact_name: str = Field("", description="Name of the artifact; none: no artifact.")
    keep_raw: bool = Field(default=True, description="Whether raw tool output joins the artifact.")


class Amounts(BaseModel):
    """What a configuration file changes in a load profile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: int | None = Field(None, ge=1, le=1_000_000, description="Users.")
    rate: float | None = Field(None, gt=0, le=1_000_000, description="Users started per second.")
    ramp: Duration = Field("", description="Time until all users are there, instead of `rate`.")
    duration: Duration = Field("", description="Length of the run, with its ramp.")
    steps: int | None = Field(None, ge=2, le=50, description="Steps of a stepped load.")


def _profiles_schema() -> dict[str, Any]:
    """One section a profile, without references, so that it can stand inside another schema."""
    members = Amounts.model_json_schema()["properties"]
    amounts = {key: _written(value) for key, value in members.items()}
    section = {"type": "object", "additionalProperties": False, "properties": amounts}
    names = ("smoke", "load", "stress", "endurance")
    sections = dict.fromkeys(names, section)
    return {"type": "object", "additionalProperties": False, "properties": sections}


def _written(property_: dict[str, Any]) -> dict[str, Any]:
    """A property without what an editor does not need."""
    return {key: value for key, value in property_.items() if key not in ("default", "title")}


Profiles = Annotated[
    dict[Literal["smoke", "load", "stress", "endurance"], Amounts],
    WithJsonSchema(_profiles_schema()),
]


class Perf(Common):
    """What the performance gate understands."""

    results: Lines = Field((), description="Lines of [tool=]glob: judge files that are there.")
    merge: Literal["auto", "shards", "repetitions"] = Field(
        "auto", description="What several runs among the results are to each other."
    )
    parts: int | None = Field(None, ge=1, le=10_000, description="How many runs there must be.")
    tool: str = Field("", description="Load tool to start.")
    tool_version: Duration = Field("", description="Version of the tool to install.")
    script: str = Field("", description="Load script: a locustfile, a k6 script.")
    command: str = Field("", description="Command that writes a known format, in place of `tool`.")
    profile: Words = Field(
        ("auto",), description="smoke, load, stress, endurance, full, or auto by event."
    )
    profiles: Profiles = Field({}, description="What is changed in a profile; in the file only.")
    host: str = Field("", description="URL to load.")
    users: int | None = Field(None, ge=1, le=1_000_000)
    spawn_rate: float | None = Field(None, gt=0, le=1_000_000)
    run_time: Duration = Field("", description="Length of the run, such as 30s or 5m.")
    timeout: Duration = Field("", description="Stop the tool after this long.")
    processes: int = Field(
        0, ge=0, le=256, description="Worker processes on this machine (Locust)."
    )
    workers: int = Field(0, ge=0, le=10_000, description="Workers on other machines (Locust).")
    shard: str = Field("", description="Which part of the load this job runs, as 1/4 (k6).")
    allow_remote: bool = Field(default=False, description="The host may be another machine.")
    thresholds: str = Field("", description="Budgets file.")


class Security(Common):
    """What the security gate understands."""

    results: Lines = Field((), description="Lines of [tool=]glob: files that scanners wrote.")
    scanners: Words = Field((), description="Scanners to start, such as bandit@1.9.4, gitleaks.")
    command: str = Field("", description="Any command that writes a known format, as a scanner.")
    scanner_args: Lines = Field((), description="Lines of scanner=words that are added to its own.")
    timeout: Duration = Field("", description="How long each scanner may take, such as 10m.")
    target: str = Field("", description="URL of the running application, for its scanners.")
    image: str = Field("", description="Container image, for scanners of images.")
    allow_remote: bool = Field(default=False, description="The target may be another machine.")
    allow_private: bool = Field(
        default=False, description="Tests may ask another machine with a private address."
    )
    allow_writes: bool = Field(
        default=False, description="Tests may send what changes something in the application."
    )
    fail_on: Literal["critical", "high", "medium", "low", "info", "unknown", "none"] = Field(
        "high", description="Lowest severity that fails; none: nothing found fails."
    )
    unknown_severity: Literal["pass", "fail"] = Field(
        "pass", description="Whether a finding that nobody rated fails: pass, fail."
    )
    require: Words = Field((), description="Tools of which a complete scan must be there.")
    tolerate: Words = Field((), description="Tools whose incomplete scans only warn.")
    max_age: Duration = Field("", description="How old a scan may be, such as 24h.")
    suppressions: str = Field("", description="File that says what is accepted, and why.")


class Monitor(Common):
    """What the watch over production understands."""

    target: str = Field("", description="URL of what is watched.")
    target_name: str = Field(
        "", max_length=MAX_NAME, description="What is shown in place of the target's URL."
    )
    tests: str = Field("", description="Folder with check files.")
    allow_private: bool = Field(
        default=False, description="Private and loopback addresses may be asked."
    )
    allow_writes: bool = Field(
        default=False, description="Checks may use methods other than GET, HEAD and OPTIONS."
    )
    timeout: Duration = Field("", description="Time for one request, such as 10s.")
    run_time: Duration = Field("", description="Time for the whole run, such as 5m.")
    retries: int = Field(2, ge=0, le=10, description="More attempts after a failed one.")
    slow: int | None = Field(
        None, ge=1, le=600_000, description="Milliseconds after which the target is degraded."
    )
    control: Lines = Field((), description="URLs that tell whether the runner has a network.")
    headers: bool = Field(default=True, description="Whether security headers are graded.")
    least_grade: str = Field("", description="Worst grade of the security headers that passes.")
    algorithm: Literal["4", "5", "6"] = Field("6", description="Of the compatible grade.")
    certificate_days: int = Field(
        14, ge=0, le=3650, description="A certificate with fewer days left is degraded."
    )
    baseline: str = Field("", description="File with the times that are usual.")
    state: str = Field("auto", description="Where it is remembered: auto, issue, branch, none.")
    failures_before_alert: int = Field(
        2, ge=1, le=100, description="Runs in a row that must fail before people are told."
    )
    successes_before_recovery: int = Field(
        2, ge=1, le=100, description="Runs in a row that must pass before its end is told."
    )

    @field_validator("least_grade")
    @classmethod
    def _is_grade(cls, value: str) -> str:
        if value and value != "none" and value not in LETTERS:
            raise ValueError(f"none or a grade was expected, one of {', '.join(LETTERS)}")
        return "" if value == "none" else value

    @field_validator("algorithm", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """`algorithm: 6` in YAML is a number."""
        return str(value) if isinstance(value, int) else value


LETTERS: Final = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F")


class Receive(BaseModel):
    """What the second half of a fork's publishing understands: inputs alone, because no file of a checkout is believed there."""

    model_config = Common.model_config

    artifact: str = Field(
        "*", max_length=200, description="Which hand-overs: a name, or a pattern."
    )
    publish: Words = Field(("auto",), description="auto, none, or a list of channels.")
    comment_mode: Literal["always", "on-change", "on-failure", "never"] | None = Field(
        None, description="When the comment is written."
    )
    comment_recreate: OneOf = Field(
        "false", description="Whether a new commit gets a new comment: false, true, hide."
    )
    publish_required: bool = Field(
        default=False, description="Whether a hand-over that is refused fails the step."
    )
    disclose: bool = Field(
        default=False, description="Whether a public repository shows what may hold secrets."
    )


RECEIVE: Final = "publish"
MODELS: Final[dict[str, type[BaseModel]]] = {
    "perf": Perf,
    "security": Security,
    "monitor": Monitor,
    RECEIVE: Receive,
}


def schema() -> dict[str, Any]:
    """The JSON Schema of `.trivigil.yml`: common values, and one section a watch."""
    sections = {watch: MODELS[watch].model_json_schema(by_alias=True) for watch in WATCHES}
    common = Common.model_json_schema(by_alias=True)["properties"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://raw.githubusercontent.com/trivigil/trivigil/v1/schemas/config.schema.json",
        "title": "Trivigil configuration (.trivigil.yml)",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            **{key: _written(value) for key, value in common.items()},
            **{watch: _written_section(section) for watch, section in sections.items()},
        },
    }


def _written_section(section: dict[str, Any]) -> dict[str, Any]:
    properties = {key: _written(value) for key, value in section["properties"].items()}
    return {"type": ["object", "null"], "additionalProperties": False, "properties": properties}


def load(watch: str, environ: Mapping[str, str], directory: str) -> Common:
    """The settings of one watch. Raises InputError that names the input, or file, line and key."""
    file = find(environ.get("TRIVIGIL_CONFIG", ""), directory)
    node = _read(file, directory) if file else None
    values = {**(_section(node, watch, file or "") if node else {}), **_inputs(watch, environ)}
    try:
        return cast("Common", MODELS[watch].model_validate(values))
    except ValidationError as error:
        raise _explained(error, watch, environ, node, file) from None


def receive(environ: Mapping[str, str]) -> Receive:
    """The settings of the second half. Raises InputError that names the input."""
    try:
        return Receive.model_validate(_inputs(RECEIVE, environ))
    except ValidationError as error:
        raise _explained(error, RECEIVE, environ, None, None) from None


def find(named: str, directory: str) -> str | None:
    """The configuration file: the one that is named, else the first of FILES that exists."""
    if named:
        return named
    return next((name for name in FILES if os.path.isfile(os.path.join(directory, name))), None)


def check(text: str, path: str) -> None:
    """Check a whole configuration file, every section. Raises InputError at the first thing wrong."""
    from trivigil import located

    node = located.load(text, path)
    for watch in WATCHES:
        try:
            MODELS[watch].model_validate(_section(node, watch, path))
        except ValidationError as error:
            raise _explained(error, watch, {}, node, path) from None


def watches(environ: Mapping[str, str], directory: str) -> tuple[str, ...]:
    """Which watches the front door runs: the ones that are named, else those the file has a section for."""
    named = environ.get("TRIVIGIL_WATCH", "").strip()
    if named:
        chosen = tuple(dict.fromkeys(re.split(r"[\s,]+", named)))
    else:
        file = find(environ.get("TRIVIGIL_CONFIG", ""), directory)
        members = _members(_read(file, directory), file) if file else {}
        chosen = tuple(watch for watch in WATCHES if watch in members)
    for watch in chosen:
        if watch not in WATCHES:
            raise InputError(
                f"`{printable(watch, 40)}` is not a watch.",
                key="watch",
                tip=f"Known: {', '.join(WATCHES)}.",
            )
    if not chosen:
        raise InputError(
            "nothing to run.",
            key="watch",
            tip=f"Name {', '.join(WATCHES)}, or add a section to {FILES[0]}.",
        )
    return chosen


def _read(file: str, directory: str) -> Node:
    from trivigil import files, located

    return located.load(files.read(os.path.join(directory, file), shown=file), file)


def _members(node: Node, file: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise InputError(f"an object was expected, not {node.kind}.", path=file, line=node.line)
    return node.value


def _section(node: Node, watch: str, file: str) -> dict[str, Any]:
    """The common part of the file, overlaid with the watch's own section."""
    members = _members(node, file)
    known = {_kebab(name) for name in Common.model_fields}
    for key, member in members.items():
        if key not in known and key not in (*WATCHES, "$schema"):
            raise InputError(
                "unknown key.",
                path=file,
                line=member.key_line,
                key=printable(key, 80),
                tip=_similar(key, watch),
            )
    common = {key: member.plain() for key, member in members.items() if key in known}
    own = _own(members, watch, file)
    return {**common, **{key: member.plain() for key, member in own.items()}}


def _own(members: dict[str, Node], watch: str, file: str) -> dict[str, Node]:
    """A watch's own section; `perf:` with nothing below it is an empty one."""
    node = members.get(watch)
    return _members(node, file) if node is not None and node.value is not None else {}


def _inputs(watch: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Every input of the watch that is set."""
    names = (_kebab(name) for name in MODELS[watch].model_fields)
    pairs = ((name, environ.get(variable(name), "")) for name in names)
    return {name: value for name, value in pairs if value.strip()}


def variable(name: str) -> str:
    """The environment variable of an input: `wait-for` is TRIVIGIL_WAIT_FOR."""
    return f"TRIVIGIL_{name.upper().replace('-', '_')}"


def _similar(key: str, watch: str) -> str | None:
    from difflib import get_close_matches

    names = [_kebab(name) for name in MODELS[watch].model_fields]
    close = get_close_matches(key, [*names, *WATCHES], n=1)
    return f"Did you mean `{close[0]}`?" if close else None


def _explained(
    error: ValidationError,
    watch: str,
    environ: Mapping[str, str],
    node: Node | None,
    file: str | None,
) -> InputError:
    """The first complaint as one sentence at its place; the value itself is never repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    message = {
        "extra_forbidden": "unknown key.",
        "bool_parsing": "true or false was expected.",
        "bool_type": "true or false was expected.",
    }.get(first["type"], f"{first['msg'][:1].lower()}{first['msg'][1:]}.")
    tip = _similar(key, watch) if first["type"] == "extra_forbidden" else None
    if key in _inputs(watch, environ) or node is None:
        return InputError(message, key=f"input {key}", tip=tip)
    members = _members(node, file or "")
    own = _own(members, watch, file or "")
    place = own.get(key) or members.get(key)
    shown = ".".join(
        str(part) for part in ((watch,) if key in own else ()) + first["loc"] if part != "[key]"
    )
    return InputError(
        message,
        path=file,
        line=place.key_line if place else None,
        key=printable(shown, 80),
        tip=tip,
    )
