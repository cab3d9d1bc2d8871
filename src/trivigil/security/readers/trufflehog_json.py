"""`trufflehog --json` of version 3: one line, or one record of a list, for each secret in each place.

Format: pkg/output/json.go and pkg/pb/source_metadatapb of trufflesecurity/trufflehog. What it logs may stand between the lines, as JSON, too; an error
there makes the reading partial. Secrets, e-mail addresses and account data are not kept.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Place
from trivigil.security.outline import nothing, outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "trufflehog"
FORMAT: Final = "json"
UNIT: Final = "leaks"

_KNOWN: Final = frozenset({"SourceMetadata", "DetectorName", "Raw"})


def recognises(source: Source) -> bool:
    """Whether its records have a detector and where the secret came from; an empty list, or its log alone, only where the tool is named."""
    seen = outline(source)
    log = source.tool == TOOL and seen.opens == "{" and seen.has("level", "logger", "msg")
    found = seen.has("SourceMetadata") and bool(seen.keys & {"DetectorName", "DetectorType"})
    return found or log or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every record; what is neither a secret nor a line of its log makes the reading partial."""
    records, left = lenient.documents(source, TOOL)
    leaks = [each for each in records if _KNOWN & each.value.keys()]
    logged = [each for each in records if not _KNOWN & each.value.keys() and "level" in each.value]
    found = [_finding(each) for each in leaks]
    odd = len(records) - len(leaks) - len(logged)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(
            *left,
            *scan.listed("TruffleHog logged an error:", _errors(logged)),
            *((f"{odd} records are no findings of TruffleHog.",) if odd else ()),
            *(("Its log does not say that it finished.",) if _unfinished(logged, leaks) else ()),
        ),
        counts={"secrets": len({each.secret for each in found if each.secret})},
    )


def _errors(logged: Sequence[Fields]) -> list[str]:
    """What its log says of errors: the message only, because what stands beside it may hold a secret."""
    return [
        lenient.text(each, "msg") or "without a message"
        for each in logged
        if str(each.value.get("level")).lower() in ("error", "fatal", "panic")
    ]


def _unfinished(logged: Sequence[Fields], leaks: Sequence[Fields]) -> bool:
    """Whether there is only a log, and that does not end well."""
    ends = [each for each in logged if "finished" in (lenient.text(each, "msg") or "")]
    return bool(logged) and not leaks and not ends


def _finding(record: Fields) -> Finding:
    data = lenient.inner(record, "SourceMetadata", "Data")
    origin = lenient.inner(data, next(iter(data.value), ""))
    detector = lenient.text(record, "DetectorName")
    return leak.finding(
        TOOL,
        detector,
        _place(origin),
        leak.digest_of(_raw(record)),
        title=f"{detector} credential" if detector else None,
        description=lenient.commit(origin.value.get("commit")),
        verified=record.value.get("Verified") is True,
    )


def _place(origin: Fields) -> Place:
    """A file, else the image or the address it was seen at."""
    path = lenient.text(origin, "file", "path", "filename")
    link = lenient.text(origin, "link")
    return Place(
        path=place.path(path) if path else None,
        line=lenient.line(origin.value.get("line")),
        url=place.address(link) if link and not path else None,
        image=lenient.text(origin, "image"),
    )


def _raw(record: Fields) -> str | None:
    """The secret's value; releases that named no decoder wrote it in Base64."""
    value = lenient.text(record, "Raw", "RawV2")
    if value is None or "DecoderName" in record.value:
        return value
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return value
