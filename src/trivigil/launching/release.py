"""Installing a program from its project's releases on GitHub, checked against the release's own checksums.

How a project names the files of a release is in LAYOUTS: k6 since 0.29 by build-release.sh of grafana/k6, with the program in a folder of
the archive's name; Gitleaks and Trivy by their goreleaser.yml, with the program at the top. Checksums are in the format of sha256sum.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Final, cast

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

ORIGIN: Final = "https://github.com"
MAX_BYTES: Final = 256 << 20
"""The largest archive, and the largest program in it."""
_SECONDS: Final = 120
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS: Final = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_CHECKSUM: Final = re.compile(r"([0-9a-f]{64}) [ *](\S+)")


class Layout(NamedTuple):
    """How a project names the files of a release; in braces the version and the machine."""

    stem: str
    """Of an archive, without its ending."""
    checksums: str
    folder: str = ""
    """Where the program is in an archive."""
    zipped: tuple[str, ...] = ("windows",)
    """Systems whose archives are zip; those of all others are tar.gz."""
    words: Mapping[str, str] = MappingProxyType({})
    """Systems and processors that it names otherwise than `platform` does."""


LAYOUTS: Final[Mapping[str, Layout]] = {
    "grafana/k6": Layout(
        "k6-v{version}-{system}-{processor}",
        "k6-v{version}-checksums.txt",
        "k6-v{version}-{system}-{processor}/",
        ("macos", "windows"),
    ),
    "gitleaks/gitleaks": Layout(
        "gitleaks_{version}_{system}_{processor}",
        "gitleaks_{version}_checksums.txt",
        words={"macos": "darwin", "amd64": "x64"},
    ),
    "aquasecurity/trivy": Layout(
        "trivy_{version}_{system}-{processor}",
        "trivy_{version}_checksums.txt",
        words={"linux": "Linux", "macos": "macOS", "amd64": "64bit", "arm64": "ARM64"},
    ),
}


def install(
    repository: str, version: str, home: str, environ: Mapping[str, str], origin: str = ORIGIN
) -> None:
    """Put the program of a release into the folder `home/bin`, which must not have it yet.

    Raises InputError where there is no release for this machine, or where its checksum is another.
    """
    layout, name = LAYOUTS[repository], repository.rpartition("/")[2]
    system, _, processor = platform().partition("-")
    values = {
        "version": version,
        "system": layout.words.get(system, system),
        "processor": layout.words.get(processor, processor),
    }
    ending = ".zip" if system in layout.zipped else ".tar.gz"
    archive = layout.stem.format(**values) + ending
    folder = f"{origin}/{repository}/releases/download/v{version}"
    listed = _fetch(f"{folder}/{layout.checksums.format(**values)}", environ)
    data = _fetch(f"{folder}/{archive}", environ)
    _check(data, archive, listed.decode("utf-8", "replace"))
    program = name + (".exe" if system == "windows" else "")
    member = layout.folder.format(**values) + program
    _place(_member(data, archive, member), os.path.join(home, "bin", program))


def platform() -> str:
    """This machine as releases name it: `linux-amd64`. Raises InputError for one that has none."""
    import platform as machine

    system = _SYSTEMS.get(sys.platform)
    processor = _MACHINES.get(machine.machine().lower())
    if system is None or processor is None:
        found = f"{sys.platform} on {machine.machine()}"
        raise InputError(f"there is no release for {found}.", key="tool-version", tip=_OWN)
    return f"{system}-{processor}"


_OWN: Final = "Install the tool yourself, so that it is on PATH, and name no version."


def _fetch(url: str, environ: Mapping[str, str]) -> bytes:
    """A file over HTTP, through the proxy of the environment if there is one."""
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, build_opener

    named = {s: environ[f"{s}_proxy"] for s in ("http", "https") if environ.get(f"{s}_proxy")}
    try:
        with build_opener(ProxyHandler(named)).open(url, timeout=_SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    except HTTPError as error:
        message = f"{printable(url)} answers {error.code}: there is no such release."
        raise InputError(message, key="tool-version") from None
    except (URLError, OSError) as error:
        reason = printable(str(getattr(error, "reason", error)), 200)
        message = f"{printable(url)} cannot be fetched ({reason})."
        raise InputError(message, key="tool-version", tip=_OWN) from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{printable(url)} is too large.", key="tool-version")
    return data


def _check(data: bytes, archive: str, listed: str) -> None:
    from hashlib import sha256

    sums = {match.group(2): match.group(1) for match in _CHECKSUM.finditer(listed)}
    if archive not in sums:
        message = f"the release's checksums do not name {archive}."
        raise InputError(message, key="tool-version", tip=_OWN)
    if sha256(data).hexdigest() != sums[archive]:
        message = f"{archive} does not have the checksum that its release names; it is not used."
        raise InputError(message, key="tool-version")


def _member(data: bytes, archive: str, member: str) -> bytes:
    """One file of an archive, by its exact name: nothing else is unpacked."""
    import io
    import tarfile
    import zipfile

    try:
        if archive.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as files, files.open(member) as file:
                return _bounded(file, member)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
            return _bounded(cast("IO[bytes]", tar.extractfile(member)), member)
    except (AttributeError, KeyError, tarfile.TarError, zipfile.BadZipFile, EOFError, OSError):
        message = f"{archive} does not hold {member}; it is not used."
        raise InputError(message, key="tool-version") from None


def _bounded(file: IO[bytes], member: str) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"{member} is too large; it is not used.", key="tool-version")
    return data


def _place(program: bytes, path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(program)
    os.chmod(path, 0o755)  # noqa: S103 (a program that its user runs)
