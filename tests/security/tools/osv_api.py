"""OSV's API, as far as pip-audit asks it, with one advisory."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler

ADVISORY = {
    "schema_version": "1.6.0",
    "id": "GHSA-462w-v97r-4m45",
    "aliases": ["CVE-2019-10906"],
    "summary": "Sandbox escape",
    "details": "Sandbox escape",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2019-04-10T00:00:00Z",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}],
        }
    ],
}


class Osv(BaseHTTPRequestHandler):
    """What api.osv.dev answers to a query for a package (OSV's API, `POST /v1/query`)."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == "jinja2" and asked["version"] == "2.4.1"
        answer = json.dumps({"vulns": [ADVISORY]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
