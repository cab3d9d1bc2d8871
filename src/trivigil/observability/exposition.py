"""Metrics as text: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), gauges only.

A text of gauges is at the same time one of the older Prometheus format 0.0.4, which a Pushgateway and the text file collector
read: `# UNIT` and `# EOF` are comments there. No sample has a timestamp, which a Pushgateway would refuse.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLAIN: Final = "text/plain; version=0.0.4; charset=utf-8"
LONGEST: Final = 200
"""Characters of a label's value; a longer one is cut, and a hash tells it from others that begin alike."""
_COMMAND: Final = "##["


class Sample(NamedTuple):
    """One value with its labels, in their order."""

    labels: tuple[tuple[str, str], ...]
    value: float


class Family(NamedTuple):
    """A gauge with all its samples."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    unit: str = ""
    """As OpenMetrics names it, and as the name ends: `seconds`, `ratio`."""


def sample(value: float, /, **labels: str) -> Sample:
    """A sample whose labels are harmless: without what terminals and logs obey, and not too long."""
    return Sample(tuple((name, clean(text)) for name, text in labels.items()), float(value))


def clean(text: str) -> str:
    """A label's value: one line, everything in it visible; the command of a runner's log is broken up."""
    shown = visible(text).replace(_COMMAND, "# #[")
    if len(shown) <= LONGEST:
        return shown
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{shown[: LONGEST - 9]}~{mark}"


def joined(families: Iterable[Family]) -> tuple[Family, ...]:
    """Each name once, each set of labels once (the last one counts), none without samples."""
    found: dict[str, Family] = {}
    for family in families:
        before = found.get(family.name)
        samples = {
            one.labels: one for one in (*(before.samples if before else ()), *family.samples)
        }
        found[family.name] = family._replace(samples=tuple(samples.values()))
    return tuple(each for each in found.values() if each.samples)


def text(families: Iterable[Family]) -> str:
    """The exposition. Values have to be finite."""
    lines: list[str] = []
    for family in joined(families):
        lines += [f"# TYPE {family.name} gauge"]
        if family.unit:
            lines += [f"# UNIT {family.name} {family.unit}"]
        lines += [f"# HELP {family.name} {_escaped(family.help)}"]
        lines += [
            f"{family.name}{_braces(dict(one.labels))} {_number(one.value)}"
            for one in family.samples
        ]
    return "\n".join([*lines, "# EOF", ""])


def _braces(labels: Mapping[str, str]) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 (a float is exact so far)
