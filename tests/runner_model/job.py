"""A job: steps of a workflow that use a composite action, executed for real.

CompositeActionHandler.cs (order, contexts, status), ActionRunner.cs (files before and after each step), ScriptHandler.cs
(script file, shell, environment, exit code), ExecutionContext.cs (outputs, annotations), StepsContext.cs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from . import files
from .actions import Action, ModelError, Step
from .annotations import Annotation
from .expressions import Declared, ExpressionError, Scope, condition, template
from .files import FileCommandError
from .layout import LINUX, Layout
from .log import Log, Masks, lines

SHELL: Final = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""ScriptHandlerHelpers.cs, for `shell: bash`."""
SECONDS: Final = 60.0
"""What one step may take; a longer one hangs."""
Uses = Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, str]]
"""A stand-in for another action: inputs and environment to outputs. Raises UsesFailed where the action fails."""


class UsesFailed(Exception):
    """The action that is stood in for fails, with its error's text."""


class Stage(NamedTuple):
    """A step that is about to run."""

    id: str
    environment: Mapping[str, str]


class Hook(NamedTuple):
    """What a test does to one step: before it starts, or while it runs."""

    before: Callable[[Stage], None] | None = None
    kill_when: Callable[[], bool] | None = None
    """The step is killed (SIGKILL) as soon as this says so."""


class StepResult(NamedTuple):
    """One inner step, as the `steps` context has it, and its exit code where it was a script."""

    outcome: str
    conclusion: str
    outputs: Mapping[str, str]
    code: int | None = None


class Finished(NamedTuple):
    """One step of the workflow that has ended."""

    outcome: str
    outputs: Mapping[str, str]
    steps: Mapping[str, StepResult]
    """The inner steps by their id."""
    log: Log
    summaries: tuple[str, ...]
    """What each inner step's file gave GitHub to show, masked."""

    @property
    def summary(self) -> str:
        """All of it, as the job's page shows it."""
        return "\n".join(self.summaries)

    @property
    def text(self) -> str:
        """The log."""
        return "\n".join(self.log.lines)

    def shown(self, level: str) -> list[Annotation]:
        """The annotations of a level that GitHub shows."""
        return [one for one in self.log.annotations.shown if one.level == level]

    def dropped(self, level: str) -> list[Annotation]:
        """Those beyond the limit."""
        return [one for one in self.log.annotations.dropped if one.level == level]


class Job:
    """One job on one machine. `github` is the runner's own environment (GITHUB_…)."""

    def __init__(
        self,
        place: Path,
        github: Mapping[str, str],
        *,
        token: str = "",
        matrix: Mapping[str, Any] | None = None,
        machine: Mapping[str, str] | None = None,
        uses: Mapping[str, Uses] | None = None,
        layout: Layout = LINUX,
    ) -> None:
        self.place = place
        self.workspace = place / "workspace"
        self.temp = place / "temp"
        self.tool_cache = place / "tool-cache"
        for folder in (self.workspace, self.temp, self.tool_cache):
            folder.mkdir(parents=True, exist_ok=True)
        self.masks = Masks()
        self.masks.add(token)
        self.env: dict[str, str] = {}
        """What GITHUB_ENV of earlier steps has set."""
        self.path: list[str] = []
        self._github = {**github, "GITHUB_WORKSPACE": str(self.workspace)}
        self._token = token
        self._matrix = matrix
        self._machine = dict(os.environ if machine is None else machine)
        self._uses = uses or {}
        self._layout = layout

    def run(
        self, action: Action, inputs: Mapping[str, str], hooks: Mapping[str, Hook] | None = None
    ) -> Finished:
        """One `uses:` of a composite action with these inputs."""
        if odd := set(inputs) - set(action.inputs):
            raise ModelError(f"the action has no input {', '.join(sorted(odd))}")
        return _Use(self, action, inputs, hooks or {}).run()

    # --- for one use -----------------------------------------------------------------------

    def contexts(self, action: Action) -> dict[str, Any]:
        """The contexts that do not change from step to step."""
        github = {name.removeprefix("GITHUB_").lower(): text for name, text in self._github.items()}
        return {
            "github": {**github, "token": self._token, "action_path": str(action.folder)},
            "matrix": self._matrix,
            "strategy": {},
            "job": {"status": "success"},
            "runner": {"os": self._layout.os, "temp": str(self.temp)},
        }

    def environment(self, action: Action, step_env: Mapping[str, str]) -> dict[str, str]:
        """The runner's variables go before a step's own (ScriptHandler.cs: set last)."""
        runner = {
            "RUNNER_OS": self._layout.os,
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_TOOL_CACHE": str(self.tool_cache),
        }
        path = os.pathsep.join((*reversed(self.path), self._machine.get("PATH", "")))
        own = {**self._github, "GITHUB_ACTION_PATH": str(action.folder)}
        layers = (self._machine, {"PATH": path}, self.env, step_env, own, runner)
        return self._layout.merged(*layers)

    def stand_in(self, uses: str) -> Uses:
        """Who acts for another action."""
        name = uses.partition("@")[0]
        if name not in self._uses:
            raise ModelError(f"nobody stands in for {uses}")
        return self._uses[name]

    @property
    def layout(self) -> Layout:
        """The operating system."""
        return self._layout


