"""ETags: a GET that the client already has is answered with 304 and costs no rate."""

from __future__ import annotations

from hashlib import sha256

from .exchange import Answer, Request


def tagged(request: Request, answer: Answer) -> Answer:
    """The answer with its ETag, or 304 without a body where If-None-Match names that tag."""
    if request.method != "GET" or answer.status != 200:
        return answer
    tag = f'W/"{sha256(answer.content()).hexdigest()}"'
    wanted = request.headers.get("if-none-match", "")
    if tag.removeprefix("W/") in wanted:
        return Answer(304, None, {"ETag": tag})
    return answer.with_headers(ETag=tag, Cache_Control="private, max-age=60, s-maxage=60")
