"""What most SARIF results have, as typed records: nothing else of them is ever built.

A result that does not fit, because a field is of another kind than SARIF 2.1.0 says or because it has one that only few have, is read from
its JSON by the lenient way. What fits has a message, a location, and nothing that says that it is no finding, or an accepted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from trivigil.security.readers import typed

_MOST: Final = 1 << 53
"""Lines from here on are no lines."""

Line = Annotated[int, Meta(ge=0, lt=_MOST)]
Rare = Raw | UnsetType


class Message(msgspec.Struct, gc=False):
    """Section 3.11."""

    text: str
    arguments: list[str] = []


class Snippet(msgspec.Struct, gc=False, frozen=True):
    """Section 3.3."""

    text: str = ""


class Region(msgspec.Struct, gc=False, frozen=True):
    """Section 3.30."""

    startLine: Line = 0
    endLine: Line = 0
    snippet: Snippet = Snippet()


class Artifact(msgspec.Struct, gc=False):
    """Section 3.4."""

    uri: str
    uriBaseId: str | None = None


class Physical(msgspec.Struct, gc=False):
    """Section 3.29."""

    artifactLocation: Artifact
    region: Region = Region()


class Logical(msgspec.Struct, gc=False):
    """Section 3.33."""

    fullyQualifiedName: str = ""
    name: str = ""


class Location(msgspec.Struct, gc=False):
    """Section 3.28."""

    physicalLocation: Physical
    logicalLocations: list[Logical] = []


class Said(msgspec.Struct, gc=False, frozen=True):
    """Section 3.11, in both of its forms."""

    text: str = ""
    markdown: str = ""


class Fix(msgspec.Struct, gc=False):
    """Section 3.55."""

    description: Said = Said()


class Brief(msgspec.Struct, gc=False):
    """Section 3.27: what says how severe a result is, and nothing of where it is or what it says."""

    ruleId: str
    ruleIndex: int | None = None
    level: str = ""
    kind: Literal["fail"] = "fail"
    baselineState: Literal["", "new", "unchanged", "updated"] = ""
    properties: Rare = UNSET
    rule: Rare = UNSET
    taxa: Rare = UNSET
    suppressions: Rare = UNSET
    webRequest: UnsetType = UNSET
    fixes: ClassVar[Sequence[Fix]] = ()


class Result(Brief, gc=False, kw_only=True):
    """The same with all that is read of a result."""

    message: Message
    locations: Annotated[list[Location], Meta(min_length=1)]
    fixes: list[Fix] = []  # type: ignore[misc]  # of each result here, of none there


class Run(msgspec.Struct, gc=False):
    """Section 3.14, as far as it is read; results wait to be decoded a window at a time."""

    tool: Any = UNSET
    results: list[Raw] | UnsetType = UNSET
    invocations: Any = UNSET
    properties: Any = UNSET
    artifacts: Any = UNSET
    automationDetails: Any = UNSET
    originalUriBaseIds: Any = UNSET
    versionControlProvenance: Any = UNSET
    externalPropertyFileReferences: Any = UNSET


class Log(msgspec.Struct, gc=False):
    """Section 3.13."""

    version: str
    runs: list[Run]
    inlineExternalProperties: Rare = UNSET


_LOG: Final = msgspec.json.Decoder(Log)
_BRIEF: Final = msgspec.json.Decoder(Brief)
_RESULT: Final = msgspec.json.Decoder(Result)


def document(data: bytes) -> dict[str, object] | None:
    """The log with its results as undecoded bytes; None for one that is to be read as a whole."""
    try:
        log = _LOG.decode(data)
    except (ValueError, RecursionError):
        return None
    if not log.version.startswith("2.1") or log.inlineExternalProperties is not UNSET:
        return None
    names = Run.__struct_fields__
    runs = [{n: v for n in names if (v := getattr(run, n)) is not UNSET} for run in log.runs]
    return {"version": log.version, "runs": runs}


def briefs(listed: Sequence[object]) -> list[Brief] | None:
    """Of each result what says how severe it is; None where one does not fit."""
    try:
        return list(map(_BRIEF.decode, listed))  # type: ignore[arg-type]  # what is no bytes is a TypeError
    except (ValueError, TypeError):
        return None


def results(listed: Sequence[object]) -> list[Result | None]:
    """Of each result its record; None for what does not fit. Raises SourceError where it is no JSON."""
    return typed.records(listed, _RESULT)
