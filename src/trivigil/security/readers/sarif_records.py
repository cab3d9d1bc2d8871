"""What most SARIF results have, as typed records: nothing else of them is ever built.

A result that does not fit, because a field is of another kind than SARIF 2.1.0 says, is read from its JSON by the lenient way. So is
one with a field that only few have: those are kept as bytes here, to be seen.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from trivigil.core.errors import SourceError

Rare = Raw | UnsetType

_DAMAGED: Final = SourceError("a result is damaged.")


class Message(msgspec.Struct, gc=False):
    """Section 3.11."""

    text: str
    arguments: Rare = UNSET


class Snippet(msgspec.Struct, gc=False):
    """Section 3.3."""

    text: str = ""


class Region(msgspec.Struct, gc=False):
    """Section 3.30."""

    startLine: int = 0
    endLine: int = 0
    snippet: Snippet | None = None


class Artifact(msgspec.Struct, gc=False):
    """Section 3.4."""

    uri: str
    uriBaseId: str | None = None


class Physical(msgspec.Struct, gc=False):
    """Section 3.29."""

    artifactLocation: Artifact
    region: Region | None = None


class Logical(msgspec.Struct, gc=False):
    """Section 3.33."""

    fullyQualifiedName: str = ""
    name: str = ""


class Location(msgspec.Struct, gc=False):
    """Section 3.28."""

    physicalLocation: Physical
    logicalLocations: list[Logical] = []


class Result(msgspec.Struct, gc=False):
    """Section 3.27."""

    ruleId: str
    message: Message
    locations: list[Location]
    ruleIndex: int | None = None
    level: str = ""
    kind: str = "fail"
    baselineState: str = ""
    properties: Rare = UNSET
    rule: Rare = UNSET
    suppressions: Rare = UNSET
    taxa: Rare = UNSET
    fixes: Rare = UNSET
    webRequest: Rare = UNSET


class Run(msgspec.Struct, gc=False):
    """Section 3.14, as far as it is read; results wait to be decoded one by one."""

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


def result(raw: Raw) -> Result | None:
    """A result that has nothing but what most have; None for any other. Raises SourceError where it is no JSON."""
    try:
        found = _RESULT.decode(raw)
    except msgspec.ValidationError:
        return None
    except ValueError:
        raise _DAMAGED from None
    if (
        found.suppressions is found.fixes is found.taxa is found.rule is found.webRequest is UNSET
        and found.message.arguments is UNSET
        and found.locations
    ):
        return found
    return None


def anything(raw: Raw) -> object:
    """Whatever the JSON says. Raises SourceError where it is none."""
    try:
        decoded: object = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise _DAMAGED from None
    return decoded
