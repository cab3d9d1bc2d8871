"""The tests of the grader, one a file: a scan and an algorithm in, the name of a result out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory.rules import (
    coep,
    cookies,
    coop,
    corp,
    cors,
    csp,
    hsts,
    redirection,
    referrer_policy,
    sri,
    x_content_type_options,
    x_frame_options,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

    Judge = Callable[[Scan, Algorithm], str]

_COMMON: Final = (
    csp,
    cookies,
    cors,
    redirection,
    referrer_policy,
    hsts,
    sri,
    x_content_type_options,
    x_frame_options,
    corp,
)
_ISOLATION: Final = (coop, coep)


def of(algorithm: Algorithm) -> Mapping[str, Judge]:
    """The tests of one algorithm, by their names."""
    modules = (*_COMMON, *(_ISOLATION if algorithm.isolation else ()))
    return {module.NAME: module.judge for module in modules}
