"""The scans of an order: scanners are installed, started side by side, and what they wrote is read and weighed with how they ended."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.security.launch import Task
    from trivigil.security.order import Order
    from trivigil.security.tool import Ended, Job, Meaning, Scanner

    Readings = Sequence[Reading[ScanFacts]]

_TAG: Final = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
"""A tag of a container image (distribution/reference)."""


class Ground(NamedTuple):
    """What every scan of an order shares."""

    order: Order
    directory: str
    output: str
    environ: Mapping[str, str]
    limit: float
    say: Callable[[str], None]
    tell: Callable[[str], None]
    prefix: str
    """Where the folder is in the repository, with a slash at its end; empty where it is all of it."""

    def kept(self, scanner: Scanner) -> str:
        """The folder where a scanner's files are kept."""
        return os.path.join(self.output, scanner.NAME)

    def shown(self, scanner: Scanner) -> str:
        """The path of its file, as reports show it."""
        path = os.path.join(self.kept(scanner), scanner.FILE)
        return os.path.relpath(path, self.directory).replace(os.sep, "/")


class _Ready(NamedTuple):
    """A scanner that can be started, and where its files are kept in the end."""

    scanner: Scanner
    job: Job
    task: Task
    version: str
    kept: str


def scanned(scanners: Sequence[Scanner], ground: Ground) -> Readings:
    """The readings of all scanners, in the order's order.

    They write into a folder outside of what they scan, so that none of them scans what another one writes.
    """
    import shutil
    import tempfile

    from trivigil.security import launch

    readings: dict[str, Readings] = {}
    work = tempfile.mkdtemp(prefix="trivigil-scan-", dir=ground.environ.get("RUNNER_TEMP") or None)
    ready: list[_Ready] = []
    try:
        for scanner in scanners:
            _clear(ground.kept(scanner))
            prepared = _prepared(scanner, ground, os.path.join(work, scanner.NAME))
            if isinstance(prepared, str):
                readings[scanner.NAME] = [_missing(scanner, ground, prepared)]
            else:
                ready.append(prepared)
        ended = launch.run(
            [each.task for each in ready],
            at_once=launch.cores(),
            timeout=ground.limit,
            say=ground.say,
        )
    finally:
        for each in ready:
            _keep(each)
        shutil.rmtree(work, ignore_errors=True)
    for each in ready:
        readings[each.scanner.NAME] = _read(each, ended[each.scanner.NAME], ground)
    return [reading for scanner in scanners for reading in readings[scanner.NAME]]


def _missing(scanner: Scanner, ground: Ground, why: str) -> Reading[ScanFacts]:
    from trivigil.security import exit_codes

    ground.say(f"{scanner.NAME} is not run: {why}")
    return exit_codes.missing(ground.shown(scanner), scanner.TOOL or scanner.NAME, why)


def _prepared(scanner: Scanner, ground: Ground, output: str) -> _Ready | str:
    """The scanner, installed and with its command line; or why it cannot be run."""
    from trivigil.security.launch import Task
    from trivigil.security.tools import web_tests
    from trivigil.stack.environment import child_environment

    child = {**child_environment(ground.environ), **scanner.ENVIRON}
    if scanner.NAME == web_tests.NAME:
        child.update(web_tests.account(ground.environ))
    try:
        job = _job(scanner, ground, output)
        program = _program(scanner, ground, child)
        job = job._replace(version=_version(scanner, program, child, ground.directory))
        line = scanner.command(job, program)
    except InputError as error:
        if error.detail:
            ground.tell(error.detail)
        return _sentence(error)
    os.makedirs(output)
    if scanner.IMAGE:
        # The container's user is another one than ours; nobody but us can enter the folder above.
        os.chmod(output, 0o777)  # noqa: S103 (the container's user is another one)
    task = Task(
        scanner.NAME,
        line,
        scanner.after(job, program),
        os.path.join(output, scanner.FILE) if scanner.STDOUT else "",
        os.path.join(output, f"{scanner.NAME}.log"),
        child,
        ground.directory,
    )
    version = job.tag or ".".join(map(str, job.version))
    return _Ready(scanner, job, task, version, ground.kept(scanner))


def _sentence(error: InputError) -> str:
    """What an error says, where nothing stands before it."""
    said = f"{error.message} {error.tip}" if error.tip else error.message
    return said[0].upper() + said[1:] if said.startswith("there ") else said


def _version(
    scanner: Scanner, program: str, child: Mapping[str, str], directory: str
) -> tuple[int, ...]:
    """What it says of its version; nothing where it says nothing, which its scan will show."""
    from trivigil.launching import process

    if not scanner.ASK:
        return ()
    try:
        return process.numbers(process.version_said(program, child, directory, scanner.ASK))
    except InputError:
        return ()


