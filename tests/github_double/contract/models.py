"""GitHub's description as githubkit generates it from it: pydantic models, and a client.

The generated client is the map: each of its methods names the call in its docstring, knows the
query parameters in its signature, validates the body and hands the response model to its core.
Here that core sends nothing and keeps what it was given.
"""

from __future__ import annotations

import datetime
import importlib
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from .strictness import changed, sentences, unknown

VERSION = "2022-11-28"
T = TypeVar("T")


class Missing(Generic[T]):
    """Stands in githubkit's annotations for "may be left out"; here it is what it wraps."""

    def __class_getitem__(cls, wrapped: Any) -> Any:
        return wrapped


ANNOTATION_NAMES = {
    "Missing": Missing,
    "Literal": typing.Literal,
    "Union": typing.Union,
    "Annotated": typing.Annotated,
    "_dt": datetime,
}


class Sent(NamedTuple):
    """What the generated client would have sent."""

    method: str
    url: str
    details: Mapping[str, Any]


class Config(NamedTuple):
    """The one setting of the core that the client reads."""

    rest_api_validate_body: bool


class Core:
    """The client's core that sends nothing."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def request(self, method: str, url: str, **details: Any) -> Sent:
        """Keep the call."""
        return Sent(method, url, details)


# The clients hold their core weakly, so these two must live.
STRICT = Core(Config(rest_api_validate_body=True))
BLIND = Core(Config(rest_api_validate_body=False))


class Operation:
    """One call of the API as GitHub describes it."""

    def __init__(self, operation: str, version: str = VERSION) -> None:
        group, name = operation.split("/")
        module = f"githubkit_schemas.v{version.replace('-', '_')}.rest.{group.replace('-', '_')}"
        self._client = getattr(importlib.import_module(module), _camel(group) + "Client")
        self._name = name.replace("-", "_")
        self._function = getattr(self._client, self._name)

    @cached_property
    def call(self) -> str:
        """Method and path, `GET /repos/{owner}/{repo}`."""
        return (self._function.__doc__ or "").split("\n\n")[1].strip()

    @cached_property
    def documentation_url(self) -> str:
        """The page of GitHub's documentation that refusals point to."""
        found = re.search(r"See also: (\S+)", self._function.__doc__ or "")
        return found[1] if found else "https://docs.github.com/rest"

    @cached_property
    def query(self) -> dict[str, TypeAdapter[Any]]:
        """The query parameters by their name on the wire, each with the check of its value."""
        parameters = {
            name: one.annotation
            for name, one in inspect.signature(self._function).parameters.items()
            if one.kind is one.KEYWORD_ONLY and name not in {"headers", "stream", "data"}
        }
        asked = {name: name for name in parameters} | self._no_body
        named = self._sent(asked, BLIND).details.get("params", {})
        return {
            wire: TypeAdapter(eval(parameters[name], dict(ANNOTATION_NAMES)))  # noqa: S307 - generated code
            for wire, name in named.items()
        }

    @cached_property
    def body_names(self) -> frozenset[str]:
        """The keys that a body may have; empty where the call takes none, or a list."""
        names: set[str] = set()
        for form in typing.get_overloads(self._function):
            given = inspect.signature(form).parameters.values()
            names |= {one.name for one in given if one.kind is one.KEYWORD_ONLY}
        return frozenset(name.removesuffix("_") for name in names - {"data", "headers", "stream"})

    @cached_property
    def takes_body(self) -> bool:
        """True where the call has a body."""
        return "data" in inspect.signature(self._function).parameters

    def body_faults(self, body: Any) -> Iterator[str]:
        """What is wrong with a body, a sentence each."""
        if not self.takes_body:
            if body is not None:
                yield "a body where the call takes none"
            return
        try:
            sent = self._sent({"data": body}).details["json"]
        except ValidationError as error:
            yield from sentences(error)
            return
        if isinstance(body, Mapping) and self.body_names:
            yield from (f"{name}: unknown key" for name in sorted(set(body) - self.body_names))
        yield from changed(body, sent)

    def query_faults(self, query: Mapping[str, str]) -> Iterator[str]:
        """What is wrong with a query, a sentence each."""
        for name, text in query.items():
            known = self.query.get(name)
            if known is None:
                yield f"unknown query parameter {name!r}"
                continue
            try:
                known.validate_strings(text)
            except ValidationError as error:
                yield f"query parameter {name}={text!r}: {error.errors()[0]['msg']}"

    def answer_faults(self, status: int, body: Any) -> Iterator[str]:
        """What GitHub could not have answered, a sentence each."""
        model = self._model(status)
        if model is None:
            if body is not None:
                yield f"a body with {status}"
            return
        try:
            read = adapter(model).validate_python(body)
        except ValidationError as error:
            yield from sentences(error)
            return
        # Since 2024 GitHub's refusals carry their status as text; some models do not have it.
        known = {"status"} if status >= 400 and isinstance(body, Mapping) else set()
        rest = {key: body[key] for key in body if key not in known} if known else body
        yield from unknown(rest, read)

    @cached_property
    def _models(self) -> Mapping[str, Any]:
        return self._sent(self._no_body, BLIND).details

    @property
    def _no_body(self) -> dict[str, Any]:
        return {"data": {}} if self.takes_body else {}

    def _model(self, status: int) -> Any:
        if status < 300:
            return self._models.get("response_model")
        if status < 400:
            return None  # a redirect is a header
        errors = self._models.get("error_models", {})
        return errors.get(str(status)) or BasicError

    def _sent(self, keywords: Mapping[str, Any], core: Core = STRICT) -> Sent:
        given = inspect.signature(self._function).parameters.values()
        places = [one.name for one in given if one.kind is one.POSITIONAL_OR_KEYWORD][1:]
        sent: Sent = getattr(self._client(core), self._name)(*places, **keywords)
        return sent


class BasicError(BaseModel):
    """What every refusal of GitHub has, also where the description lists none."""

    message: str
    documentation_url: str
    status: str
    errors: list[dict[str, Any]] = []


@cache
def operation(name: str, version: str = VERSION) -> Operation:
    """The operation of this id (`checks/create`)."""
    return Operation(name, version)


@cache
def adapter(model: Any) -> TypeAdapter[Any]:
    """The check for a response model."""
    return TypeAdapter(model)


def _camel(group: str) -> str:
    return "".join(word.title() for word in group.split("-"))
