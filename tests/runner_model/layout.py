"""What differs between the runner's three operating systems, as far as an action can see it."""

from __future__ import annotations

import ntpath
import posixpath
from collections.abc import Mapping
from typing import Final, NamedTuple


class Layout(NamedTuple):
    """Paths, line ends and names of one operating system's runner."""

    os: str
    """As `runner.os` says it."""
    workspace: str
    temp: str
    tool_cache: str
    windows: bool = False

    def join(self, *parts: str) -> str:
        """A path of this system."""
        return ntpath.join(*parts) if self.windows else posixpath.join(*parts)

    def relative(self, file: str, folder: str) -> str:
        """A file as an annotation names it: below the folder relative, with `/` on all systems.

        ActionCommandManager.cs, IssueCommandExtension ("prefer `/` on all platforms"); what does not lie below
        the folder stays as it is (IOUtil.MakeRelative).
        """
        path = ntpath if self.windows else posixpath
        whole, root = path.normpath(path.join(folder, file)), path.normpath(folder)
        if not path.isabs(file) or path.normcase(whole).startswith(path.normcase(root) + path.sep):
            return str(path.relpath(whole, root)).replace(path.sep, "/")
        return file

    def merged(self, *layers: Mapping[str, str]) -> dict[str, str]:
        """Environment variables, later layers first; on Windows names differ by more than case.

        CompositeActionHandler.cs: DictionaryContextData on Windows, CaseSensitiveDictionaryContextData elsewhere.
        """
        found: dict[str, tuple[str, str]] = {}
        for layer in layers:
            for name, value in layer.items():
                key = name.upper() if self.windows else name
                found[key] = (found[key][0] if key in found else name, value)
        return dict(found.values())


LINUX: Final = Layout(
    "Linux", "/home/runner/work/shop/shop", "/home/runner/work/_temp", "/opt/hostedtoolcache"
)
MACOS: Final = Layout(
    "macOS",
    "/Users/runner/work/shop/shop",
    "/Users/runner/work/_temp",
    "/Users/runner/hostedtoolcache",
)
WINDOWS: Final = Layout(
    "Windows",
    r"D:\a\shop\shop",
    r"D:\a\_temp",
    r"C:\hostedtoolcache\windows",
    windows=True,
)
LAYOUTS: Final = (LINUX, MACOS, WINDOWS)
