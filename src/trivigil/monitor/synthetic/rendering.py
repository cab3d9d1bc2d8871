"""A step's request with its holes filled: what is to be sent, as bytes and header lines."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from trivigil.core.record import NamedTuple

from .model import Body, FileName, Hole, Pair, Part, Request, Setting, Template
from .problem import Trouble
from .scope import Scope

_BOUNDARY: Final = "------------------------trivigil"
_MEDIA: Final = {
    "json": "application/json",
    "graphql": "application/json",
    "xml": "application/xml",
}
_FORM: Final = "application/x-www-form-urlencoded"


class Options(NamedTuple):
    """How a step is done. Times are milliseconds; None where the step does not say."""

    compressed: bool = False
    insecure: bool = False
    location: bool = False
    location_trusted: bool = False
    skip: bool = False
    ipv4: bool = False
    ipv6: bool = False
    max_redirects: int = 50
    repeat: int = 1
    retry: int = 0
    retry_interval: int = 1000
    delay: int = 0
    connect_timeout: int | None = None
    max_time: int | None = None
    user: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Outgoing(NamedTuple):
    """A request as it is sent, but for Host, Content-Length and the jar's cookies."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cookies: str = ""
    """The pairs that the step itself sets; they follow those of the jar."""

    def has(self, name: str) -> bool:
        """Whether such a header is there."""
        return any(key.lower() == name.lower() for key, _ in self.headers)


_TRUTHS: Final = {
    "compressed": "compressed",
    "insecure": "insecure",
    "location": "location",
    "location-trusted": "location_trusted",
    "skip": "skip",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
}
_NUMBERS: Final = {
    "max-redirs": "max_redirects",
    "repeat": "repeat",
    "retry": "retry",
    "retry-interval": "retry_interval",
    "delay": "delay",
    "connect-timeout": "connect_timeout",
    "max-time": "max_time",
}


def options(settings: tuple[Setting, ...], scope: Scope) -> tuple[Options, dict[str, object]]:
    """A step's options, and the variables that it sets; raises Trouble. The last of two lines holds, but for headers."""
    found: dict[str, Any] = {}
    variables: dict[str, object] = {}
    headers: list[tuple[str, str]] = []
    for setting in settings:
        now = scope._replace(variables={**scope.variables, **variables})
        value = now.literal(setting.value)
        if setting.name in _TRUTHS:
            if not isinstance(value, bool):
                raise _unfit(setting, "true or false")
            found[_TRUTHS[setting.name]] = value
        elif setting.name in _NUMBERS:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise _unfit(setting, "a whole number")
            found[_NUMBERS[setting.name]] = value
        elif setting.name == "user":
            found["user"] = value
        elif setting.name == "header":
            name, _, text = str(value).partition(":")
            headers.append((name.strip(), text.strip()))
        elif setting.name.startswith("variable "):
            variables[setting.name.removeprefix("variable ")] = value
    made = Options()._replace(**found, headers=tuple(headers))
    return made._replace(location=made.location or made.location_trusted), variables


def _unfit(setting: Setting, wanted: str) -> Trouble:
    place = setting.value.place if isinstance(setting.value, Hole) else setting.place
    return Trouble("Invalid expression type", f"{setting.name} has to be {wanted}", place)


def body_content(body: Body, scope: Scope) -> bytes:
    """The bytes of a body; raises Trouble."""
    if isinstance(body.content, bytes):
        return body.content
    if body.kind == "file":
        return scope.file(body.content)
    text = scope.fill(body.content)
    if body.kind == "graphql":
        query = json.dumps(text.strip(), ensure_ascii=False)
        if body.variables is None:
            text = f'{{"query":{query}}}'
        else:
            text = f'{{"query":{query},"variables":{scope.fill(body.variables)}}}'
    return text.encode()


def _encoded(pairs: tuple[Pair, ...], scope: Scope) -> str:
    """Only values are encoded, names are sent as they are, as in Hurl."""
    return "&".join(
        f"{scope.fill(pair.name)}={quote(scope.fill(pair.value), safe='-._~')}" for pair in pairs
    )


def _url(request: Request, scope: Scope) -> str:
    url = scope.fill(request.url)
    if not url.startswith(("http://", "https://")):
        message = "the address has to begin with http:// or https://"
        raise Trouble("Invalid URL", message, request.url.place)
    if any(char.isspace() or ord(char) < ord(" ") for char in url):
        message = "the address has a blank in it"
        raise Trouble("HTTP connection", message, request.url.place)
    if not request.query:
        return url
    joint = "" if url.endswith("?") else "&" if "?" in url else "?"
    return url + joint + _encoded(request.query, scope)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")


def _part(part: Part, scope: Scope) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(scope.fill(part.name))}"'
    if isinstance(part.value, FileName):
        content = scope.file(part.value.name)
        name = scope.fill(part.value.name).rpartition("/")[2]
        media = scope.fill(part.media) if isinstance(part.media, Template) else _guessed(name)
        head += f'; filename="{_quoted(name)}"\r\nContent-Type: {_quoted(media)}'
    else:
        content = scope.fill(part.value).encode()
    return f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def _guessed(name: str) -> str:
    endings = {
        "gif": "image/gif",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "svg": "image/svg+xml",
        "txt": "text/plain",
        "htm": "text/html",
        "html": "text/html",
        "pdf": "application/pdf",
        "xml": "application/xml",
    }
    return endings.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _content(request: Request, scope: Scope) -> tuple[bytes, str | None]:
    """The body and the content type that goes with it."""
    if request.form:
        return _encoded(request.form, scope).encode(), _FORM
    if request.parts:
        parts = b"".join(_part(part, scope) for part in request.parts)
        return parts + f"--{_BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={_BOUNDARY}"
    if request.body is None:
        return b"", None
    return body_content(request.body, scope), _MEDIA.get(request.body.kind)


def outgoing(request: Request, how: Options, scope: Scope) -> Outgoing:
    """The request as it is sent; raises Trouble where a hole cannot be filled or the address is none."""
    from base64 import b64encode

    url = _url(request, scope)
    headers = [(scope.fill(pair.name), scope.fill(pair.value)) for pair in request.headers]
    auth = request.basic_auth
    if auth is not None:
        pair = f"{scope.fill(auth.name)}:{scope.fill(auth.value)}"
        headers.append(("Authorization", "Basic " + b64encode(pair.encode()).decode()))
    cookies = "; ".join(
        f"{scope.fill(pair.name)}={scope.fill(pair.value)}" for pair in request.cookies
    )
    body, media = _content(request, scope)
    made = Outgoing(request.method, url, (*headers, *how.headers), body, cookies)
    also: list[tuple[str, str]] = []
    if media and not made.has("content-type"):
        also.append(("Content-Type", media))
    if how.user is not None and not made.has("authorization"):
        also.append(("Authorization", "Basic " + b64encode(how.user.encode()).decode()))
    if how.compressed and not made.has("accept-encoding"):
        also.append(("Accept-Encoding", "gzip, deflate"))
    made = made._replace(headers=(*made.headers, *also))
    _refuse_breaks(made, request)
    return made


def _refuse_breaks(made: Outgoing, request: Request) -> None:
    """A line end in a header would begin another one."""
    texts = [text for pair in made.headers for text in pair] + [made.cookies]
    if any(char in text for text in texts for char in "\r\n\0"):
        message = "a header or cookie would have a line end in it"
        raise Trouble("Invalid header", message, request.url.place)
