"""SARIF before 2.1.0: 1.0.0 of 2017 and the drafts called 2.0.0, in the words of 2.1.0, as far as they say the same.

Formats: microsoft/sarif-sdk, src/Sarif/Schemata/sarif-schema-1.0.0.json and sarif-2.0.0-csd.*; the mapping is that of its
`transform` command. What these say of tools, rules, places, suppressions and failures is taken over, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_FINDINGS: Final = {"pass": "pass", "notapplicable": "notApplicable", "open": "open"}
_SUPPRESSED: Final = {"suppressedinsource": "inSource", "suppressedexternally": "external"}


def run(old: Mapping[str, Any]) -> dict[str, Any]:
    """A run as 2.1.0 would have it."""
    tool = _object(old.get("tool"))
    resources = _object(old.get("resources"))
    rules = _object(resources.get("rules", old.get("rules")))
    listed = [_rule(key, _object(each)) for key, each in rules.items()]
    results = old.get("results")
    return {
        **old,
        "tool": {"driver": {**tool, "rules": listed}},
        "results": [_result(each) for each in results] if isinstance(results, list) else results,
        "invocations": _invocations(old),
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _said(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _rule(key: str, old: Mapping[str, Any]) -> dict[str, Any]:
    configuration = _object(old.get("configuration"))
    strings = _object(old.get("messageStrings", old.get("messageFormats")))
    return {
        **old,
        "id": old.get("id") or key,
        "name": old.get("name") if isinstance(old.get("name"), str) else None,
        "shortDescription": _said(old.get("shortDescription")),
        "fullDescription": _said(old.get("fullDescription")),
        "messageStrings": {name: _said(text) for name, text in strings.items()},
        "defaultConfiguration": {
            "level": configuration.get("defaultLevel", old.get("defaultLevel"))
        },
    }


def _result(old: object) -> object:
    if not isinstance(old, dict):
        return old
    level = str(old.get("level") or "").lower()
    locations = old.get("locations")
    states = old.get("suppressionStates")
    return {
        **old,
        "kind": _NO_FINDINGS.get(level, "fail"),
        "level": None if level in _NO_FINDINGS else old.get("level"),
        "message": _message(old),
        "locations": [_location(each) for each in locations] if isinstance(locations, list) else [],
        "suppressions": [
            {"kind": _SUPPRESSED.get(str(state).lower(), "external")}
            for state in (states if isinstance(states, list) else ())
        ],
    }


def _message(old: Mapping[str, Any]) -> dict[str, Any]:
    """A text of 1.0, a message of 2.0, or one that the rule's formats make."""
    written = old.get("message") or old.get("fullMessage") or old.get("shortMessage")
    formatted = _object(old.get("formattedRuleMessage", old.get("formattedMessage")))
    if isinstance(written, str):
        return {"text": written}
    given = {**formatted, **_object(written)}
    name = old.get("ruleMessageId") or given.get("messageId") or given.get("formatId")
    return {**given, "id": name or given.get("specifierId")}


def _location(old: object) -> object:
    if not isinstance(old, dict):
        return old
    physical = _object(
        old.get("physicalLocation", old.get("resultFile", old.get("analysisTarget")))
    )
    artifact = _object(physical.get("fileLocation")) or {
        key: physical[key] for key in ("uri", "uriBaseId") if key in physical
    }
    name = old.get("fullyQualifiedLogicalName")
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": physical.get("region")},
        "logicalLocations": [{"fullyQualifiedName": name}] if name else [],
    }


def _invocations(old: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = old.get("invocations")
    found = [*(listed if isinstance(listed, list) else ()), old.get("invocation"), old]
    return [
        {
            "toolExecutionNotifications": each.get("toolNotifications"),
            "toolConfigurationNotifications": each.get("configurationNotifications"),
        }
        for each in found
        if isinstance(each, dict)
    ]