class _Use:
    """The steps of one composite action, one after the other."""

    def __init__(
        self, job: Job, action: Action, given: Mapping[str, str], hooks: Mapping[str, Hook]
    ) -> None:
        self._job = job
        self._action = action
        self._hooks = hooks
        self._log = Log(job.masks, job.layout, str(job.workspace))
        self._contexts = job.contexts(action)
        defaults = Scope(self._contexts)
        self._contexts["inputs"] = Declared(
            (name, given[name] if name in given else template(default, defaults))
            for name, default in action.inputs.items()
        )
        self._steps: dict[str, Any] = Declared((step.id, {}) for step in action.steps if step.id)
        self._results: dict[str, StepResult] = {}
        self._status = "success"
        self._summaries: list[str] = []

    def run(self) -> Finished:
        """Every step whose `if` holds; a failed one makes the action fail, and the rest is asked all the same."""
        for step in self._action.steps:
            self._log.begin()
            result = self._step(step)
            if result.conclusion in {"failure", "cancelled"}:
                self._status = "failure"
            if step.id:
                self._results[step.id] = result
                self._steps[step.id] = {
                    "outputs": dict(result.outputs),
                    "outcome": result.outcome,
                    "conclusion": result.conclusion,
                }
        scope = Scope({**self._contexts, "steps": self._steps})
        outputs = {name: template(text, scope) for name, text in self._action.outputs.items()}
        return Finished(self._status, outputs, self._results, self._log, tuple(self._summaries))

    def _step(self, step: Step) -> StepResult:
        env = {**self._job.env}
        contexts = {**self._contexts, "steps": self._steps, "env": env}
        scope = Scope(contexts, self._status)
        try:
            env |= {name: template(text, scope) for name, text in step.env.items()}
            if not condition(step.condition, scope):
                return StepResult("skipped", "skipped", {})
            arguments = {name: template(text, scope) for name, text in step.arguments.items()}
            step = step._replace(run=template(step.run, scope))
        except ExpressionError as error:
            raise ModelError(f"{step.id or step.name}: {error}") from error
        if step.uses:
            return self._use(step, arguments, env)
        return self._script(step, env)

    def _use(self, step: Step, arguments: Mapping[str, str], env: Mapping[str, str]) -> StepResult:
        try:
            outputs = self._job.stand_in(step.uses)(arguments, env)
        except UsesFailed as failed:
            self._log.issue("error", str(failed))
            return StepResult("failure", "success" if step.continue_on_error else "failure", {})
        return StepResult("success", "success", outputs)

    def _script(self, step: Step, env: Mapping[str, str]) -> StepResult:
        with tempfile.TemporaryDirectory(dir=self._job.temp, prefix="commands-") as folder:
            held = {name: Path(folder, prefix) for name, prefix in files.NAMES.items()}
            for path in held.values():
                path.touch()
            environment = self._job.environment(self._action, env)
            environment |= {name: str(path) for name, path in held.items()}
            code = self._execute(step, environment)
            if code:
                self._log.issue("error", f"Process completed with exit code {code}.")
            outputs = self._read_files(held)
        failed = bool(code) or self._log.failed
        outcome = "failure" if failed else "success"
        conclusion = "success" if step.continue_on_error else outcome
        # ExecutionContext.cs, SetOutput: a step without an id has no outputs.
        return StepResult(outcome, conclusion, outputs if step.id else {}, code)

    def _execute(self, step: Step, environment: dict[str, str]) -> int:
        hook = self._hooks.get(step.id, Hook())
        if hook.before:
            hook.before(Stage(step.id, environment))
        script = self._job.temp / f"{step.id or 'step'}.sh"
        script.write_text(step.run, encoding="utf-8")
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [*SHELL, str(script)],
                cwd=self._job.workspace / step.working_directory,
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            code = _ended(process, hook)
            output.seek(0)
            self._log.read(output.read().decode("utf-8", "replace"))
        return code

    def _read_files(self, held: Mapping[str, Path]) -> dict[str, str]:
        """One file that is wrong fails the step, and the others are read all the same (ProcessFiles)."""
        outputs = dict(self._log.outputs)
        readers: Mapping[str, Callable[[str], None]] = {
            "GITHUB_PATH": self._take_path,
            "GITHUB_ENV": self._take_env,
            "GITHUB_STEP_SUMMARY": self._take_summary,
            "GITHUB_STATE": lambda text: self._take(text, self._log.state),
            "GITHUB_OUTPUT": lambda text: self._take(text, outputs),
        }
        for name, reader in readers.items():
            try:
                reader(files.read(held[name]) if held[name].is_file() else "")
            except FileCommandError as error:
                context = name.removeprefix("GITHUB_").lower()
                self._log.issue(
                    "error", f"Unable to process file command '{context}' successfully."
                )
                self._log.issue("error", str(error))
                self._log.failed = True
        return outputs

    def _take(self, text: str, into: dict[str, str]) -> None:
        into.update(files.pairs(text, self._job.layout))  # what stands before a wrong line counts

    def _take_env(self, text: str) -> None:
        for name, value in files.pairs(text, self._job.layout):
            if name.upper() in files.BLOCKED:
                self._log.issue(
                    "error", f"Can't store {name} output parameter using '$GITHUB_ENV' command."
                )
            else:
                self._job.env[name] = value

    def _take_path(self, text: str) -> None:
        for line in filter(None, lines(text)):
            self._job.path = [one for one in self._job.path if one != line] + [line]

    def _take_summary(self, text: str) -> None:
        size = len(text.encode())
        if size > files.SUMMARY_BYTES:
            limit = files.SUMMARY_BYTES // 1024
            message = (
                f"$GITHUB_STEP_SUMMARY supports content up a size of {limit}k got {size // 1024}k"
            )
            self._log.issue("error", message)
        elif text:
            masked = (self._job.masks.hide(line) for line in lines(text))
            self._summaries.append("\n".join(masked))


def _ended(process: subprocess.Popen[bytes], hook: Hook) -> int:
    """The exit code; a signal's is 128 and its number, as a shell says it."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None:
        hangs = time.monotonic() > deadline
        if hangs or (hook.kill_when and hook.kill_when()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if hangs:
                raise ModelError("a step hangs")
        time.sleep(0.01)
    code = process.returncode
    return 128 - code if code < 0 else code
