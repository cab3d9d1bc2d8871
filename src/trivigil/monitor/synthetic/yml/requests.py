"""What a step of a YAML check sends: method, address, headers, query, body, credentials. Credentials are never written in the file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ..model import Body, Hole, Pair, Request, Setting, Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.located import Node

    from .page import Page

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
KEYS: Final = (
    "url",
    "method",
    "headers",
    "query",
    "body",
    "json",
    "form",
    "basic_auth",
)
"""What says what is sent."""
_LARGEST_BODY: Final = 256 * 1024
_SECRET_NAMES: Final = re.compile(
    r"(?:proxy-)?authorization|cookie|(?:x-)?(?:api|auth|access)[_-]?(?:key|token)"
    r"|pass(?:word|wd|phrase)?|pwd|token|(?:client[_-]?)?secret|(?:refresh|id)[_-]?token",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_WAY_OUT: Final = "expected a secret from the environment, not in the file: write `{{password}}` here and set TRIVIGIL_SECRET_password"


def request(
    page: Page, members: Mapping[str, Node], key: str, settings: tuple[Setting, ...]
) -> Request:
    """The request of a step. Raises CheckFileError."""
    bodies = [name for name in ("body", "json", "form") if name in members]
    if len(bodies) > 1:
        node = members[bodies[1]]
        page.refuse(
            page.at_key(node),
            f"{key}{bodies[1]}",
            f"expected one of body, json and form: `{bodies[0]}` is there",
        )
    method = "GET"
    if "method" in members:
        method = page.word(members["method"], f"{key}method", METHODS)
    return Request(
        method,
        _url(page, members["url"], f"{key}url"),
        _pairs(page, members, "headers", key),
        _pairs(page, members, "query", key),
        _pairs(page, members, "form", key),
        basic_auth=_credentials(page, members["basic_auth"], f"{key}basic_auth")
        if "basic_auth" in members
        else None,
        body=_body(page, members, key),
        settings=settings,
    )


def _url(page: Page, node: Node, key: str) -> Template:
    """An address, or a path of the target."""
    found = page.template(node, key)
    first = found.parts[0] if found.parts else ""
    if isinstance(first, str) and first.startswith("/") and not first.startswith("//"):
        return found._replace(parts=(Hole("target", found.place), *found.parts))
    if isinstance(first, str) and not re.match(r"https?://[^/\s]|https?://$", first):
        page.refuse(
            page.at(node),
            key,
            "expected http://…, https://…, {{target}}/… or a path that begins with /",
        )
    if isinstance(first, str) and "@" in first.partition("://")[2].partition("/")[0]:
        page.refuse(page.at(node), key, "expected an address without a password: use `basic_auth`")
    return found


def _pairs(page: Page, members: Mapping[str, Node], name: str, key: str) -> tuple[Pair, ...]:
    if name not in members:
        return ()
    here = f"{key}{name}"
    return tuple(
        pair
        for written, node in page.mapping(members[name], here).items()
        for pair in _pair(page, written, node, f"{here}.{written}", header=name == "headers")
    )


def _pair(page: Page, name: str, node: Node, key: str, *, header: bool) -> Iterable[Pair]:
    """One pair, or one for each member of a list."""
    if not name or (header and not _TOKEN.fullmatch(name)):
        page.refuse(
            page.at_key(node), key, "expected the name of a header" if header else "expected a name"
        )
    for each in node.value if isinstance(node.value, list) else [node]:
        value = page.template(each, key)
        refuse_literal(page, name, value, key)
        yield Pair(page.filled(name, lambda _index: page.at_key(node), key), value)


def refuse_literal(page: Page, name: str, value: Template, key: str) -> None:
    """Raises CheckFileError for a password, token or the like that stands in the file itself."""
    if value.plain and _SECRET_NAMES.fullmatch(name):
        page.refuse(value.place, key, _WAY_OUT)


def _credentials(page: Page, node: Node, key: str) -> Pair:
    members = page.members(node, key, ("user", "password"))
    for name in ("user", "password"):
        if name not in members:
            page.refuse(page.at(node), key, "expected `user` and `password`")
    user = page.template(members["user"], f"{key}.user")
    password = page.template(members["password"], f"{key}.password")
    refuse_literal(page, "password", password, f"{key}.password")
    return Pair(user, password)


# --- Bodies --------------------------------------------------------------------------------------


def _body(page: Page, members: Mapping[str, Node], key: str) -> Body | None:
    if "json" in members:
        node = members["json"]
        parts = _joined(_json(page, node, f"{key}json", ""))
        return Body("json", Template(parts, page.at(node)), page.at(node))
    if "body" not in members:
        return None
    node = members["body"]
    text = page.text(node, f"{key}body", _LARGEST_BODY)
    return Body("text", page.filled(text, page.written.within(node), f"{key}body"), page.at(node))


def _json(page: Page, node: Node, key: str, name: str) -> Iterable[str | Hole]:
    """The JSON of a value; the holes of its texts are filled as JSON's texts are written."""
    if isinstance(node.value, dict):
        for index, (member, value) in enumerate(node.value.items()):
            page.count(value, key, len(member))
            yield ("{" if not index else ",") + json.dumps(member) + ":"
            yield from _json(page, value, f"{key}.{member}"[:200], member)
        yield "}" if node.value else "{}"
    elif isinstance(node.value, list):
        for index, value in enumerate(node.value):
            yield "[" if not index else ","
            yield from _json(page, value, f"{key}[{index}]"[:200], name)
        yield "]" if node.value else "[]"
    elif isinstance(node.value, str):
        page.text(node, key, _LARGEST_BODY)
        template = page.template(node, key)
        refuse_literal(page, name, template, key)
        texts = (
            json.dumps(part)[1:-1] if isinstance(part, str) else part._replace(within="json text")
            for part in template.parts
        )
        yield from ('"', *texts, '"')
    else:
        yield _number(page, node, key)


def _number(page: Page, node: Node, key: str) -> str:
    page.count(node, key, 8)
    try:
        return json.dumps(node.value, allow_nan=False)
    except ValueError:
        page.refuse(page.at(node), key, "expected a number that JSON can write")


def _joined(parts: Iterable[str | Hole]) -> tuple[str | Hole, ...]:
    found: list[str | Hole] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        found += ["".join(texts), part]
        texts = []
    return tuple(each for each in (*found, "".join(texts)) if each)


def settings(page: Page, members: Mapping[str, Node], key: str) -> dict[str, Setting]:
    """How a step is done: by the name of each setting."""
    found: dict[str, Setting] = {}
    for name, option in (("follow_redirects", "location"), ("insecure", "insecure")):
        if name in members:
            node = members[name]
            found[option] = Setting(option, page.truth(node, f"{key}{name}"), page.at(node))
    if "timeout" in members:
        node = members["timeout"]
        found["max-time"] = Setting(
            "max-time", page.milliseconds(node, f"{key}timeout"), page.at(node)
        )
    return found
