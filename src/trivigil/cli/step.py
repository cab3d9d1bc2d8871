"""`trivigil step …`: what the composite actions call, one verb a step, inputs from the environment.

watch     start, run, read, judge, write; never fails the step
stop      stop the application that `watch` started; always runs
publish   comment, check run, summary, annotations; never fails the step
verdict   say the verdict, and let it decide the step
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.cli import outcome
from trivigil.core.errors import InputError, TrivigilError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.publish import Published

UNFINISHED: Final = (
    "### ❌ Trivigil has no result\n\n"
    "The step that watches ended before it had one: it was cancelled or killed. Its log says how far it came."
)


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run one verb."""
    verbs = {"watch": watch, "stop": stop, "publish": publish, "verdict": verdict}
    if len(argv) != 1 or argv[0] not in verbs:
        raise InputError(f"usage: trivigil step {'|'.join(verbs)}")
    return verbs[argv[0]](environ, console)


def watch(environ: Mapping[str, str], console: Console) -> int:
    """Do the work, and hand the outputs to the steps after this one."""
    from trivigil.cli import watch as work
    from trivigil.cli.publish import load
    from trivigil.github.workflow import Workflow
    from trivigil.publish import outputs
    from trivigil.render import headline

    done = work.run(environ, console)
    workflow = Workflow(environ)
    for one in done:
        report = load(one.report)
        values = outputs.values(report, headline(report), one.report)
        prefix = "" if len(done) == 1 else f"{one.watch}-"
        for name, value in {**values, **_artifact(one)}.items():
            workflow.output(f"{prefix}{name}", value)
        workflow.output(f"{one.watch}-report", one.report)
    return 0


def stop(environ: Mapping[str, str], console: Console) -> int:
    """Stop whatever was started. Nothing here changes the verdict."""
    from pathlib import Path

    from trivigil import stack

    for folder in outcome.started(environ):
        stack.stop(Path(folder), environ=environ, say=console.say)
    return 0


def publish(environ: Mapping[str, str], console: Console) -> int:
    """Publish every report. A channel that fails is a warning."""
    from trivigil.cli import publish as channel
    from trivigil.github.workflow import Workflow
    from trivigil.publish import parse_wanted
    from trivigil.publish.issue import Wishes

    workflow = Workflow(environ)
    done = outcome.load(environ)
    if not done:
        with suppress(OSError):
            workflow.summary(UNFINISHED)
        console.say("There is nothing to publish: the step that watches wrote no result.")
    for one in done:
        try:
            wanted = parse_wanted(" ".join(one.channels), one.comment_mode, Wishes(*one.issue))
            report = channel.load(one.report)
            _note(one, channel.publish(report, one.report, wanted, environ, workflow), environ)
        except TrivigilError as error:
            console.say(f"Not published: {error}")
            if one.publish_required:
                outcome.note_refusals(environ, one.name, ["everything"])
    return 0


def _note(one: outcome.Outcome, published: Published, environ: Mapping[str, str]) -> None:
    """Leave what was published in the output folder, and what was refused to the verdict."""
    from trivigil import files
    from trivigil.publish.published import as_json

    plan = {"schema": "trivigil/published/1", **published.to_json()}
    files.write(os.path.join(one.output, "published.json"), as_json(plan))
    if one.publish_required and published.refused:
        outcome.note_refusals(environ, one.name, [each.channel for each in published.refused])


def verdict(environ: Mapping[str, str], console: Console) -> int:
    """The worst verdict of all watches as exit code; `fail: false` says that one does not count."""
    from trivigil.cli.publish import load
    from trivigil.github.workflow import Workflow
    from trivigil.render import headline

    done = outcome.load(environ)
    if not done:
        console.error("the step before this one wrote no result; see its log.")
        return 3
    for one in done:
        report = load(one.report)
        console.say(headline(report))
        if one.exit_code and one.fail:
            said = report.problems[0] if report.problems else headline(report)
            Workflow(environ).error(said, title=f"Trivigil / {one.name}")
    refused = outcome.refusals(environ)
    for line in refused:
        Workflow(environ).error(f"not published, and `publish-required` is set: {line}")
    return max((one.exit_code for one in done if one.fail), default=0) or (1 if refused else 0)


def _artifact(one: outcome.Outcome) -> dict[str, str]:
    """Name and paths for the upload step; empty where no artifact is wanted."""
    if not one.artifact:
        return {"artifact-name": "", "artifact-path": ""}
    kept = ("raw", "stack") if one.keep_raw else ()
    # Not the folder itself: below it may lie the folders of other watches of the same job.
    lines = [one.report, *(os.path.join(one.output, folder) for folder in kept)]
    return {"artifact-name": one.artifact, "artifact-path": "\n".join(lines)}
