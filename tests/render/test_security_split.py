"""The results of a security report by what they mean, whatever their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.render.security_reports import blocking
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render.security_split import Split, split

RESULTS = st.builds(
    Result,
    rule=st.sampled_from([Rule("R1", "one"), Rule("scan.partial", "the scan is partial")]),
    kind=st.sampled_from(["fail", "open", "pass"]),
    severity=st.sampled_from(Severity),
    message=st.just("Something is wrong."),
    location=st.builds(Location, st.sampled_from("abc")),
    gates=st.booleans(),
    suppression=st.none() | st.builds(Suppression, st.sampled_from(["no risk", "a test"])),
)


def one_by_one(results: list[Result]) -> Split:
    """The same, by the plain words of the definition."""
    scans = [r for r in results if r.rule.id.startswith("scan.") and r.finding]
    active = [r for r in results if r.finding and not r.rule.id.startswith("scan.")]
    of = sorted(Severity, reverse=True)
    return Split(
        tuple(active),
        {each: [r for r in active if r.gates and r.severity is each] for each in of},
        {each: [r for r in active if not r.gates and r.severity is each] for each in of},
        tuple(r for r in results if r.suppression is not None and r.kind != "pass"),
        tuple(scans),
    )


@given(st.lists(RESULTS, max_size=30))
def test_every_result_has_its_part_in_any_order(results: list[Result]) -> None:
    """Results that are alike are taken together; what comes out is what looking at each of them gives."""
    found = blocking()._replace(results=tuple(results)).once(split)
    wanted = one_by_one(results)
    assert found._replace(accepted=()) == wanted._replace(accepted=())
    assert sorted(found.accepted) == sorted(wanted.accepted)
    assert list(found.blocking) == list(wanted.blocking)
