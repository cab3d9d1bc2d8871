"""Metrics on their way out: with the alerts' patience, to an address that is a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from trivigil.alert.address import Address, Secret
from trivigil.alert.post import LIMITS, Answer, Limits, Patience, post
from trivigil.core.errors import InputError
from trivigil.observability import exposition, otlp, pushgateway

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report
    from trivigil.observability.exposition import Family

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")


def pushed(
    to: Address, report: Report, families: Iterable[Family], limits: Limits = LIMITS
) -> str | None:
    """Replace the watch's group; None where the gateway took it, else why not."""
    at = to.url.reveal().rstrip("/") + pushgateway.group(report)
    answer = post(
        to._replace(url=Secret(at)),
        exposition.text(families).encode(),
        Patience(limits),
        repeatable=True,
        headers=lambda: {"Content-Type": exposition.PLAIN},
        method="PUT",
    )
    return _refusal(answer)


def exported(
    to: Address, document: str, headers: Mapping[str, str], limits: Limits = LIMITS
) -> str | None:
    """Hand the request over; None where all of it was taken, else why not."""
    at = otlp.endpoint(to.url.reveal())
    answer = post(
        to._replace(url=Secret(at)),
        document.encode(),
        Patience(limits),
        repeatable=True,  # the same points at the same times
        headers=lambda: headers,
    )
    refusal = _refusal(answer)
    if refusal is None and isinstance(answer, Answer) and (count := otlp.rejected(answer.text)):
        return f"failed: it did not take {count} points"
    return refusal


def _refusal(answer: Answer | str) -> str | None:
    if isinstance(answer, str):
        return f"failed: {answer}"
    return None if answer.good else f"failed: it is refused ({answer.status})"


def headers(text: str, key: str) -> dict[str, str]:
    """`name=value,name=value`, values percent-encoded (OpenTelemetry's specification, protocol/exporter).

    Raises InputError that repeats nothing of it: there are keys in it.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = pair.partition("=")
        name, value = name.strip(), unquote(value.strip())
        if not equals or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise InputError("name=value pairs with commas between were expected.", key=key)
        found[name] = value
    return found