def _job(scanner: Scanner, ground: Ground, output: str) -> Job:
    from trivigil.launching.words import words
    from trivigil.security.tool import Job

    order = ground.order
    given = order.command if scanner.NAME == "command" else _given(order.arguments, scanner)
    tag = (_given(order.versions, scanner) or scanner.DEFAULT_VERSION) if scanner.IMAGE else ""
    if tag and not _TAG.fullmatch(tag):
        raise InputError(f"`{printable(tag, 60)}` is no version of {scanner.NAME}.")
    return Job(
        ground.directory,
        output,
        order.target,
        order.image,
        tag=tag,
        container=f"trivigil-{scanner.NAME}-{secrets.token_hex(6)}" if scanner.IMAGE else "",
        allow_private=order.allow_private,
        allow_writes=order.allow_writes,
        arguments=words(given) if given else (),
    )


def _given(each: Mapping[str, str], scanner: Scanner) -> str:
    """What is said of a scanner by its name, or by its tool's: `trivy` is all of Trivy's."""
    return each.get(scanner.NAME) or each.get(scanner.TOOL, "")


def _program(scanner: Scanner, ground: Ground, child: Mapping[str, str]) -> str:
    from trivigil.launching import install, words
    from trivigil.security.tools import web_tests

    if scanner.NAME == "command":
        return words.find(words.words(ground.order.command), ground.directory, child.get("PATH"))
    version = "" if scanner.IMAGE else _given(ground.order.versions, scanner)
    if scanner.NAME == web_tests.NAME:
        if version:
            raise InputError(f"{scanner.NAME} has the version of Trivigil, and no other.")
        return web_tests.program()
    return install.program(scanner, version, child, ground.say)


def _clear(folder: str) -> None:
    """Remove an earlier run's files: old results must never be taken for new ones."""
    import shutil

    if os.path.islink(folder):
        os.unlink(folder)  # whoever made it is not followed
    shutil.rmtree(folder, ignore_errors=True)


def _keep(ready: _Ready) -> None:
    """Bring what a scanner wrote to where it is kept, as far as it can be read."""
    import shutil
    from contextlib import suppress

    with suppress(shutil.Error, OSError):
        shutil.copytree(ready.job.output, ready.kept, symlinks=True, dirs_exist_ok=True)


def _read(ready: _Ready, ended: Ended | str, ground: Ground) -> Readings:
    """What a scanner wrote, weighed with how it ended."""
    from trivigil.launching import process
    from trivigil.security import exit_codes
    from trivigil.security.analysis import CLEAN

    scanner = ready.scanner
    if isinstance(ended, str):
        return [_missing(scanner, ground, ended)]
    log = os.path.join(ready.kept, os.path.basename(ended.log))
    doubts = exit_codes.doubts(process.tail(log, 1 << 20), scanner.DOUBTS)
    found = _files(ready, ground)
    if not found:
        reading = exit_codes.without_file(
            ground.shown(scanner),
            scanner.NAME,
            scanner.TOOL or scanner.NAME,
            ended,
            scanner.CODES,
            ground.limit,
        )
        readings = [reading]
    else:
        readings = [
            exit_codes.weigh(
                reading, scanner.NAME, ended, _codes(scanner, reading), ground.limit, doubts
            )
            for reading in found
        ]
    if any(reading.state not in CLEAN for reading in readings) and (
        said := process.last_lines(log)
    ):
        ground.tell(f"{scanner.NAME} said: {said}")
    return [_versioned(reading, ready) for reading in readings]


def _files(ready: _Ready, ground: Ground) -> Readings:
    """The readings of the files that it wrote; none where there are none."""
    from trivigil import sources
    from trivigil.security import places, readers, tools

    if ready.scanner.NAME == "command":
        specs = tools.command.outputs(ready.job, ready.kept, ground.order.results)
    elif os.path.isfile(os.path.join(ready.kept, ready.scanner.FILE)):
        specs = [f"{ready.scanner.TOOL}={ground.shown(ready.scanner)}"]
    else:
        return []
    fence = (ground.directory, ground.output) if ground.order.results else (ground.output,)
    try:
        found = sources.find(specs, directory=ground.directory, fence=fence)
    except InputError:
        return []
    return [places.placed(readers.read(s), ground.directory, ground.prefix) for s in found]


def _codes(scanner: Scanner, reading: Reading[ScanFacts]) -> Mapping[int, Meaning]:
    """What its exit codes mean; of a user's command, whatever the scanner's mean whose file it wrote."""
    from trivigil.security import tools

    # What Trivy's code means is what its `--exit-code` asks for, and a user's command may ask for 1.
    if scanner.NAME != tools.command.NAME or reading.tool == tools.TRIVY:
        return scanner.CODES
    return next((t.CODES for t in tools.TOOLS.values() if reading.tool == t.TOOL), scanner.CODES)


def _versioned(reading: Reading[ScanFacts], ready: _Ready) -> Reading[ScanFacts]:
    """The reading with the version that the scanner itself said, where its file does not say it."""
    if reading.tool_version or not ready.version:
        return reading
    return reading._replace(tool_version=ready.version)
