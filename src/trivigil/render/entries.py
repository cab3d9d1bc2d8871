"""Entries of the result file's long lists, a batch at a time, column by column. Long lists alone use this."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Result, Rule, fingerprints
from trivigil.render.columns import alike, joined, shared, strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.result import Severity, Suppression
    from trivigil.render.columns import Column

_RESULT: Final = (
    '{"rule": %s, "rule_title": "%s", "rule_help_uri": %s, "rule_aliases": %s, "kind": %s, "severity": %s, "gates": %s, "message": "%s",'
    ' "location": {"name": "%s", "path": %s, "line": %s}, "fingerprint": "%s", "tools": %s, "aliases": %s, "fix": %s,'
    ' "baseline_state": %s, "suppression": %s, "ratings": %s, "evidence": %s, "profile": %s%s}'
)
_FINDING: Final = '{"source": %s, "title": "%s: %s", "description": %s}'


def results(batch: Sequence[Result], between: str) -> str:
    """As entries of `results`: what `json.document` says of them."""
    (
        rules, kinds, severities, messages, places, gates, fixes, tools, aliases, ratings, states, accepted, evidence, profiles,
        identities,
    ) = zip(*batch, strict=True)  # fmt: skip
    ids, titles, pages, other_ids = zip(*rules, strict=True)
    names, paths, lines = zip(*places, strict=True)
    return joined(
        _RESULT,
        (
            alike(ids),
            strings(titles),
            alike(pages),
            alike(other_ids),
            alike(kinds),
            alike(severities, _label),
            alike(gates),
            strings(messages),
            strings(names),
            alike(paths),
            alike(lines),
            strings(fingerprints(batch)),
            alike(tools),
            alike(aliases),
            alike(fixes),
            alike(states),
            alike(accepted, _suppression),
            shared(ratings),
            shared(evidence, dict),
            alike(profiles),
            _identities(identities),
        ),
        between,
    )


def findings(batch: Sequence[Result], between: str) -> str:
    """As entries of `all_vulnerabilities`: what `security_figures` says of them."""
    rules, messages, tools, evidence = zip(*map(_TOLD, batch), strict=True)
    columns = (
        alike(tools, ", ".join),
        strings(list(map(_ID, rules))),
        strings(messages),
        shared(evidence, described),
    )
    return joined(_FINDING, columns, between)


# By position, which takes half the time of by name.
_TOLD = itemgetter(*map(Result._fields.index, ("rule", "message", "tools", "evidence")))
_ID = itemgetter(Rule._fields.index("id"))


def described(evidence: Mapping[str, object]) -> str:
    """The description in evidence; nothing where there is none."""
    description = evidence.get("description")
    return description if isinstance(description, str) else ""


def _label(severity: Severity) -> str:
    return severity.label


def _suppression(accepted: Suppression | None) -> object:
    return None if accepted is None else accepted._asdict()


def _identities(identities: Sequence[str]) -> Column:
    """With their key, which is left out where there is no identity."""
    return [f', "identity": "{text}"' if text else "" for text in strings(identities)]
