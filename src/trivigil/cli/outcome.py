"""What one step of an action leaves for the next: which watches ran, where their reports are."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trivigil import files
from trivigil.core.errors import InputError
from trivigil.files import slug

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.publish.plan import CommentMode, Recreate

FILE: Final = "outcomes.json"
STARTED: Final = "started.txt"
REFUSED: Final = "refused.txt"


class Outcome(NamedTuple):
    """One watch's run, as the later steps of the same job need it."""

    watch: str
    name: str
    report: str
    """Absolute path of the result file."""
    output: str
    """Absolute path of the folder with everything that was written."""
    exit_code: int
    fail: bool
    """Whether a failed gate fails the step."""
    channels: tuple[str, ...]
    comment_mode: CommentMode
    comment_recreate: Recreate
    publish_required: bool
    """Whether a wanted channel that is refused fails the step."""
    artifact: str
    """Name of the artifact; empty where none is wanted."""
    keep_raw: bool
    """Whether the tool's raw output and the application's logs join the artifact."""
    issue: tuple[tuple[str, ...], tuple[str, ...], int | None] = ((), (), None)
    """Labels, assignees and milestone of an issue that is opened."""


def folder(environ: Mapping[str, str]) -> str:
    """The runner's folder for this job's temporary files, and ours in it."""
    import tempfile

    return os.path.join(environ.get("RUNNER_TEMP") or tempfile.gettempdir(), "trivigil")


def state_folder(environ: Mapping[str, str]) -> str:
    """The folder of this use of the action, which no other use of the job shares."""
    return environ.get("TRIVIGIL_STATE_FOLDER") or folder(environ)


def note_start(environ: Mapping[str, str], stack: str) -> None:
    """Remember an application before it is started: the step may be killed at any moment."""
    state = state_folder(environ)
    os.makedirs(state, exist_ok=True)
    with open(os.path.join(state, STARTED), "a", encoding="utf-8") as file:
        file.write(f"{stack}\n")


def started(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The state folders of the applications that may be running."""
    path = os.path.join(state_folder(environ), STARTED)
    return tuple(files.read(path).splitlines()) if os.path.isfile(path) else ()


def save(state: str, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes into the state folder."""
    files.write(
        os.path.join(state, FILE), json.dumps([outcome._asdict() for outcome in outcomes], indent=1)
    )


def load(environ: Mapping[str, str]) -> tuple[Outcome, ...]:
    """The outcomes of the step that watched; none where it did not get that far."""
    state = environ.get("TRIVIGIL_STATE_FOLDER", "")
    path = os.path.join(state, FILE)
    if not state or not os.path.isfile(path):
        return ()
    try:
        listed = json.loads(files.read(path))
        return tuple(_outcome(item) for item in listed)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError("it is not what the step before wrote.", path=path) from error


def _outcome(item: dict[str, Any]) -> Outcome:
    labels, assignees, milestone = item["issue"]
    issue = (tuple(labels), tuple(assignees), milestone)
    return Outcome(**{**item, "channels": tuple(item["channels"]), "issue": issue})


def note_refusals(environ: Mapping[str, str], name: str, channels: Sequence[str]) -> None:
    """Remember for the verdict which wanted channels were refused."""
    line = f"{name}: {', '.join(channels)}"
    with open(os.path.join(state_folder(environ), REFUSED), "a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def refusals(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What `note_refusals` noted."""
    path = os.path.join(state_folder(environ), REFUSED)
    return tuple(files.read(path).splitlines()) if os.path.isfile(path) else ()


def claim(name: str, environ: Mapping[str, str], kind: str = "names") -> bool:
    """Take a name, or a folder; False where another watch of this job has it, whose words would be overwritten."""
    run = f"{environ.get('GITHUB_RUN_ID', '')}-{environ.get('GITHUB_RUN_ATTEMPT', '')}"
    names = os.path.join(folder(environ), f"{kind}-{slug(run)}")
    os.makedirs(names, exist_ok=True)
    try:
        os.close(os.open(os.path.join(names, slug(name)), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


def default_name(watch: str, matrix: str) -> str:
    """The watch, and the values of the job's matrix where there is one: `perf (api, 3.12)`."""
    try:
        values = json.loads(matrix) if matrix.strip() else None
    except ValueError:
        values = None
    if not isinstance(values, dict) or not values:
        return watch
    shown = ", ".join(
        str(value) for value in values.values() if isinstance(value, str | int | float)
    )
    return f"{watch} ({shown})"[:100] if shown else watch
