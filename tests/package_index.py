"""A package index on loopback with small wheels made here: what real pip and real uv install from."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Wheel(NamedTuple):
    """A built distribution, whole in memory."""

    name: str
    file: str
    content: bytes

    @property
    def pin(self) -> str:
        """The line of a lock for it."""
        digest = hashlib.sha256(self.content).hexdigest()
        return f"{self.name}==1.0 \\\n    --hash=sha256:{digest}\n"


def wheel(name: str, modules: Mapping[str, str]) -> Wheel:
    """A wheel of version 1.0 with these modules (path: source)."""
    info = f"{name}-1.0.dist-info"
    files = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: trivigil\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(_record_row(path, text.encode()) for path, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return Wheel(name, f"{name}-1.0-py3-none-any.whl", stream.getvalue())


def _record_row(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(content)}\n"


class Index(NamedTuple):
    """A running index: its address, and the paths it was asked for."""

    url: str
    asked: list[str]


@contextlib.contextmanager
def serve(*wheels: Wheel) -> Iterator[Index]:
    """Serves the wheels by the simple repository API (PEP 503)."""
    pages = {f"/files/{each.file}": each.content for each in wheels}
    for each in wheels:
        link = (
            f'<!DOCTYPE html><html><body><a href="/files/{each.file}">{each.file}</a></body></html>'
        )
        pages[f"/simple/{each.name}/"] = link.encode()
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            content = pages.get(self.path)
            self.send_response(404 if content is None else 200)
            kind = "text/html" if self.path.endswith("/") else "application/octet-stream"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *args: Any) -> None:
            """Requests are remembered, not printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Index(f"http://127.0.0.1:{server.server_port}/simple/", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
