"""An order of scans: it is checked as a whole, then its scanners are run, and what they wrote is judged, with files that are there already."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.security.analysis import Context, analyze, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trivigil.core.reading import Reading
    from trivigil.core.report import Report
    from trivigil.security.facts import ScanFacts
    from trivigil.security.tool import Scanner

_TIMEOUT: Final = 600.0
"""Seconds for each scanner where no `timeout` is given."""


class Order(NamedTuple):
    """Scans to be run."""

    scanners: tuple[str, ...]
    """Names of `security.tools`; `trivy` stands for its scan of the folder, and of the image if there is one."""
    target: str = ""
    """URL of the running application, for scanners of web applications."""
    image: str = ""
    """Name of a container image, for scanners of images."""
    timeout: str | None = None
    """For each scanner."""
    versions: Mapping[str, str] = MappingProxyType({})
    """By scanner: what is installed in place of the one on PATH or our default."""
    arguments: Mapping[str, str] = MappingProxyType({})
    """By scanner: words that are added to its command line."""
    command: str = ""
    """The line of the scanner `command`."""
    results: tuple[str, ...] = ()
    """`[TOOL=]GLOB` specs: with a command of what it writes, else of files that are judged together with what the scanners write."""
    allow_remote: bool = False
    """Whether the target may be another machine than this one."""
    allow_private: bool = False
    """Whether another machine's address may be a private one, for our own tests."""
    allow_writes: bool = False
    """Whether our own tests may send what changes something."""


def ordered(words: Iterable[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names and versions of `bandit@1.9.4, gitleaks`. Raises InputError for half a pair, and for two versions of one."""
    names, versions = list[str](), dict[str, str]()
    for word in words:
        name, at, version = word.partition("@")
        if at and not (name and version):
            message = f"`{printable(word, 60)}` is no scanner with a version such as bandit@1.9.4."
            raise InputError(message, key="scanners")
        if version and versions.setdefault(name, version) != version:
            raise InputError(f"{printable(name, 60)} has two versions.", key="scanners")
        names.append(name)
    return tuple(names), versions


def judge_order(
    order: Order,
    context: Context,
    *,
    directory: str,
    output: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    tell: Callable[[str], None] | None = None,
    fence: Sequence[str] | None = None,
) -> Report:
    """Run the scanners, keep what they write below the folder `output`, and judge it.

    `say` tells people how far it is, `tell` (else `say`) what a scanner said in its own words. A scanner that cannot be run
    is a reading that proves nothing; an order that makes no sense becomes a failed report with its sentence, never an exception.
    Files that are there already must lie in the `fence`, where there is one.
    """
    try:
        scanners, limit = _checked(order)
    except InputError as error:
        return refused(str(error), context)
    from trivigil.security import places, scans

    below = places.prefix(directory, environ)
    ground = scans.Ground(order, directory, output, environ, limit, say, tell or say, below)
    started = scans.scanned(scanners, ground)
    given = () if order.command else _given(order.results, started, directory, fence)
    return analyze([*started, *given], context)


def _given(
    specs: Sequence[str],
    started: Sequence[Reading[ScanFacts]],
    directory: str,
    fence: Sequence[str] | None,
) -> Iterable[Reading[ScanFacts]]:
    """The readings of the user's own files, without any that a scanner of the order has just written.

    A spec that names no file is the reading of a missing one: what the others say is judged all the same.
    """
    import os

    from trivigil import sources
    from trivigil.core.reading import Reading
    from trivigil.security import readers

    read = {os.path.realpath(os.path.join(directory, each.path)) for each in started}
    for spec in dict.fromkeys(specs):
        try:
            found = sources.find((spec,), directory=directory, fence=fence)
        except InputError as error:
            yield Reading(spec, None, None, "missing", None, problem=str(error))
            continue
        for source in found:
            if source.file not in read:
                read.add(source.file)
                yield readers.read(source)


def _checked(order: Order) -> tuple[tuple[Scanner, ...], float]:
    """The scanners and the time of each. Raises InputError for an order that makes no sense, before anything is started."""
    from trivigil.launching import duration
    from trivigil.launching.hosts import check_host
    from trivigil.security import tools

    scanners = tools.named(order.scanners, image=bool(order.image))
    for scanner in scanners:
        for need in sorted(scanner.NEEDS):
            if not getattr(order, need):
                raise InputError(f"{scanner.NAME} needs `{need}`.", key=need)
    if any("target" in scanner.NEEDS for scanner in scanners):
        check_host(order.target, allow_remote=order.allow_remote, key="target", purpose="scan")
    if order.image.startswith("-"):
        raise InputError(f"`{printable(order.image, 80)}` is no image.", key="image")
    _check_names(order, scanners)
    return scanners, duration.seconds(order.timeout, "timeout") if order.timeout else _TIMEOUT


def _check_names(order: Order, scanners: Sequence[Scanner]) -> None:
    """Whether what is said of a scanner is said of one of the order."""
    from trivigil.launching.words import words

    names = {name for scanner in scanners for name in (scanner.NAME, scanner.TOOL)}
    for key, given in (("scanner-version", order.versions), ("scanner-args", order.arguments)):
        for name in given:
            if name not in names:
                raise InputError(
                    f"`{printable(name, 60)}` is none of the scanners to start.",
                    key=key,
                    tip=f"Started are: {', '.join(sorted(names))}.",
                )
    for name, line in order.arguments.items():
        words(line, f"scanner-args.{name}")
    if bool(order.command) != ("command" in names):
        raise InputError("`command` and the scanner `command` need each other.", key="command")
    if order.command:
        words(order.command)
