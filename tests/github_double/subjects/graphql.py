"""POST /graphql: only the product's own queries, carried out by the name of their operation.

A new query is a constant in the product's `github/queries.py` and a line in QUERIES.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)

from ..call import Call
from ..contract import schema
from ..exchange import Answer
from ..refusal import NO_ACCESS, Refusal
from ..route import Route
from ..state.people import node_id
from ..tokens import ANONYMOUS
from . import comments, git_refs

if TYPE_CHECKING:
    from ..state.repository import Repository
    from ..state.world import World

QUERIES_MODULE = "trivigil.github.queries"


class Query(NamedTuple):
    """One query: what answers it, and the names of the fields that the answer can have."""

    resolve: Callable[[Call], dict[str, Any]]
    fields: frozenset[str]


class Failure(Exception):
    """What GraphQL refuses, in an answer with status 200."""

    def __init__(self, kind: str, message: str, field: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.field = field


def variables(call: Call, *names: str) -> Mapping[str, Any]:
    """The variables of a request, which all have to be there."""
    given: Mapping[str, Any] = call.body.get("variables") or {}
    for name in names:
        if name not in given:
            raise Failure("BAD_REQUEST", f"Variable ${name} was provided invalid value", name)
    return given


def viewer(call: Call) -> dict[str, Any]:
    """Who asks. An installation token's viewer is its app's bot."""
    person = call.token.person
    return {"viewer": {"login": person.login, "databaseId": person.id, "__typename": "User"}}


def repository_id(call: Call) -> dict[str, Any]:
    """The node id of a repository that the token sees."""
    given = variables(call, "owner", "name")
    found = call.world.find(f"{given['owner']}/{given['name']}")
    if found is None or (found.private and not call.token.reaches(found)):
        raise Failure("NOT_FOUND", "Could not resolve to a Repository.", "repository")
    return {"repository": {"id": node_id("R", found.id)}}


def swap_ref(call: Call) -> dict[str, Any]:
    """The mutation updateRefs with one ref; what it compares and forces stands in its text."""
    variables(call, "repository", "ref", "before", "after")
    [given, *others] = _argument(call, "updateRefs")["refUpdates"]
    repository = _argument(call, "updateRefs")["repositoryId"]
    places = call.world.repositories.values()
    found = next((one for one in places if node_id("R", one.id) == repository), None)
    if found is None:
        raise Failure("NOT_FOUND", "Could not resolve to a node.", "updateRefs")
    if not call.token.reaches(found) or (
        call.token.app is not None and call.token.permissions.get("contents") != "write"
    ):
        raise Failure("FORBIDDEN", NO_ACCESS, "updateRefs")
    if others:
        raise Failure("BAD_REQUEST", "this double moves one ref at a time", "updateRefs")
    refused = git_refs.swap(
        found, given["name"], given.get("beforeOid"), given["afterOid"], force=given.get("force")
    )
    if refused is not None:
        raise Failure("UNPROCESSABLE", refused, "updateRefs")
    return {"updateRefs": {"clientMutationId": None}}


def minimize(call: Call) -> dict[str, Any]:
    """The mutation minimizeComment on a comment of an issue or pull request."""
    variables(call, "subject")
    subject = _argument(call, "minimizeComment")["subjectId"]
    for repository in call.world.repositories.values():
        known = repository.part(comments.Comments).by_id
        for comment in list(known.values()):
            if node_id("IC", comment.id) == subject:
                _may_minimize(call, repository)
                known[comment.id] = comment._replace(minimized=True)
                return {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}
    raise Failure("NOT_FOUND", "Could not resolve to a node.", "minimizeComment")


def _may_minimize(call: Call, repository: Repository) -> None:
    allowed = {"issues", "pull_requests"}
    writes = any(call.token.permissions.get(one) == "write" for one in allowed)
    if not call.token.reaches(repository) or (call.token.app is not None and not writes):
        raise Failure("FORBIDDEN", NO_ACCESS, "minimizeComment")


def _argument(call: Call, field: str) -> Mapping[str, Any]:
    """The `input` of a mutation's one field, with the request's variables in their places."""
    [node] = read(call.body["query"]).selection_set.selections
    assert isinstance(node, FieldNode)
    assert node.name.value == field
    [argument] = node.arguments or ()
    found: Mapping[str, Any] = value_from_ast_untyped(argument.value, call.body["variables"])
    return found


QUERIES: Mapping[str, Query] = {
    "Viewer": Query(viewer, frozenset({"viewer", "login", "databaseId", "__typename"})),
    "Minimize": Query(minimize, frozenset({"minimizeComment", "minimizedComment", "isMinimized"})),
    "RepositoryId": Query(repository_id, frozenset({"repository", "id"})),
    "SwapRef": Query(swap_ref, frozenset({"updateRefs", "clientMutationId"})),
}


def answer(call: Call) -> Answer:
    """POST /graphql."""
    if call.token is ANONYMOUS:
        raise Refusal(401, "This endpoint requires you to be authenticated.")
    operation = read(call.body["query"])
    try:
        data = QUERIES[name_of(operation)].resolve(call)
    except Failure as failure:
        error = {"type": failure.kind, "path": [failure.field], "message": str(failure)}
        return Answer(200, {"data": {failure.field: None}, "errors": [error]})
    return Answer(200, {"data": select(operation.selection_set, data)})


def faults(world: World, body: Any) -> list[str]:
    """What is wrong with a request body, a sentence each."""
    if not isinstance(body, Mapping) or not isinstance(body.get("query"), str):
        return ["the body is no object with a query"]
    text = body["query"]
    try:
        operation = read(text)
    except (GraphQLSyntaxError, ValueError) as error:
        return [str(error)]
    name = name_of(operation)
    if name not in QUERIES:
        return [f"the operation {name!r} is not in the double's table"]
    if world.queries is not None and text.split() not in [one.split() for one in world.queries]:
        return [f"the text of {name} is not one of the constants of {QUERIES_MODULE}"]
    wanted = set(field_names(operation.selection_set))
    missing = [f"{name}: the double does not answer {one}" for one in wanted - QUERIES[name].fields]
    return [*schema.faults(text), *missing]


def field_names(selected: SelectionSetNode) -> Iterable[str]:
    """The names of all fields that are asked for; a fragment counts as a field of its kind."""
    for node in selected.selections:
        yield node.name.value if isinstance(node, FieldNode) else node.kind
        if isinstance(node, FieldNode) and node.selection_set:
            yield from field_names(node.selection_set)


def name_of(operation: OperationDefinitionNode) -> str:
    """The operation's name; empty where it has none."""
    return operation.name.value if operation.name else ""


def read(text: str) -> OperationDefinitionNode:
    """The one operation of a document."""
    found = [one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} operations in one document")
    return found[0]


def select(selected: SelectionSetNode, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the query asks for out of the data."""
    shown: dict[str, Any] = {}
    for node in selected.selections:
        assert isinstance(node, FieldNode)
        value = data[node.name.value]
        name = node.alias.value if node.alias else node.name.value
        shown[name] = select(node.selection_set, value) if node.selection_set and value else value
    return shown


def product_queries() -> tuple[str, ...] | None:
    """The constants of the product's queries, or None while it has none."""
    try:
        module = importlib.import_module(QUERIES_MODULE)
    except ModuleNotFoundError:
        return None
    return tuple(
        text for name, text in vars(module).items() if name.isupper() and isinstance(text, str)
    )


PATH = "/graphql"
ROUTES = (Route("POST", PATH, "", answer, faults=faults),)
