"""What breaks GitHub's contract is answered as GitHub would and fails the test that did it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.github_double import GitHubDouble
from tests.github_double.contract import document, models, schema
from tests.github_double.route import Route
from tests.github_double.subjects import ROUTES, graphql
from tests.github_double_tests.asking import ask

WRITER = {"checks": "write", "issues": "write", "statuses": "write"}
COMMENTS = "/repos/octo/shop/issues/7/comments"
RUNS = "/repos/octo/shop/check-runs"
ISSUES = "/repos/octo/shop/issues"
SHA = "c" * 40
VIEWER = "query Viewer { viewer { login databaseId } }"
REST = [route for route in ROUTES if route.operation]


def run(**facts: Any) -> dict[str, Any]:
    """A check run's body."""
    given = {"name": "perf", "head_sha": SHA, "status": "completed", "conclusion": "success"}
    return {**given, **facts}


def noted(count: int = 1, **facts: Any) -> dict[str, Any]:
    """A check run's body with so many annotations."""
    line = {"path": "a.py", "start_line": 1, "end_line": 1}
    one = {**line, "annotation_level": "notice", "message": "m", **facts}
    return run(output={"title": "t", "summary": "s", "annotations": [one] * count})


class Breach(NamedTuple):
    """A call and the words of the breach."""

    method: str
    path: str
    body: Any
    text: str
    status: int = 422


BREACHES = {
    "51 annotations": Breach("POST", RUNS, noted(51), "51 entries (maximum is 50)"),
    "a title of 300 characters": Breach("POST", RUNS, noted(title="x" * 300), "title has 300"),
    "a message of 64 KiB and a byte": Breach(
        "POST", RUNS, noted(message="ä" * 32_769), "65538 bytes"
    ),
    "line 0": Breach("POST", RUNS, noted(start_line=0), "lines 0 to 1"),
    "columns over two lines": Breach(
        "POST", RUNS, noted(end_line=2, start_column=1), "spans lines"
    ),
    "an absolute path": Breach("POST", RUNS, noted(path="/home/a.py"), "not relative"),
    "a level of the runner's": Breach(
        "POST", RUNS, noted(annotation_level="error"), "annotation_level"
    ),
    "a line as text": Breach("POST", RUNS, noted(start_line="1"), "start_line"),
    "completed without conclusion": Breach(
        "POST", RUNS, {"name": "perf", "head_sha": SHA, "status": "completed"}, "conclusion"
    ),
    "a summary of 65,536": Breach(
        "POST", RUNS, run(output={"title": "t", "summary": "x" * 65_536}), "65535"
    ),
    "a check run without name": Breach("POST", RUNS, {"head_sha": SHA}, "name"),
    "a key that GitHub does not know": Breach(
        "POST", RUNS, run(verdict="good"), "verdict: unknown key"
    ),
    "a comment of 70,000 characters": Breach(
        "POST", COMMENTS, {"body": "x" * 70_000}, "70000 characters"
    ),
    "a comment of 262,145 bytes": Breach(
        "POST", COMMENTS, {"body": "😀" * 65_536 + "x"}, "262145 bytes"
    ),
    "a blank comment": Breach("POST", COMMENTS, {"body": " "}, "blank"),
    "a comment without body": Breach("POST", COMMENTS, {}, "body"),
    "a colour with #": Breach(
        "POST", "/repos/octo/shop/labels", {"name": "x", "color": "#ffffff"}, "#ffffff"
    ),
    "a status in a mood": Breach(
        "POST", f"/repos/octo/shop/statuses/{SHA}", {"state": "good"}, "state"
    ),
    "an unknown query parameter": Breach("GET", f"{COMMENTS}?author=x", None, "'author'"),
    "a query value out of the list": Breach("GET", f"{ISSUES}?state=shut", None, "state='shut'"),
    "more than 100 a page": Breach("GET", f"{COMMENTS}?per_page=101", None, "per_page"),
    "a parameter that the double does not act on": Breach(
        "GET", f"{ISSUES}?milestone=1", None, "does not act on it yet"
    ),
    "an unknown path": Breach("GET", "/repos/octo/shop/nonsense", None, "no call", 404),
    "an undocumented verb": Breach("PUT", COMMENTS, {"body": "x"}, "no call", 404),
    "an undocumented call of PyGithub": Breach(
        "GET", f"/repos/octo/shop/statuses/{SHA}", None, "no call", 404
    ),
    "a body that is no JSON": Breach("POST", COMMENTS, b"{", "body", 400),
}


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_recorded_and_refused(breach: Breach) -> None:
    """Each breach has its sentence, GitHub's status, and leaves the state alone."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7, head_sha=SHA)
        token = double.installation_token(shop, WRITER)
        with double.expect_violation(breach.text):
            reply = ask(double, breach.method, breach.path, token, breach.body)
            kinds = {one.kind for one in double.violations}
            double.violations[:] = [one for one in double.violations if breach.text in one.sentence]
        assert reply.status == breach.status
        assert kinds.isdisjoint({"answer", "double"})
        assert shop.comments(7) == []
        assert shop.check_runs() == []


def test_the_refusal_of_a_long_comment_is_worded_as_githubs() -> None:
    """422 with errors[] and the sentence that people search for."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, WRITER)
        with double.expect_violation("70000 characters"):
            reply = ask(double, "POST", COMMENTS, token, {"body": "x" * 70_000})
        assert reply.body["message"] == "Validation Failed"
        error = {
            "resource": "IssueComment",
            "field": "data",
            "code": "unprocessable",
            "message": "Body is too long (maximum is 65536 characters)",
        }
        assert reply.body["errors"] == [error]


