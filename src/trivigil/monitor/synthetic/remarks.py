"""What a check file says to the monitor, in comments that its own language does not see: `# trivigil: retries 2`. Pure.

| remark | where | what it says |
|---|---|---|
| `warn` | on a claim's line, or alone above it | the claim failing is a warning |
| `warn` | alone, above the first request | likewise, for all claims of the file |
| `runbook https://…` | anywhere | where it stands what to do |
| `depends-on NAME, …` | anywhere | checks without which this one says nothing |
| `retries N` | anywhere | more attempts after a failed one |
| `tags A, …` | anywhere | words to find it by |

Claims are the lines of `[Asserts]`; a status, an expected header or body that is wrong always fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trivigil.core.record import NamedTuple

from .model import Assert, Check, Place, Remark, Severity, Step
from .problem import CheckFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS: Final = ("depends-on", "retries", "runbook", "tags", "warn")
MOST_RETRIES: Final = 10
_MOST_NAMES: Final = 50
_LONGEST: Final = 500


class Remarked(NamedTuple):
    """A check with what its file says of it."""

    check: Check
    """Its claims have their severity."""
    runbook: str | None = None
    depends_on: tuple[str, ...] = ()
    retries: int | None = None
    tags: tuple[str, ...] = ()


def read(check: Check, text: str) -> Remarked:
    """The check with its remarks heeded; `text` is that of its file. Raises CheckFileError for one that says nothing known."""
    lines: set[int] = set()
    others = []
    for remark in check.remarks:
        word, _, rest = remark.text.partition(" ")
        if word == "warn":
            lines |= _warned(check, remark, rest.strip(), text.split("\n"))
        else:
            others.append(remark)
    return heeded(check, others, WORDS)._replace(check=_with_warnings(check, lines))


def heeded(
    check: Check, remarks: Iterable[Remark], known: tuple[str, ...] = WORDS[:-1]
) -> Remarked:
    """The check with what these remarks say of it, `warn` not among them. Raises CheckFileError for one that says nothing known."""
    found = Remarked(check)
    seen: dict[str, Place] = {}
    for remark in remarks:
        word, _, rest = remark.text.partition(" ")
        if word not in known:
            raise _unfit(check, remark, f"a remark: {', '.join(known)}")
        if word in seen and word in ("retries", "runbook"):
            raise _unfit(check, remark, f"one `{word}`: it is said in line {seen[word].line}")
        seen[word] = remark.place
        found = _heeded(found, remark, word, rest.strip())
    return found


def _heeded(found: Remarked, remark: Remark, word: str, rest: str) -> Remarked:
    if word == "retries":
        return found._replace(retries=_number(found.check, remark, rest))
    if word == "runbook":
        return found._replace(runbook=_link(found.check, remark, rest))
    names = tuple(name for name in (each.strip() for each in rest.split(",")) if name)
    if not names or len(names) > _MOST_NAMES or len(rest) > _LONGEST:
        raise _unfit(found.check, remark, f"`{word}` with names, commas between them")
    if word == "tags":
        return found._replace(tags=tuple(dict.fromkeys((*found.tags, *names))))
    return found._replace(depends_on=tuple(dict.fromkeys((*found.depends_on, *names))))


def _number(check: Check, remark: Remark, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) <= MOST_RETRIES):  # noqa: PLR2004 (digits)
        raise _unfit(check, remark, f"`retries` with a number from 0 to {MOST_RETRIES}")
    return int(text)


def _link(check: Check, remark: Remark, text: str) -> str:
    if not is_link(text):
        raise _unfit(check, remark, "`runbook` with an https:// or http:// link")
    return text


def is_link(text: str) -> bool:
    """Whether a runbook can be there: an address without a password."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except ValueError:
        return False
    return bool(fits) and " " not in text and text.isprintable() and len(text) <= _LONGEST


def _unfit(check: Check, remark: Remark, wanted: str) -> CheckFileError:
    return CheckFileError(f"expected {wanted}", path=check.path, place=remark.place)


# --- Severity ------------------------------------------------------------------------------------


def _claims(check: Check) -> list[int]:
    """The first lines of all claims."""
    expected = [step.expected for step in check.steps if step.expected]
    return [claim.query.place.line for each in expected for claim in each.asserts]


def _warned(check: Check, remark: Remark, rest: str, lines: list[str]) -> set[int]:
    """The lines of the claims that this `warn` is about."""
    if rest:
        raise _unfit(check, remark, "`warn` alone")
    claims = _claims(check)
    line = remark.place.line
    if remark.alone and (not check.steps or line < check.steps[0].place.line):
        return set(claims)
    if remark.alone:
        line = next(
            number
            for number in range(line + 1, len(lines) + 2)
            if number > len(lines) or not _is_comment(lines[number - 1])
        )
    if line not in claims:
        raise _unfit(
            check, remark, "a claim of [Asserts] on this line or the next, or the first request"
        )
    return {line}


def _is_comment(line: str) -> bool:
    return line.strip()[:1] in ("", "#")


def _with_warnings(check: Check, lines: set[int]) -> Check:
    return check._replace(steps=tuple(_step(step, lines) for step in check.steps))


def _step(step: Step, lines: set[int]) -> Step:
    if step.expected is None:
        return step
    claims = tuple(_claim(claim, lines) for claim in step.expected.asserts)
    return step._replace(expected=step.expected._replace(asserts=claims))


def _claim(claim: Assert, lines: set[int]) -> Assert:
    severity: Severity = "warn" if claim.query.place.line in lines else claim.severity
    return claim._replace(severity=severity)
