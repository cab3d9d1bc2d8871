"""`trivigil export metrics`: result files as OpenMetrics, to a Pushgateway, to an OTLP receiver."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from trivigil.cli.parser import Parser
from trivigil.cli.written import load

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.report import Report
    from trivigil.observability.exposition import Family

GATEWAY: Final = "TRIVIGIL_PUSHGATEWAY"
OTLP: Final = "TRIVIGIL_OTLP"
HEADERS: Final = "OTEL_EXPORTER_OTLP_HEADERS"


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 where everything was written and taken, 1 where a receiver did not take it, 2 for bad input."""
    arguments = _parser().parse_args(argv)
    reports = tuple(load(path) for path in arguments.results)
    from trivigil.observability import metrics

    found = tuple((report, metrics.families(report)) for report in reports)
    sent = _sent(found, arguments, environ)
    if arguments.out or not sent:
        _write(found, arguments, console)
    for name, problem in sent:
        console.say(f"{name}: {problem or 'taken'}")
    return 1 if any(problem for _, problem in sent) else 0


def _parser() -> Parser:
    parser = Parser(
        "trivigil export metrics",
        description="Result files of monitoring, performance and security as metrics.",
    )
    parser.add_argument(
        "--results", required=True, nargs="+", metavar="FILE", help="what watches wrote"
    )
    parser.add_argument(
        "--format", choices=("openmetrics", "otlp"), default="openmetrics", help="of the text"
    )
    parser.add_argument("--out", metavar="FILE", help="else standard output, where nothing is sent")
    parser.add_argument(
        "--push-gateway", metavar="URL", help=f"Pushgateway (better: {GATEWAY}); one group a watch"
    )
    parser.add_argument(
        "--otlp",
        metavar="URL",
        help=f"OTLP over HTTP, as JSON (better: {OTLP}); /v1/metrics is added",
    )
    parser.epilog = (
        f"Headers for OTLP come from {HEADERS} alone (name=value, with commas between). "
        "Without TLS only this machine is spoken to."
    )
    return parser


def _write(
    found: Sequence[tuple[Report, tuple[Family, ...]]], arguments: Namespace, console: Console
) -> None:
    from trivigil import files
    from trivigil.observability import exposition

    if arguments.format == "otlp":
        text = f"{_as_otlp(found)}\n"
    else:
        text = exposition.text(family for _, families in found for family in families)
    if not arguments.out:
        console.answer(text)
        return
    files.write(arguments.out, text)
    console.say(f"Metrics: {arguments.out}")


def _as_otlp(found: Sequence[tuple[Report, tuple[Family, ...]]]) -> str:
    from trivigil.observability import moments, otlp

    return otlp.document(
        (report.name, moments.seconds(report.generated_at) or time.time(), families)
        for report, families in found
    )


def _sent(
    found: Sequence[tuple[Report, tuple[Family, ...]]],
    arguments: Namespace,
    environ: Mapping[str, str],
) -> list[tuple[str, str | None]]:
    """What became of each thing that was sent: a problem in words of ours, or None."""
    gateway = arguments.push_gateway or environ.get(GATEWAY, "").strip()
    collector = arguments.otlp or environ.get(OTLP, "").strip()
    if not gateway and not collector:
        return []
    from trivigil.alert import address
    from trivigil.cli import sending

    to_gateway = address.read(gateway, "--push-gateway") if gateway else None
    to_collector = address.read(collector, "--otlp") if collector else None
    headers = sending.headers(environ.get(HEADERS, ""), HEADERS) if to_collector else {}
    sent: list[tuple[str, str | None]] = []
    if to_gateway is not None:
        sent += [
            (f"Pushgateway, {report.name}", sending.pushed(to_gateway, report, families))
            for report, families in found
        ]
    if to_collector is not None:
        sent.append(("OTLP", sending.exported(to_collector, _as_otlp(found), headers)))
    return sent
