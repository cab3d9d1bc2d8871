"""SARIF 2.1.0 of any tool: a result is a finding; whose it is, the driver's name says.

Format: OASIS SARIF 2.1.0. A run without `results` was not made, one whose invocation failed or that has notifications of the level `error`
was not made whole, and no run at all says nothing: none of these is clean (sections 3.14.23, 3.20.14, 3.20.21). Commas before a closing
bracket, which a real producer writes, are passed over. Versions 1.0.0 and 2.0.0 are read, said, and never complete. Logs in a list, as `jq`
saves them, are as one.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import lenient, outline, scan
from trivigil.security.readers import (
    sarif_older,
    sarif_places,
    sarif_results,
    sarif_rules,
    sarif_tools,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.core.reading import Reading
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "sarif"
FORMAT: Final = "sarif"
UNIT: Final = "results"

_VERSION: Final = re.compile(rb'"version"\s*:\s*"[12]\.\d\.')
_COMMA: Final = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_OF_RUNS: Final = frozenset(
    {"results", "invocations", "artifacts", "columnKind", "originalUriBaseIds", "taxonomies"}
)


def recognises(source: Source) -> bool:
    """Whether it has SARIF's schema or version and runs, or runs that have what only SARIF's have; also as a list of such logs."""
    seen = outline.outline(source)
    if not seen.opens or not seen.has("runs"):
        return False
    if seen.has("$schema") and b"sarif" in source.head.lower():
        return True
    below = seen.inner.get("runs", frozenset())
    named = seen.has("version") and _VERSION.search(source.head) is not None
    return named or ("tool" in below and bool(below & _OF_RUNS)) or len(below & _OF_RUNS) > 1


class Told(NamedTuple):
    """What one run says."""

    tool: str
    version: str | None = None
    findings: tuple[Finding, ...] = ()
    incomplete: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failed: str | None = None
    """Why it only tells of a failure."""
    results: int = 0
    absent: int = 0
    others: int = 0
    """Results of kinds that are no findings."""
    scanned_at: str | None = None
    scope: str | None = None


def read(source: Source) -> Reading[ScanFacts]:
    """Every result of every run."""
    return _read(source, brief=False)


def brief(source: Source) -> Reading[ScanFacts]:
    """The same state and the same numbers; findings that differ in place and words alone are one, as often as there are."""
    return _read(source, brief=True)


def _read(source: Source, *, brief: bool) -> Reading[ScanFacts]:
    decoded, notes = _decoded(source)
    try:
        return _reading(source, decoded, notes, brief=brief)
    except SourceError:
        # What is damaged inside of a result gets its line where all is decoded at once.
        return _reading(source, *_leniently(sources.text(source)), brief=brief)


def _reading(
    source: Source, decoded: object, notes: tuple[str, ...], *, brief: bool
) -> Reading[ScanFacts]:
    logs = decoded if isinstance(decoded, list) else [decoded]
    read = [_log(foreign.root(each, "SARIF"), brief=brief) for each in logs]
    told = [each for runs, _ in read for each in runs]
    strange = [*(said for _, left in read for said in left)]
    if told and not all(runs for runs, _ in read):
        strange.append("One of its logs has no run.")
    if len(read) > 1 and not any(each.findings for each in told):
        strange.append("There are several logs in it, and none of them has a result.")
    tools = tuple(dict.fromkeys(each.tool for each in told))
    made = scan.reading(
        source,
        (tools[0] if len(tools) == 1 else TOOL, FORMAT, UNIT),
        tuple(chain.from_iterable(each.findings for each in told)),
        incomplete=(*dict.fromkeys(strange), *_incomplete(told)),
        notes=(*notes, *(note for each in told for note in each.notes)),
        crashed=_crashed(told),
        counts=_counts(told),
        version=told[0].version if len(tools) == 1 else None,
        scope=next((each.scope for each in told if each.scope), None),
        scanned_at=max((each.scanned_at for each in told if each.scanned_at), default=None),
    )
    assert made.facts is not None  # noqa: S101 (scan.reading always has facts)
    return made._replace(facts=made.facts._replace(tools=tools))


def _log(document: Fields, *, brief: bool) -> tuple[list[Told], tuple[str, ...]]:
    """What the runs of one log say, and what is wrong with it."""
    version = lenient.text(document, "version") or ""
    runs, strange = _runs(document)
    return [_told(run, version, brief=brief) for run in runs], (*_older(version), *strange)


def _decoded(source: Source) -> tuple[object, tuple[str, ...]]:
    """The log; where it is as documented, its results are bytes that wait to be decoded."""
    from trivigil.security.readers import sarif_records

    data = sources.octets(source)
    document = sarif_records.document(data)
    if document is not None:
        return document, ()
    return _leniently(data.decode())


def _leniently(text: str) -> tuple[object, tuple[str, ...]]:
    try:
        return foreign.decode(text, "SARIF"), ()
    except SourceError:
        mended = _COMMA.sub(lambda match: "" if match.group() == "," else match.group(), text)
        if mended == text:
            raise
        note = "There are commas before closing brackets, which is not JSON; they are passed over."
        return foreign.decode(mended, "SARIF"), (note,)


def _runs(document: Fields) -> tuple[tuple[Fields, ...], tuple[str, ...]]:
    """The runs, each with the results that stand apart from it; and what is wrong with the list."""
    listed = document.value.get("runs")
    if isinstance(listed, dict):
        listed = [listed]
    runs, strange = lenient.objects(listed if isinstance(listed, list) else None, "runs")
    apart, _ = lenient.objects(
        found if isinstance(found := document.value.get("inlineExternalProperties"), list) else None
    )
    for each in apart:
        if each.value.get("results"):
            guid = lenient.text(each, "runGuid")
            runs = (*runs, _with_tool(each, runs, guid))
    return runs, strange


def _with_tool(apart: Fields, runs: Sequence[Fields], guid: str | None) -> Fields:
    """Results outside of their run, as a run of its tool."""
    details = (lenient.inner(run, "automationDetails") for run in runs)
    named = [
        run
        for run, of in zip(runs, details, strict=True)
        if guid and lenient.text(of, "guid") == guid
    ]
    run = (named or list(runs) or [Fields({})])[0]
    kept = {
        key: run.value[key]
        for key in ("tool", "originalUriBaseIds", "artifacts")
        if key in run.value
    }
    return Fields({**kept, **apart.value}, apart.place)


def _older(version: str) -> tuple[str, ...]:
    if not version or version.startswith("2.1"):
        return ()
    said = f"It is SARIF {version[:20]}, which is read only as far as it says the same as 2.1.0"
    return (f"{said}; let the tool write 2.1.0.",)


def _incomplete(told: Sequence[Told]) -> Iterator[str]:
    for each in told:
        if each.failed is not None:
            yield each.failed
        yield from each.incomplete


def _crashed(told: Sequence[Told]) -> str | None:
    """Why the whole file only tells of a failure; None where a run has something to say."""
    if not told:
        return "It has no run, so no tool has looked at anything."
    if all(each.failed is not None for each in told):
        return "No run of it was successful."
    return None


def _counts(told: Sequence[Told]) -> Mapping[str, int]:
    counts = {
        "results": sum(each.results for each in told),
        "runs": len(told),
        "absent": sum(each.absent for each in told),
        "passed or open": sum(each.others for each in told),
    }
    return {name: count for name, count in counts.items() if count or name in ("results", "runs")}


# --- one run ------------------------------------------------------------------------------------


def _told(run: Fields, version: str, *, brief: bool) -> Told:
    if version.startswith(("1.", "2.0")):
        run = Fields(sarif_older.run(run.value), run.place)
    tool = lenient.inner(run, "tool")
    driver = lenient.inner(tool, "driver")
    name = lenient.text(driver, "name") or ""
    invocations = _listed(run, "invocations")[0]
    known = sarif_results.Run(
        tool=sarif_tools.normal(name) or TOOL,
        driver=name,
        parts=sarif_rules.components(tool, driver),
        tree=sarif_places.tree(run, invocations),
        levels=dict(_levels(invocations)),
        image=lenient.text(lenient.inner(run, "properties"), "imageName"),
    )
    from trivigil.security.readers import sarif_windows

    listed = run.value.get("results")
    results = listed if isinstance(listed, list) else []
    taken = sarif_windows.taken(results, run.place, known, brief=brief)
    failed, incomplete = _health(run, known.tool, invocations)
    if taken.undecided:
        said = f"{known.tool} did not decide on {taken.undecided} of its results"
        incomplete += (f"{said}: they are open, for review, or contradict themselves.",)
    return Told(
        tool=known.tool,
        version=lenient.text(driver, "semanticVersion", "version"),
        findings=taken.findings,
        incomplete=(*incomplete, *taken.strange),
        failed=failed,
        results=taken.read,
        absent=taken.absent,
        others=taken.read - taken.absent - len(taken.findings),
        scanned_at=max(
            (t for each in invocations if (t := lenient.moment(each.value.get("endTimeUtc")))),
            default=None,
        ),
        scope=known.image,
    )


def _listed(fields: Fields, key: str) -> tuple[tuple[Fields, ...], tuple[str, ...]]:
    """The objects of a list; what is no list is nothing."""
    found = fields.value.get(key)
    return lenient.objects(found if isinstance(found, list) else None, f"{fields.place}.{key}")


def _levels(invocations: Sequence[Fields]) -> Iterator[tuple[str, str]]:
    """Levels that an invocation sets for rules, by their ids (section 3.20.5)."""
    for invocation in invocations:
        for override in _listed(invocation, "ruleConfigurationOverrides")[0]:
            name = lenient.text(lenient.inner(override, "descriptor"), "id")
            set_to = lenient.text(lenient.inner(override, "configuration"), "level")
            if name and set_to:
                yield name, set_to.lower()


def _health(
    run: Fields, tool: str, invocations: Sequence[Fields]
) -> tuple[str | None, tuple[str, ...]]:
    """Why the run only tells of a failure, and what it did not look at."""
    errors = [text for each in invocations for text in _errors(each)]
    unsuccessful = any(map(_died, invocations))
    said = scan.listed(f"{tool} reports", errors)
    if unsuccessful and not run.value.get("results"):
        return f"{tool} says that it failed{': ' if errors else ''}{'; '.join(errors[:3])}.", ()
    incomplete: tuple[str, ...] = ()
    if unsuccessful:
        incomplete = (f"{tool} says that it was not successful.",)
    references = lenient.inner(run, "externalPropertyFileReferences").value
    if references.get("results"):
        incomplete += (f"Results of {tool} stand in other files, which are not read.",)
    elif not isinstance(run.value.get("results"), list):
        return f"{tool} has no `results`: it did not look at anything, or did not finish.", said
    return None, (*incomplete, *said)


def _died(invocation: Fields) -> bool:
    """Whether it says that it failed, that a signal ended it, or that it did not start (sections 3.20.10 to 3.20.14)."""
    ended = lenient.text(invocation, "exitSignalName", "processStartFailureMessage")
    return invocation.value.get("executionSuccessful") is False or ended is not None


def _errors(invocation: Fields) -> Iterator[str]:
    """Notifications of the level `error`: what the tool could not do."""
    for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for each in _listed(invocation, key)[0]:
            if (lenient.text(each, "level") or "").lower() == "error":
                yield _notification(each)


def _notification(each: Fields) -> str:
    message: Any = lenient.text(lenient.inner(each, "message"), "text", "markdown", "id")
    if message is None:
        message = lenient.text(each, "message") or lenient.text(
            lenient.inner(each, "descriptor"), "id"
        )
    text = " ".join((message or "an error").split())
    return text.rstrip(".")[:200]
