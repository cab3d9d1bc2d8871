"""What code scanning asks of an uploaded file: its packing, its size, SARIF's own schema, and GitHub's limits.

Sources: docs.github.com, "SARIF support for code scanning" and "Upload an analysis as SARIF data";
github/codeql-action#2000 (too many runs), codacy/codacy-analysis-cli#541 (one run a category). SARIF's JSON
Schema joins in where $TRIVIGIL_SARIF_SCHEMA names it (npm @microsoft/jest-sarif); the rest needs nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

PACKED_BYTES = 10_000_000
WHOLE_BYTES = 512 * 1024 * 1024
RUNS = 20
RESULTS = 25_000
RULES = 25_000
TAGS = 20
LOCATIONS = 1_000
NAME_CHARS = 255
DESCRIPTION_CHARS = 1_024
URI = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=@/%-]+")

Faults = Iterator[str]


def schema_file() -> Path | None:
    """Where SARIF's JSON Schema lies, or None where it was not given."""
    given = os.environ.get("TRIVIGIL_SARIF_SCHEMA")
    return Path(given) if given and Path(given).is_file() else None


@cache
def validator(path: Path) -> Draft4Validator:
    """The schema of this file, ready."""
    return Draft4Validator(json.loads(path.read_bytes()))


def upload(body: Mapping[str, Any]) -> Faults:
    """What is wrong with the body of an upload."""
    packed = body.get("sarif")
    if not isinstance(packed, str):
        return
    try:
        log = unpacked(packed)
    except ValueError as error:
        yield f"sarif: {error}"
        return
    yield from (f"sarif: {fault}" for fault in faults(log))


def unpacked(packed: str) -> Any:
    """The log in an upload. Raises ValueError for what is not base64 of gzip of JSON, or too large."""
    try:
        zipped = base64.b64decode(packed, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(zipped) > PACKED_BYTES:
        raise ValueError(f"{len(zipped)} bytes gzipped (maximum is {PACKED_BYTES})")
    engine = zlib.decompressobj(wbits=31)
    try:
        text = engine.decompress(zipped, WHOLE_BYTES)
    except zlib.error:
        raise ValueError("not gzip") from None
    if not engine.eof or engine.unused_data:
        raise ValueError("not one whole gzip file")
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError("not JSON") from None


def faults(log: Any) -> Faults:
    """What code scanning has against a log; SARIF's schema is asked where nothing else is wrong."""
    if not isinstance(log, Mapping) or not isinstance(log.get("runs"), list):
        yield "no log with runs"
        return
    found = list(_log(log))
    yield from found
    path = schema_file()
    if path is not None and not found:
        for error in validator(path).iter_errors(log):
            yield f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def _log(log: Mapping[str, Any]) -> Faults:
    if log.get("version") != "2.1.0" or not log.get("$schema"):
        yield "no SARIF 2.1.0"
    runs = log["runs"]
    if not 1 <= len(runs) <= RUNS:
        yield f"{len(runs)} runs (1 to {RUNS})"
    categories = [category_of(run) for run in runs]
    if len(set(categories)) < len(categories):
        yield "several runs of one category"
    for run in runs:
        yield from _run(run)


def category_of(run: Mapping[str, Any]) -> str:
    """Everything up to the last slash of the run's id."""
    return str(run.get("automationDetails", {}).get("id", "")).rpartition("/")[0]


def _run(run: Mapping[str, Any]) -> Faults:
    driver = run["tool"]["driver"]
    rules, results = driver.get("rules", []), run.get("results")
    if not driver.get("name"):
        yield "a tool without a name"
    if not isinstance(results, list):
        yield "a run without results"
        return
    if len(results) > RESULTS:
        yield f"{len(results)} results (maximum is {RESULTS})"
    if len(rules) > RULES:
        yield f"{len(rules)} rules (maximum is {RULES})"
    if len({rule["id"] for rule in rules}) < len(rules):
        yield "two rules of one id"
    for rule in rules:
        yield from _rule(rule)
    for index, result in enumerate(results):
        yield from (f"results[{index}]: {fault}" for fault in _result(result, rules))
    prints = [
        (one.get("ruleId"), one.get("partialFingerprints", {}).get("primaryLocationLineHash"))
        for one in results
    ]
    if len(set(prints)) < len(prints):
        yield "two results of one fingerprint"


def _rule(rule: Mapping[str, Any]) -> Faults:
    name = rule.get("id")
    for part, most in (
        ("shortDescription", DESCRIPTION_CHARS),
        ("fullDescription", DESCRIPTION_CHARS),
    ):
        text = rule.get(part, {}).get("text", "")
        if not 1 <= len(text) <= most:
            yield f"rule {name}: {part} has {len(text)} characters (1 to {most})"
    if len(rule.get("name", "")) > NAME_CHARS:
        yield f"rule {name}: its name is too long"
    if not rule.get("help", {}).get("text"):
        yield f"rule {name}: no help"
    bag = rule.get("properties", {})
    if len(bag.get("tags", [])) > TAGS:
        yield f"rule {name}: {len(bag['tags'])} tags (maximum is {TAGS})"
    score = bag.get("security-severity")
    if score is not None and not (isinstance(score, str) and 0 < float(score) <= 10):
        yield f"rule {name}: {score!r} is no security severity"


def _result(result: Mapping[str, Any], rules: list[Any]) -> Faults:
    index = result.get("ruleIndex", -1)
    if not 0 <= index < len(rules) or rules[index]["id"] != result.get("ruleId"):
        yield "its rule is another one"
    if result.get("level") not in {"error", "warning", "note"}:
        yield "no level that code scanning shows"
    if not result.get("message", {}).get("text"):
        yield "no message"
    if not result.get("partialFingerprints", {}).get("primaryLocationLineHash"):
        yield "no fingerprint"
    locations = result.get("locations", [])
    if not 1 <= len(locations) <= LOCATIONS:
        yield f"{len(locations)} locations (1 to {LOCATIONS})"
    for one in locations:
        yield from _place(one.get("physicalLocation", {}))


def _place(place: Mapping[str, Any]) -> Faults:
    uri = place.get("artifactLocation", {}).get("uri", "")
    region = place.get("region", {})
    if not URI.fullmatch(uri) or uri.startswith(("/", "./", "../")):
        yield f"uri {uri!r} is not relative to the repository"
    if not 1 <= region.get("startLine", 0) <= region.get("endLine", region.get("startLine", 0)):
        yield f"region {region!r} has no first line"
