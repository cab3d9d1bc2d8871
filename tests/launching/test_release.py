"""Installing from a project's releases: a real server on loopback that has what GitHub would have."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import subprocess
import tarfile
import threading
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from trivigil.core.errors import InputError
from trivigil.launching import install, release
from trivigil.perf.tools import k6

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROGRAM = b"#!/bin/sh\necho k6 v9.9.9\n"
STEM = "k6-v9.9.9-linux-amd64"
FOLDER = "/grafana/k6/releases/download/v9.9.9/"
SUMS = "k6-v9.9.9-checksums.txt"


@pytest.fixture(autouse=True)
def _linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "platform", lambda: "linux-amd64")


def tar(name: str = f"{STEM}/k6", data: bytes = PROGRAM) -> bytes:
    """An archive as build-release.sh makes it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def published(archive: bytes, name: str = f"{STEM}.tar.gz") -> dict[str, bytes]:
    """A release with this archive and its checksums, as sha256sum writes them."""
    listed = (
        f"{'0' * 64}  k6-v9.9.9-linux-arm64.tar.gz\n{hashlib.sha256(archive).hexdigest()}  {name}\n"
    )
    return {FOLDER + name: archive, FOLDER + SUMS: listed.encode()}


@contextmanager
def served(files: Mapping[str, bytes]) -> Iterator[str]:
    """These files, and 404 for every other."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(self.path)
            self.send_response(404 if data is None else 200)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_the_program_of_a_release_is_installed(tmp_path: Path) -> None:
    """It lies in `bin` and can be run; nothing else of the archive is there."""
    with served(published(tar())) as origin:
        release.install("grafana/k6", "9.9.9", str(tmp_path), {}, origin)
    done = subprocess.run([tmp_path / "bin/k6"], capture_output=True, check=True)
    assert done.stdout == b"k6 v9.9.9\n"
    assert [path.name for path in tmp_path.rglob("*")] == ["bin", "k6"]


def test_the_program_of_a_zip_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, as macOS, has zip archives."""
    monkeypatch.setattr(release, "platform", lambda: "windows-amd64")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("k6-v9.9.9-windows-amd64/k6.exe", PROGRAM)
    files = published(packed.getvalue(), "k6-v9.9.9-windows-amd64.zip")
    with served(files) as origin:
        release.install("grafana/k6", "9.9.9", str(tmp_path), {}, origin)
    assert (tmp_path / "bin/k6.exe").read_bytes() == PROGRAM


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({}, "answers 404: there is no such release", id="no such version"),
        pytest.param(
            {**published(tar()), FOLDER + f"{STEM}.tar.gz": tar(data=b"evil")},
            "does not have the checksum that its release names",
            id="another archive",
        ),
        pytest.param(
            {**published(tar()), FOLDER + SUMS: b"nothing"}, "do not name", id="no checksum"
        ),
        pytest.param(published(tar(name="../../k6")), "does not hold", id="another member"),
        pytest.param(published(b"not an archive"), "does not hold", id="no archive"),
        pytest.param(published(tar()[:40]), "does not hold", id="cut archive"),
    ],
)
def test_what_is_not_as_released_is_refused(
    files: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    """One sentence, and nothing is installed."""
    with served(files) as origin, pytest.raises(InputError, match=words):
        release.install("grafana/k6", "9.9.9", str(tmp_path), {}, origin)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    """With the way out."""
    with pytest.raises(InputError, match=r"cannot be fetched .* Install the tool yourself"):
        release.install("grafana/k6", "9.9.9", str(tmp_path), {}, "http://127.0.0.1:9")


def test_a_named_version_is_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time it is there, and no server is asked."""
    said: list[str] = []
    environ = {"RUNNER_TOOL_CACHE": str(tmp_path), "PATH": os.environ["PATH"]}
    with served(published(tar())) as origin:
        monkeypatch.setattr(release.install, "__defaults__", (origin,))
        program = install.program(k6, "9.9.9", environ, said.append)
    assert install.program(k6, "9.9.9", environ, said.append) == program
    assert os.access(program, os.X_OK)
    assert said == ["Installing k6 9.9.9 …"]


def test_a_machine_without_a_release_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """k6 has no release for every processor."""
    monkeypatch.undo()
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(InputError, match=r"no release for .* on riscv64"):
        release.platform()


@pytest.mark.parametrize(
    ("repository", "machine", "archive", "member", "sums"),
    [
        pytest.param("gitleaks/gitleaks", "linux-amd64", "gitleaks_9.9.9_linux_x64.tar.gz", "gitleaks", "gitleaks_9.9.9_checksums.txt", id="gitleaks"),
        pytest.param("gitleaks/gitleaks", "macos-arm64", "gitleaks_9.9.9_darwin_arm64.tar.gz", "gitleaks", "gitleaks_9.9.9_checksums.txt", id="gitleaks on a Mac"),
        pytest.param("aquasecurity/trivy", "linux-amd64", "trivy_9.9.9_Linux-64bit.tar.gz", "trivy", "trivy_9.9.9_checksums.txt", id="trivy"),
        pytest.param("aquasecurity/trivy", "linux-arm64", "trivy_9.9.9_Linux-ARM64.tar.gz", "trivy", "trivy_9.9.9_checksums.txt", id="trivy on ARM"),
    ],
)  # fmt: skip
def test_scanners_name_their_releases_in_their_own_way(
    repository: str,
    machine: str,
    archive: str,
    member: str,
    sums: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The archive, the program in it and the checksums, as their goreleaser.yml has them."""
    monkeypatch.setattr(release, "platform", lambda: machine)
    data = tar(member)
    folder = f"/{repository}/releases/download/v9.9.9/"
    listed = f"{hashlib.sha256(data).hexdigest()}  {archive}\n".encode()
    with served({folder + archive: data, folder + sums: listed}) as origin:
        release.install(repository, "9.9.9", str(tmp_path), {}, origin)
    assert (tmp_path / "bin" / member).read_bytes() == PROGRAM
