"""The records of Locust's JSON, typed. Imports msgspec, so it is imported only when JSON is read.

The fields are those of `StatsEntryDict` in locust/stats.py, as far as they are used.
"""

from __future__ import annotations

import msgspec

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable


class Record(msgspec.Struct):
    """What Locust keeps of one endpoint: times in ms, points in time in Unix seconds."""

    name: str | int | float | None
    num_requests: int
    num_failures: int
    response_times: dict[float, int]
    method: str | None = None
    start_time: float | None = None
    last_request_timestamp: float | None = None
    num_none_requests: int = 0
    total_response_time: float = 0
    max_response_time: float = 0
    min_response_time: float | None = None


class Decoded(NamedTuple):
    """The records that are as expected, and a sentence for each that is not."""

    records: tuple[Record, ...]
    drifted: tuple[str, ...]


def decode(body: str) -> Decoded:
    """The records of a JSON list. Raises ValueError where it is not JSON or not a list."""
    items = msgspec.json.decode(body, type=list[msgspec.Raw])
    records: list[Record] = []
    drifted: list[str] = []
    for position, item in enumerate(items, start=1):
        try:
            records.append(msgspec.json.decode(item, type=Record))
        except msgspec.ValidationError as error:
            drifted.append(
                f"Record {position} is not as expected and left out: {printable(str(error), 200)}."
            )
    return Decoded(tuple(records), tuple(drifted))
