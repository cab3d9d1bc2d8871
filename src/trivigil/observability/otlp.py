"""Metrics as OTLP: the JSON form of ExportMetricsServiceRequest (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

Our own writer: it is forty lines, and the SDK would be a dozen packages. 64-bit integers are texts there, and names are in camel case.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.observability.exposition import Family, Sample

PATH: Final = "/v1/metrics"
SERVICE: Final = "trivigil"
_UNITS: Final = {"seconds": "s", "ratio": "1", "bytes": "By", "bytes_per_second": "By/s"}
"""As UCUM writes them, which OpenTelemetry asks for."""


def endpoint(url: str) -> str:
    """Where metrics go below a collector's address; an address that says so already stays."""
    base, question, query = url.partition("?")
    base = base.rstrip("/")
    return f"{base if base.endswith(PATH) else base + PATH}{question}{query}"


def document(groups: Iterable[tuple[str, float, Iterable[Family]]]) -> str:
    """The request, for each watch its name, its time in seconds since 1970 and its metrics."""
    resources = [_resource(*group) for group in groups]
    return json.dumps({"resourceMetrics": resources}, allow_nan=False)


def _resource(instance: str, when: float, families: Iterable[Family]) -> dict[str, Any]:
    labels = {"service.name": SERVICE, "service.instance.id": instance}
    return {
        "resource": {"attributes": _attributes({**labels, "service.version": __version__})},
        "scopeMetrics": [
            {
                "scope": {"name": SERVICE, "version": __version__},
                "metrics": [_metric(family, when) for family in families],
            }
        ],
    }


def _metric(family: Family, when: float) -> dict[str, Any]:
    return {
        "name": family.name,
        "description": family.help,
        "unit": _UNITS.get(family.unit, "1/s" if family.unit else "1"),
        "gauge": {"dataPoints": [_point(one, when) for one in family.samples]},
    }


def _point(one: Sample, when: float) -> dict[str, Any]:
    return {
        "attributes": _attributes(dict(one.labels)),
        "timeUnixNano": str(round(when * 1000) * 1_000_000),
        "asDouble": one.value,
    }


def _attributes(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in labels.items()]


def rejected(answer: str) -> int:
    """How many points a receiver says that it did not take, though it took the request (partial success)."""
    try:
        said = json.loads(answer)
        return int(said["partialSuccess"]["rejectedDataPoints"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
