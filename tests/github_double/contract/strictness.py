"""Where pydantic is kinder than GitHub's description, and its errors in a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError


def sentences(error: ValidationError) -> list[str]:
    """One sentence an error; of a union's branches only the one that fits best."""
    branches: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_context=False):
        path = [str(step) for step in one["loc"]]
        branch = path[0] if path and path[0][:1].isupper() else ""
        shown = [step for step in path if not step[:1].isupper() and "[" not in step]
        sentence = f"{'.'.join(shown) or 'body'}: {one['msg']}"
        branches.setdefault(branch, []).append(sentence)
    fewest = min(branches.values(), key=len)
    return list(dict.fromkeys(fewest))


def changed(given: Any, read: Any, path: str = "") -> Iterator[str]:
    """Where pydantic was more generous than GitHub: text for a number, or a key it dropped."""
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        for key, value in given.items():
            place = f"{path}.{key}".lstrip(".")
            if key in read:
                yield from changed(value, read[key], place)
            elif path:
                yield f"{place}: unknown key"
    elif isinstance(given, list) and isinstance(read, list):
        for index, (left, right) in enumerate(zip(given, read, strict=False)):
            yield from changed(left, right, f"{path}[{index}]")
    elif type(given) is not type(read) and isinstance(read, (bool, int, float)):
        yield f"{path}: {given!r} is no {type(read).__name__}"


def unknown(given: Any, read: Any, path: str = "") -> Iterator[str]:
    """The keys of an answer that the model does not know."""
    if isinstance(read, BaseModel) and isinstance(given, Mapping):
        fields = type(read).model_fields
        names = {field.alias or name: name for name, field in fields.items()}
        open_ended = type(read).model_config.get("extra") == "allow"
        for key, value in given.items():
            place = f"{path}.{key}".lstrip(".")
            if key in names:
                yield from unknown(value, getattr(read, names[key]), place)
            elif not open_ended:
                yield f"{place}: unknown key"
    elif isinstance(read, list) and isinstance(given, list):
        for index, (left, right) in enumerate(zip(given, read, strict=False)):
            yield from unknown(left, right, f"{path}[{index}]")
