"""What a check function is given: `site`. It lives in the check's own process."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple

from ..sending import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx
    from playwright.sync_api import Page

    from trivigil.monitor.planned import Bounds

_OWN: Final = ("app", "cert", "mounts", "proxy", "proxies", "transport", "trust_env")
"""Options of httpx that would lead around the monitor's connection."""


class Warned(NamedTuple):
    """A claim that does not hold and is no failure."""

    message: str
    line: int


class Site:
    """The site that is checked, and how to ask it."""

    def __init__(self, bounds: Bounds, total: float, path: str, chromium: str | None) -> None:
        self._bounds: Final = bounds
        self._path: Final = path
        self._chromium: Final = chromium
        self.sender: Final = Sender(bounds, total)
        """Not for checks: who sends, and what it remembers."""
        self.warned: Final[list[Warned]] = []
        """Not for checks: likewise the warnings."""
        self.concealed: Final[set[str]] = set()
        """Not for checks: likewise what `conceal` was told."""
        self.undone: str = ""
        """Not for checks: why it could not be done."""
        self.reason = ""
        """Not for checks: why the last request had no answer, in words of ours."""
        self.asked = False
        """Not for checks: whether anybody was asked."""

    def __repr__(self) -> str:
        return f"<Site timeout={self._bounds.timeout}>"

    @property
    def target(self) -> str:
        """The target's URL, without a slash at its end."""
        return self._bounds.target

    @property
    def variables(self) -> Mapping[str, str]:
        """Those of the run, as texts."""
        return self._bounds.variables

    @property
    def secrets(self) -> Mapping[str, str]:
        """Those of the run; their values are shown nowhere."""
        return self._bounds.secrets

    def client(self, *, verify: bool = True, **options: Any) -> httpx.Client:
        """An `httpx.Client` that starts at the target and asks over the monitor's own connection.

        `options` are httpx's own, but for those that would lead around that connection. Redirects are not followed unless
        `follow_redirects=True`; `verify=False` accepts an untrusted certificate.
        """
        from .connection import client

        for name in _OWN:
            if name in options:
                raise TypeError(
                    f"`{name}` is the monitor's own: its connection has the guard on addresses"
                )
        return client(self, self._bounds, insecure=not verify, options=options)

    def warn(self, holds: object, message: str = "") -> bool:
        """Whether it holds; where it does not, that is a warning at the caller's line, and the check goes on."""
        if not holds:
            frame = sys._getframe(1)  # noqa: SLF001 -- documented for this: the caller's line
            while frame.f_back and frame.f_code.co_filename != self._path:
                frame = frame.f_back
            self.warned.append(Warned(str(message), frame.f_lineno))
        return bool(holds)

    def conceal(self, value: str) -> str:
        """The value; from now on it is shown nowhere."""
        self.concealed.add(str(value))
        return value

    @contextmanager
    def page(self, **options: Any) -> Iterator[Page]:
        """A page of a browser, Chromium by Playwright: `with site.page() as page:`. `options` are those of `new_context`."""
        from .browser import opened

        with opened(self, self._bounds, self._chromium, options) as page:
            yield page
