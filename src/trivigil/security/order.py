"""An order of scans: it is checked as a whole, then its scanners are run, and what they wrote is judged."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.security.analysis import Context, analyze, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.core.report import Report
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
    """`[TOOL=]GLOB` specs of what that command writes."""
    allow_remote: bool = False
    """Whether the target may be another machine than this one."""


def judge_order(
    order: Order,
    context: Context,
    *,
    directory: str,
    output: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    tell: Callable[[str], None] | None = None,
) -> Report:
    """Run the scanners, keep what they write below the folder `output`, and judge it.

    `say` tells people how far it is, `tell` (else `say`) what a scanner said in its own words. A scanner that cannot be run
    is a reading that proves nothing; an order that makes no sense becomes a failed report with its sentence, never an exception.
    """
    try:
        scanners, limit = _checked(order)
    except InputError as error:
        return refused(str(error), context)
    from trivigil.security import places, scans

    below = places.prefix(directory, environ)
    ground = scans.Ground(order, directory, output, environ, limit, say, tell or say, below)
    return analyze(scans.scanned(scanners, ground), context)


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
    for key, given in (("versions", order.versions), ("arguments", order.arguments)):
        for name in given:
            if name not in names:
                raise InputError(f"`{printable(name, 60)}` is none of the scanners.", key=key)
    for name, line in order.arguments.items():
        words(line, f"arguments.{name}")
    if bool(order.command) != ("command" in names):
        raise InputError("`command` and the scanner `command` need each other.", key="command")
    if order.command:
        words(order.command)
