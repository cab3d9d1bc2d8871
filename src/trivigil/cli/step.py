"""`trivigil step …`: what the composite actions call, one verb a step, inputs from the environment.

base      fetch what the base branch accepts; the only step before the work that has the token
watch     start, run, read, judge, write; never fails the step
stop      stop the application that `watch` started; always runs
tell      the monitor's alerts: count with what is remembered, and send; never fails the step
publish   comment, check run, summary, annotations; never fails the step
verdict   say the verdict, and let it decide the step
receive   the second half for forks: publish what another run handed over
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.cli import outcome, written
from trivigil.core.errors import InputError, TrivigilError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.github.workflow import Workflow
    from trivigil.publish import Published

USAGE: Final = f"usage: trivigil step VERB\n\n{__doc__}".rstrip()
UNFINISHED: Final = (
    "### ❌ Trivigil has no result\n\n"
    "The step that watches ended before it had one: it was cancelled or killed. Its log says how far it came."
)

NOT_HANDED_OVER: Final = (
    "nothing is handed over to the workflow that publishes: its artifact could not be uploaded; "
    "the log of the step that hands over says why"
)


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run one verb."""
    verbs = {
        "base": base,
        "watch": watch,
        "stop": stop,
        "tell": tell,
        "publish": publish,
        "verdict": verdict,
        "receive": receive,
    }
    if argv and argv[0] in ("-h", "--help"):
        console.answer(USAGE)
        return 0
    if len(argv) != 1 or argv[0] not in verbs:
        raise InputError(f"`trivigil step` needs one of: {', '.join(verbs)}.")
    return verbs[argv[0]](environ, console)


def base(environ: Mapping[str, str], console: Console) -> int:
    """Fetch the base branch's suppressions. What goes wrong stands in the report."""
    from trivigil.cli import base_file
    from trivigil.github.workflow import Workflow

    Workflow(environ).mask(environ.get("TRIVIGIL_GITHUB_TOKEN", ""))
    base_file.fetch(environ, console)
    return 0


def watch(environ: Mapping[str, str], console: Console) -> int:
    """Do the work, and hand the outputs to the steps after this one."""
    from trivigil.cli import watch as work
    from trivigil.github.workflow import Workflow
    from trivigil.publish import outputs
    from trivigil.render import headline

    done = work.run(environ, console)
    workflow = Workflow(environ)
    each = []
    for one in done:
        report = written.load(one.report)
        values = outputs.values(report, headline(report), one.report)
        each.append(values)
        for prefix in _prefixes(one, done, environ):
            for name, value in values.items():
                workflow.output(f"{prefix}{name}", value)
    if len(done) > 1:
        _together(each, workflow)
    for name, value in _artifact(done).items():
        workflow.output(name, value)
    return 0


