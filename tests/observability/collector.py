"""An OTLP receiver on loopback: it takes what OpenTelemetry's own description of the protocol can read, and refuses the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)


class Collector(ThreadingHTTPServer):
    """What it took, and the headers that came with it."""

    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[ExportMetricsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        """Statuses to answer with before it takes anything."""
        self.refused = 0
        """Points that it says it did not take."""
        super().__init__(("127.0.0.1", 0), _Exchange)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Exchange(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        status = self.server.answers.pop(0) if self.server.answers else self._status(body)
        answer = ExportMetricsServiceResponse()
        if self.server.refused:
            answer.partial_success.rejected_data_points = self.server.refused
            answer.partial_success.error_message = "too old\n::error::x"
        said = json_format.MessageToJson(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _status(self, body: bytes) -> int:
        if self.path != "/v1/metrics":
            return 404
        if self.headers["Content-Type"] != "application/json":
            return 415
        try:
            read = json_format.Parse(body, ExportMetricsServiceRequest())
        except json_format.ParseError:
            return 400
        self.server.taken.append(read)
        return 200

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def collecting() -> Iterator[Collector]:
    """A receiver that listens."""
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()