def test_the_largest_comment_passes() -> None:
    """65,536 characters of one byte are no breach."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, WRITER)
        assert ask(double, "POST", COMMENTS, token, {"body": "x" * 65_536}).status == 201


def test_an_unexpected_breach_fails_the_test() -> None:
    """Leaving the block raises with the sentence; so does a breach that did not come."""
    with (
        pytest.raises(AssertionError, match=r"undocumented: GET /nonsense"),
        GitHubDouble() as double,
    ):
        ask(double, "GET", "/nonsense")
    with (
        pytest.raises(AssertionError, match="expected a breach"),
        GitHubDouble() as double,
        double.expect_violation("anything"),
    ):
        ask(double, "GET", "/rate_limit")


def test_a_failing_test_is_told_the_breaches_too() -> None:
    """Where the block fails otherwise, the breaches stand in a note of its exception."""

    def fail() -> None:
        with GitHubDouble() as double:
            ask(double, "GET", "/nonsense")
            raise KeyError("something else")

    with pytest.raises(KeyError) as failed:
        fail()
    assert "GET /nonsense" in failed.value.__notes__[0]


def test_a_token_outside_of_its_header_is_a_breach() -> None:
    """A token's value in path, query or body is noticed, and told by its name alone."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, WRITER)
        with double.expect_violation("installation-1 stands in the body") as _:
            ask(double, "POST", COMMENTS, token, {"body": f"my token is {token}"})
            assert token not in double.violations.told()
        assert token not in repr([one.request_headers for one in double.journal])


@pytest.mark.parametrize("route", REST, ids=lambda route: route.operation)
def test_each_row_is_the_call_that_it_says(route: Route) -> None:
    """Method and path are the operation's, and everything modelled is documented."""
    described = models.operation(route.operation)
    assert described.call == f"{route.method} {route.path}"
    assert described.documentation_url.startswith("https://docs.github.com/rest/")
    assert set(route.query) <= described.query.keys()
    assert set(route.body) <= described.body_names
    assert route.accepts or route.path in {"/user", "/rate_limit"}


