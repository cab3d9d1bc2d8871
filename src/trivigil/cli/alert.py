"""`trivigil alert`: tell people what a result file says."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from trivigil.cli import written
from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.alert import Moment, Recipient, Sent
    from trivigil.cli.console import Console
    from trivigil.core.notice import Notice


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 where everything is sent or there is nothing to tell, 1 where a receiver did not take it, 2 for bad input."""
    arguments = _parser().parse_args(argv)
    from trivigil import alert
    from trivigil.launching.duration import seconds

    recipients = alert.chosen(_options(arguments), environ)
    if not recipients and arguments.dry_run is None:
        raise InputError(
            "there is nobody to tell.",
            tip=f"Set {', '.join(each.VARIABLE for each in alert.TABLE)}, or see --help.",
        )
    moment = alert.Moment(time.time(), seconds(arguments.interval, "--interval"))
    report = written.load(arguments.results)
    notices = alert.notices_of(report)
    if not notices:
        console.say(f"{arguments.results}: nothing to tell.")
        return 0
    if arguments.dry_run is not None:
        _write(notices, recipients, moment, arguments.dry_run)
        console.say(f"Written, nothing sent: {arguments.dry_run}")
        return 0
    return _tell(alert.deliver(notices, recipients, moment), console)


def _parser() -> Parser:
    parser = Parser(
        "trivigil alert",
        description="Tell people what fails by a result file: monitoring, performance or security.",
    )
    parser.add_argument("--results", required=True, metavar="FILE", help="what a watch wrote")
    parser.add_argument(
        "--slack-webhook", metavar="URL", help="Slack (better: TRIVIGIL_SLACK_WEBHOOK)"
    )
    parser.add_argument(
        "--webhook",
        metavar="URL",
        help="takes JSON (better: TRIVIGIL_WEBHOOK); signed with TRIVIGIL_WEBHOOK_SECRET",
    )
    parser.add_argument(
        "--alertmanager", metavar="URL", help="Alertmanager (better: TRIVIGIL_ALERTMANAGER)"
    )
    parser.add_argument(
        "--interval", default="30m", metavar="T", help="from one run to the next (30m)"
    )
    parser.add_argument("--dry-run", metavar="DIR", help="write the payloads there, send nothing")
    parser.epilog = (
        "From the environment alone: TRIVIGIL_PAGERDUTY_KEY, TRIVIGIL_APPRISE. "
        "An address in the environment is in no process list."
    )
    return parser


def _options(arguments: Namespace) -> Mapping[str, str]:
    return {
        "slack": arguments.slack_webhook or "",
        "webhook": arguments.webhook or "",
        "alertmanager": arguments.alertmanager or "",
    }


def _write(
    notices: Sequence[Notice], recipients: Sequence[Recipient], moment: Moment, folder: str
) -> None:
    """What each receiver would get; where none is named, what all would."""
    from trivigil import alert, files

    receivers = [one.receiver for one in recipients] or alert.TABLE
    for name, text in alert.payloads(notices, receivers, moment).items():
        files.write(os.path.join(folder, name), text)


def _tell(sent: Sequence[Sent], console: Console) -> int:
    """A line for each receiver and outcome."""
    counts: dict[tuple[str, str], int] = {}
    for one in sent:
        counts[one.receiver, one.outcome] = counts.get((one.receiver, one.outcome), 0) + 1
    for (receiver, outcome), count in counts.items():
        console.say(f"{receiver}: {count} {'notice' if count == 1 else 'notices'} {outcome}")
    return 1 if any(one.problem is not None for one in sent) else 0
