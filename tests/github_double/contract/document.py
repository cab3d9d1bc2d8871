"""GitHub's OpenAPI document itself, where a copy of it is found; an addition to `models`.

Found at $TRIVIGIL_CORPUS/github-api/openapi-slim.json (the corpus is by default a folder `shared`
beside the checkout), else where $TRIVIGIL_OPENAPI names the whole document, as .ci/run does. OpenAPI 3.0's `nullable` becomes a null type, then jsonschema does the work.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CHECKOUT = Path(__file__).resolve().parents[3]
NAME = "urn:github"


def location() -> Path:
    """Where the document would lie."""
    corpus = os.environ.get("TRIVIGIL_CORPUS") or CHECKOUT.parent / "shared"
    slim = Path(corpus) / "github-api" / "openapi-slim.json"
    whole = os.environ.get("TRIVIGIL_OPENAPI")
    return Path(whole) if whole and not slim.is_file() else slim


@cache
def load() -> Document | None:
    """The document, or None where there is none."""
    path = location()
    return Document(json.loads(path.read_bytes())) if path.is_file() else None


class Document:
    """Checks against one OpenAPI document."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = nullable_to_null(content)
        resource = DRAFT202012.create_resource(self.content)
        self._registry: Registry[Any] = Registry().with_resource(NAME, resource)
        self._validators: dict[str, Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """The operation object, or None where the document has no such call."""
        found: Mapping[str, Any] | None = self.content["paths"].get(path, {}).get(method.lower())
        return found

    def query_names(self, method: str, path: str) -> frozenset[str]:
        """The names of the query parameters of a call."""
        item = self.content["paths"][path]
        listed = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
        resolved = [self._resolve(one) for one in listed]
        return frozenset(one["name"] for one in resolved if one["in"] == "query")

    def body_faults(self, method: str, path: str, body: Any) -> Iterator[str]:
        """What is wrong with a request body."""
        described = self.operation(method, path) or {}
        pointer = f"/paths/{_escape(path)}/{method.lower()}/requestBody"
        if "requestBody" in described and (
            body is not None or described["requestBody"].get("required")
        ):
            yield from self._faults(f"{pointer}/content/application~1json/schema", body)

    def answer_faults(self, method: str, path: str, status: int, body: Any) -> Iterator[str]:
        """What is wrong with an answer; statuses that the document leaves out are not judged."""
        responses = (self.operation(method, path) or {}).get("responses", {})
        listed = responses.get(str(status))
        if listed is None or "application/json" not in self._resolve(listed).get("content", {}):
            return
        pointer = listed.get("$ref", f"#/paths/{_escape(path)}/{method.lower()}/responses/{status}")
        yield from self._faults(f"{pointer[1:]}/content/application~1json/schema", body)

    def _faults(self, pointer: str, value: Any) -> Iterator[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            validator = Draft202012Validator({"$ref": f"{NAME}#{pointer}"}, registry=self._registry)
            self._validators[pointer] = validator
        for error in validator.iter_errors(value):
            yield _sentence(error)

    def _resolve(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in value:
            found: Any = self.content
            for step in value["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            value = found
        return value


def nullable_to_null(value: Any) -> Any:
    """The same document in the words of JSON Schema 2020-12."""
    if isinstance(value, list):
        return [nullable_to_null(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    turned = {key: nullable_to_null(one) for key, one in value.items() if key != "nullable"}
    if value.get("nullable") is not True:
        return turned
    return _with_null(turned)


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    turned = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema and None not in schema["enum"]:
        turned["enum"] = [*schema["enum"], None]
    return turned


def _escape(path: str) -> str:
    # A pointer in the fragment of an address: / and ~ by JSON Pointer, braces by percent signs.
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _sentence(error: ValidationError) -> str:
    deepest = best_match(error.context) if error.context else error
    shown = deepest or error
    path = ".".join(str(step) for step in shown.absolute_path) or "body"
    return f"{path}: {shown.message[:300]}"
