"""Queries over an exchange: what they take out of it, or NOTHING. Semantics: Hurl 8."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from . import xpath
from .cookies import set_cookies
from .exchange import Exchange
from .json_values import NoJson, parsed, selected
from .model import Query, Template
from .patterns import first_group
from .problem import Trouble
from .scope import Scope
from .values import NOTHING, UNIT


class Answer:
    """An exchange, its body read once for all queries."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange: Final = exchange

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return self.exchange.text

    @cached_property
    def json(self) -> object:
        """The body as JSON."""
        try:
            return parsed(self.text)
        except NoJson:
            raise Trouble("Invalid JSON", "the HTTP response is not a valid JSON") from None

    @property
    def is_html(self) -> bool:
        """Whether the content type says so."""
        return self.exchange.media.startswith("text/html")

    @cached_property
    def tree(self) -> Any:
        """The body as a document."""
        return xpath.document(self.text, html=self.is_html)


def _fill(query: Query, scope: Scope) -> str:
    return scope.fill(query.argument) if isinstance(query.argument, Template) else ""


def _or_nothing(value: object) -> object:
    return NOTHING if value is None else value


def _header(answer: Answer, query: Query, scope: Scope) -> object:
    values = answer.exchange.values(_fill(query, scope))
    if not values:
        return NOTHING
    return values[0] if len(values) == 1 else values


def _cookie(answer: Answer, query: Query, scope: Scope) -> object:
    name = _fill(query, scope)
    cookie = next((each for each in set_cookies(answer.exchange) if each.name == name), None)
    if cookie is None:
        return NOTHING
    attribute = query.attribute or "value"
    if attribute == "value":
        return cookie.value
    if attribute in ("secure", "httponly"):
        return UNIT if cookie.has(attribute) else NOTHING
    if attribute == "max-age":
        return _or_nothing(cookie.max_age)
    if attribute == "expires":
        return _or_nothing(cookie.expires)
    return _or_nothing(cookie.attribute(attribute))


def _certificate(answer: Answer, query: Query, _scope: Scope) -> object:
    shown = answer.exchange.certificate
    if shown is None:
        return NOTHING
    fields = {
        "Subject": shown.subject,
        "Issuer": shown.issuer,
        "Start-Date": shown.start,
        "Expire-Date": shown.expiry,
        "Serial-Number": shown.serial,
        "Subject-Alt-Name": shown.names,
        "Value": shown.pem,
    }
    return _or_nothing(fields[query.attribute or "Value"])


def _jsonpath(answer: Answer, query: Query, scope: Scope) -> object:
    document = answer.json
    path = _fill(query, scope)
    try:
        return selected(document, path)
    except Trouble as trouble:
        raise _at_argument(trouble, query) from None


def _at_argument(trouble: Trouble, query: Query) -> Trouble:
    return trouble.at(query.argument.place) if isinstance(query.argument, Template) else trouble


def _xpath(answer: Answer, query: Query, scope: Scope) -> object:
    tree = answer.tree
    expression = _fill(query, scope)
    try:
        return xpath.selected(tree, expression, html=answer.is_html)
    except Trouble as trouble:
        raise _at_argument(trouble, query) from None


def _regex(answer: Answer, query: Query, scope: Scope) -> object:
    text = answer.text
    return _or_nothing(first_group(scope.regex(query.argument), text))


def _variable(_answer: Answer, query: Query, scope: Scope) -> object:
    return scope.variables.get(_fill(query, scope), NOTHING)


_WITH_ARGUMENT: Final[dict[str, Callable[[Answer, Query, Scope], object]]] = {
    "header": _header,
    "cookie": _cookie,
    "certificate": _certificate,
    "jsonpath": _jsonpath,
    "xpath": _xpath,
    "regex": _regex,
    "variable": _variable,
}
_PLAIN: Final[dict[str, Callable[[Answer], object]]] = {
    "status": lambda answer: answer.exchange.status,
    "version": lambda answer: answer.exchange.version,
    "url": lambda answer: answer.exchange.url,
    "body": lambda answer: answer.text,
    "duration": lambda answer: answer.exchange.duration,
    "bytes": lambda answer: answer.exchange.content,
    "rawbytes": lambda answer: answer.exchange.body,
    "sha256": lambda answer: hashlib.sha256(answer.exchange.content).digest(),
    "md5": lambda answer: hashlib.md5(answer.exchange.content, usedforsecurity=False).digest(),
    "ip": lambda answer: answer.exchange.ip,
    "redirects": lambda answer: list(answer.exchange.redirects),
}


def ask(query: Query, answer: Answer, scope: Scope) -> object:
    """What the query finds, or NOTHING; raises Trouble, with its place, where that cannot be said."""
    try:
        if query.name in _PLAIN:
            return _PLAIN[query.name](answer)
        return _WITH_ARGUMENT[query.name](answer, query, scope)
    except Trouble as trouble:
        raise trouble.at(query.place) from None