def _prefixes(
    one: outcome.Outcome, done: Sequence[outcome.Outcome], environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Of a watch's outputs: none in its own action, its name at the front door, where many may run."""
    if environ.get("TRIVIGIL_FRONT_DOOR") != "true":
        return ("",)
    return (f"{one.watch}-",) if len(done) > 1 else ("", f"{one.watch}-")


def _together(each: Sequence[Mapping[str, str]], workflow: Workflow) -> None:
    from trivigil.publish import outputs

    for name, value in outputs.together(each).items():
        workflow.output(name, value)


def stop(environ: Mapping[str, str], console: Console) -> int:
    """Stop whatever was started. Nothing here changes the verdict."""
    from trivigil.cli import ground

    ground.stop(environ, console)
    return 0


def tell(environ: Mapping[str, str], console: Console) -> int:
    """Tell people of what the monitor saw. Nothing here changes the verdict."""
    from trivigil.cli import telling

    return telling.run(environ, console)


def publish(environ: Mapping[str, str], console: Console) -> int:
    """Publish every report. A channel that fails is a warning."""
    from trivigil.cli import publish as channel
    from trivigil.github.workflow import Workflow
    from trivigil.publish import outputs, parse_wanted
    from trivigil.publish.issue import Wishes
    from trivigil.publish.payloads import PLAN
    from trivigil.render import headline

    workflow = Workflow(environ)
    workflow.mask(environ.get("TRIVIGIL_GITHUB_TOKEN", ""))
    done = outcome.load(environ)
    if not done:
        with suppress(OSError):
            workflow.summary(UNFINISHED)
        console.say("There is nothing to publish: the step that watches wrote no result.")
    workflow.keep_back("error", _later_errors(done))
    each = []
    for number, one in enumerate(done):
        try:
            wanted = parse_wanted(" ".join(one.channels), one.comment_mode, one.comment_recreate)
            wanted = wanted._replace(issue=Wishes(*one.issue))
            report = written.load(one.report)
            published = channel.publish(
                report,
                one.report,
                wanted,
                environ,
                workflow,
                plan_file=os.path.join(one.output, PLAN),
                prefixes=_prefixes(one, done, environ),
                sharers=len(done) - number,
            )
            values = outputs.values(report, headline(report), one.report)
            each.append(values | outputs.published_values(published))
            _note(one, published, environ)
        except TrivigilError as error:
            console.say(f"Not published: {error}")
            if one.publish_required:
                outcome.note_refusals(environ, one.name, ["everything"])
    if len(each) > 1:
        _together(each, workflow)
    return 0


def _later_errors(done: Sequence[outcome.Outcome]) -> int:
    """How many error annotations the verdict may still need, with the runner's line about the exit code."""
    failing = sum(bool(one.exit_code and one.fail) for one in done)
    return failing + sum(one.publish_required for one in done) + 1


def _note(one: outcome.Outcome, published: Published, environ: Mapping[str, str]) -> None:
    """Leave what was published in the output folder, and what was refused to the verdict."""
    from trivigil import files
    from trivigil.publish.published import as_json

    if one.publish_required and published.refused:
        outcome.note_refusals(environ, one.name, [each.channel for each in published.refused])
    told = {"schema": "trivigil/published/1", **published.to_json()}
    files.write(os.path.join(one.output, "published.json"), as_json(told))


def verdict(environ: Mapping[str, str], console: Console) -> int:
    """The worst verdict of all watches as exit code; `fail: false` says that one does not count."""
    from trivigil.github.workflow import Workflow
    from trivigil.render import headline

    done = outcome.load(environ)
    if not done:
        console.error("the step before this one wrote no result; see its log.")
        return 3
    if "failure" in environ.get("TRIVIGIL_HANDOVER", "").split():
        _not_handed_over(Workflow(environ))
    for one in done:
        report = written.load(one.report)
        console.say(headline(report))
        if one.exit_code and one.fail:
            said = report.problems[0] if report.problems else headline(report)
            Workflow(environ).error(said, title=f"Trivigil / {one.name}")
    refused = outcome.refusals(environ)
    for line in refused:
        Workflow(environ).error(f"not published, and `publish-required` is set: {line}")
    return max((one.exit_code for one in done if one.fail), default=0) or (1 if refused else 0)


def receive(environ: Mapping[str, str], console: Console) -> int:
    """Publish what the run of a fork's pull request handed over."""
    from trivigil.cli import receive as work

    return work.run(environ, console)


def _not_handed_over(workflow: Workflow) -> None:
    """The publish step wrote the hand-over, and the step after it could not upload it: people are told."""
    workflow.warning(NOT_HANDED_OVER, title="Trivigil")
    with suppress(OSError):
        workflow.summary(f"#### Publishing\n\n- {NOT_HANDED_OVER}")


def _artifact(done: Sequence[outcome.Outcome]) -> dict[str, str]:
    """Name and paths for the upload step, which is one for all watches; empty where no artifact is wanted."""
    wanted = [one for one in done if one.artifact]
    lines = []
    for one in wanted:
        kept = ("raw", "stack") if one.keep_raw else ()
        # Not the folder itself: below it may lie the folders of other watches of the same job.
        beside = (*written.names(one.watch), *kept)
        lines += [one.report, *(os.path.join(one.output, name) for name in beside)]
    names = list(dict.fromkeys(one.artifact for one in wanted))
    first, rest = names[:1], [name.removeprefix("trivigil-") for name in names[1:]]
    return {"artifact-name": "-".join((*first, *rest)), "artifact-path": "\n".join(lines)}
