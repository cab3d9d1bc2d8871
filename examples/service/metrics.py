"""What the shop tells Prometheus: how many requests, how long they take, and what looks like an attack.

The counters are one process's own. Several processes are several targets to scrape: whoever asks sums their rates.
"""

from __future__ import annotations

from threading import Lock

from .http import Response

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
PROBED = ("/.git", "/.env", "/wp-", "/phpmyadmin", "/backup", "/server-status")
EVENTS = ("login_refused", "account_refused", "throttled", "too_large", "probing")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters that begin at nothing, all there from the start. Safe to use from many threads."""

    def __init__(self) -> None:
        """Nothing has been asked yet."""
        self._lock = Lock()
        self._requests: dict[tuple[str, int], int] = {("GET", 200): 0, ("GET", 500): 0}
        self._buckets = [0] * len(BUCKETS)
        self._count, self._seconds = 0, 0.0
        self._events = dict.fromkeys(EVENTS, 0)

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Take note of one answer."""
        key = (method if method in METHODS else "other", status)
        event = event_of(path, status)
        with self._lock:
            self._requests[key] = self._requests.get(key, 0) + 1
            self._count += 1
            self._seconds += seconds
            for place, most in enumerate(BUCKETS):
                self._buckets[place] += seconds <= most
            if event is not None:
                self._events[event] += 1

    def page(self) -> Response:
        """All of them, as Prometheus reads them."""
        with self._lock:
            lines = [*self._timed(), *self._asked(), *self._noticed()]
        return Response(200, "\n".join([*lines, ""]).encode(), CONTENT_TYPE)

    def _timed(self) -> list[str]:
        name = "http_request_duration_seconds"
        return [
            f"# HELP {name} How long the shop worked on an answer.",
            f"# TYPE {name} histogram",
            *(
                f'{name}_bucket{{le="{most}"}} {count}'
                for most, count in zip(BUCKETS, self._buckets, strict=True)
            ),
            f'{name}_bucket{{le="+Inf"}} {self._count}',
            f"{name}_sum {self._seconds:.9f}",
            f"{name}_count {self._count}",
        ]

    def _asked(self) -> list[str]:
        return [
            "# HELP http_requests_total Answers, by method and status.",
            "# TYPE http_requests_total counter",
            *(
                f'http_requests_total{{method="{method}",status="{status}"}} {count}'
                for (method, status), count in self._requests.items()
            ),
        ]

    def _noticed(self) -> list[str]:
        return [
            "# HELP security_events_total What looks like an attack, by type.",
            "# TYPE security_events_total counter",
            *(
                f'security_events_total{{type="{event}"}} {count}'
                for event, count in self._events.items()
            ),
        ]


def event_of(path: str, status: int) -> str | None:
    """What an answer gives away of who asked; None for most."""
    if path.lower().startswith(PROBED):
        return "probing"
    if status == 401:
        return "login_refused" if path.startswith("/login") else "account_refused"
    return {413: "too_large", 429: "throttled"}.get(status)