@pytest.mark.parametrize("route", REST, ids=lambda route: route.operation)
def test_models_and_document_agree_on_the_query(route: Route) -> None:
    """The parameters that the double lets pass are those of GitHub's OpenAPI document."""
    written = document.load()
    if written is None:
        pytest.skip(
            "GitHub's OpenAPI document is not here; TRIVIGIL_CORPUS or TRIVIGIL_OPENAPI names it"
        )
    described = models.operation(route.operation)
    assert described.query.keys() == written.query_names(route.method, route.path)


def test_a_wrong_answer_is_noticed_by_the_models() -> None:
    """A missing key, an unknown key and a body with 204 are faults of the bench itself."""
    label = models.operation("issues/get-label")
    whole = {
        "id": 1, "node_id": "x", "url": "u", "name": "n", "description": None, "color": "ffffff",
        "default": False, "archived_at": None, "archived_by": None,
    }  # fmt: skip
    assert list(label.answer_faults(200, whole)) == []
    assert list(label.answer_faults(200, whole | {"mood": 1})) == ["mood: unknown key"]
    assert "name: Field required" in list(
        label.answer_faults(200, {key: whole[key] for key in whole if key != "name"})
    )
    gone = models.operation("issues/delete-comment")
    assert list(gone.answer_faults(204, {})) == ["a body with 204"]


def test_a_wrong_answer_is_noticed_by_the_document() -> None:
    """The document judges answers, and knows what may be null."""
    written = document.load()
    if written is None:
        pytest.skip(
            "GitHub's OpenAPI document is not here; TRIVIGIL_CORPUS or TRIVIGIL_OPENAPI names it"
        )
    path = "/repos/{owner}/{repo}/labels/{name}"
    whole = {
        "id": 1,
        "node_id": "x",
        "url": "https://u",
        "name": "n",
        "color": "f",
        "default": True,
    }
    null = whole | {"description": None}
    assert list(written.answer_faults("GET", path, 200, null)) == []
    assert list(written.answer_faults("GET", path, 200, null | {"color": None}))


def test_nullable_becomes_a_null_type() -> None:
    """Types, lists of values and bare references each get their null."""
    assert document.nullable_to_null({"type": "string", "nullable": True}) == {
        "type": ["string", "null"]
    }
    listed = {"type": "string", "enum": ["a"], "nullable": True}
    assert document.nullable_to_null(listed)["enum"] == ["a", None]
    pointed = document.nullable_to_null({"allOf": [{"$ref": "#/x"}], "nullable": True})
    assert {"type": "null"} in pointed["anyOf"]


GRAPHQL_BREACHES = {
    "another operation": ("query Other { viewer { login } }", "'Other' is not in"),
    "no name": ("{ viewer { login } }", "'' is not in"),
    "another text": ("query Viewer { viewer { databaseId } }", "not one of the constants"),
    "no GraphQL": ("query Viewer {", "Syntax Error"),
}


@pytest.mark.parametrize(("text", "words"), GRAPHQL_BREACHES.values(), ids=GRAPHQL_BREACHES.keys())
def test_only_the_products_queries_are_answered(text: str, words: str) -> None:
    """Any other text is a breach."""
    with GitHubDouble(queries=(VIEWER,)) as double:
        token = double.installation_token(double.repository("octo/shop"))
        with double.expect_violation(words):
            assert ask(double, "POST", "/graphql", token, {"query": text}).status == 422


def test_each_query_of_the_product_can_be_asked() -> None:
    """What stands in the product's file of queries is answered without a breach."""
    for query in graphql.product_queries() or ():
        with GitHubDouble() as double:
            token = double.installation_token(double.repository("octo/shop"))
            reply = ask(double, "POST", "/graphql", token, {"query": query})
            assert (reply.status, "data" in reply.body) == (200, True)


def test_the_queries_fit_githubs_schema() -> None:
    """The product's queries (or the plainest one) are valid in GitHub's published schema."""
    if schema.location() is None:
        pytest.skip("GitHub's GraphQL schema is not here; TRIVIGIL_GRAPHQL_SCHEMA names its file")
    for query in graphql.product_queries() or (VIEWER,):
        assert schema.faults(query) == ()
    assert schema.faults("query Viewer { viewer { shoeSize } }")
