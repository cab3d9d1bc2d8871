from __future__ import annotations

import pytest

from tests.runner_model.expressions import (
    Declared,
    ExpressionError,
    Scope,
    condition,
    shown,
    template,
)

CONTEXTS = {
    "github": {"token": "t", "event_name": "push"},
    "inputs": Declared(name="it's", empty="", other="x"),
    "steps": Declared(
        watch={"outputs": {"a-b": "1"}, "outcome": "success", "conclusion": "success"}, later={}
    ),
    "matrix": {"os": ["a"], "n": 3},
    "runner": {"os": "Linux"},
    "env": {},
}
SCOPE = Scope(CONTEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain", "plain", id="no expression"),
        pytest.param("${{ inputs.name }}", "it's", id="an input"),
        pytest.param("a${{ inputs.empty }}b${{ 1 }}", "ab1", id="several"),
        pytest.param("${{ steps.watch.outputs.a-b }}", "1", id="a hyphen"),
        pytest.param("${{ steps.watch.outputs.none }}", "", id="an output that was not set"),
        pytest.param("${{ steps.later.outputs.x }}", "", id="a step that has not run"),
        pytest.param("${{ github.Event_Name }}", "push", id="names know no case"),
        pytest.param("${{ github['token'] }}", "t", id="brackets"),
        pytest.param("${{ 'it''s }} here' }}", "it's }} here", id="a quoted text holds braces"),
        pytest.param("${{ true && 'a' || 'b' }}", "a", id="the operands are the value"),
        pytest.param("${{ '' && 'a' || 'b' }}", "b", id="an empty text is false"),
        pytest.param("${{ null == '' }}", "true", id="null is as good as empty"),
        pytest.param("${{ 'A' == 'a' }}", "true", id="texts are compared without case"),
        pytest.param("${{ '1' == 1 }}", "true", id="a text as a number"),
        pytest.param("${{ !inputs.empty }}", "true", id="denied"),
        pytest.param("${{ 1.50 }}", "1.5", id="a number"),
        pytest.param(
            "${{ toJSON(matrix) }}", '{\n  "os": [\n    "a"\n  ],\n  "n": 3\n}', id="JSON"
        ),
        pytest.param("${{ toJSON(null) }}", "null", id="JSON of nothing"),
        pytest.param("${{ contains('perf, Monitor', 'monitor') }}", "true", id="a text in a text"),
        pytest.param("${{ contains('', 'monitor') && 'a' || 'b' }}", "b", id="in nothing"),
        pytest.param("${{ contains(matrix.os, 'A') }}", "true", id="a value of a list"),
    ],
)
def test_templates(text: str, expected: str) -> None:
    """Expressions inside of texts."""
    assert template(text, SCOPE) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("${{ secrets.TOKEN }}", id="no secrets in a composite action"),
        pytest.param("${{ vars.X }}", id="no vars"),
        pytest.param("${{ needs.a.outputs.b }}", id="no needs"),
        pytest.param("${{ inputs.nmae }}", id="an input that is not declared"),
        pytest.param("${{ steps.wacth.outputs.a }}", id="a step that is not there"),
        pytest.param("${{ format('a') }}", id="a function that is not modelled"),
        pytest.param("${{ success() }}", id="a status function outside of an if"),
        pytest.param("${{ matrix }}", id="an object as text"),
        pytest.param("${{ 1 < 2 }}", id="an operator that is not modelled"),
        pytest.param("${{ 'a }}", id="a quote that is not closed"),
        pytest.param("${{ (1 }}", id="a bracket that is not closed"),
        pytest.param("${{ 1 2 }}", id="two values"),
        pytest.param("${{ }}", id="nothing"),
        pytest.param("${{ inputs.name", id="not closed"),
    ],
)
def test_what_is_not_known_is_an_error(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ExpressionError):
        template(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "after_success", "after_failure"),
    [
        pytest.param("success()", True, False, id="the default"),
        pytest.param("failure()", False, True, id="failure"),
        pytest.param("always()", True, True, id="always"),
        pytest.param("cancelled()", False, False, id="cancelled"),
        pytest.param("inputs.other == 'x'", True, False, id="success() is understood"),
        pytest.param("always() && inputs.other == 'x'", True, True, id="unless another is asked"),
        pytest.param("always() && inputs.empty != ''", False, False, id="both must hold"),
        pytest.param("${{ always() }}", True, True, id="in braces"),
        pytest.param("!cancelled()", True, True, id="denied"),
        pytest.param("failure() || inputs.other == 'y'", False, True, id="either"),
        pytest.param(
            "always() && steps.watch.outcome == 'success'", True, True, id="by another step"
        ),
    ],
)
def test_conditions(text: str, after_success: bool, after_failure: bool) -> None:
    """An `if`, asked after steps that went well and after one that failed."""
    assert condition(text, SCOPE) is after_success
    assert condition(text, SCOPE._replace(status="failure")) is after_failure


def test_an_if_is_one_expression() -> None:
    """Text around braces would always be true; the model refuses it."""
    with pytest.raises(ExpressionError):
        condition("x ${{ false }}", SCOPE)


def test_values_as_text() -> None:
    """How GitHub writes values into texts."""
    assert [shown(one) for one in (None, True, False, 3.0, "x")] == ["", "true", "false", "3", "x"]
