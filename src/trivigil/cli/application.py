"""The application under test around a piece of work: started, waited for, and always stopped."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PATIENCE: Final = 120.0
"""Seconds that services get to become healthy."""


@contextmanager
def running(
    spec: str,
    urls: Sequence[str],
    *,
    directory: str,
    state: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Iterator[None]:
    """Start `spec` (nothing where it is empty), wait for `urls`, and stop it at the end, come what may."""
    from trivigil import stack

    try:
        start(spec, urls, directory=directory, state=state, environ=environ, say=say)
        yield
    finally:
        if spec:
            stack.stop(Path(state), environ=environ, say=say)


def start(
    spec: str,
    urls: Sequence[str],
    *,
    directory: str,
    state: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> None:
    """Start the application and wait until it is healthy; another process may stop it."""
    from trivigil import stack
    from trivigil.web.wait import wait

    folder = Path(state)
    if spec:
        stack.start(spec, directory=Path(directory), state_dir=folder, environ=environ, say=say)
    if urls:
        wait(
            urls,
            timeout=PATIENCE,
            say=say,
            watch=lambda: stack.verify(folder, say=say) if spec else None,
        )
