"""What docs/alerts.md shows is true: the program that verifies, and the message that it verifies."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from pathlib import Path
from typing import Any

from trivigil.alert import chosen, deliver

from .notices import DOWN
from .service import Reply, serving
from .webhook_server import SECRET, VALIDATOR

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


def shown(language: str) -> str:
    """The page's one block in a language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_program_believes_what_is_sent() -> None:
    """It takes a message once, and not one that was changed or is signed by somebody else."""
    names: dict[str, Any] = {"base64": base64, "hmac": hmac, "time": time}
    exec(shown("python"), names)  # noqa: S102 (our own page)
    believed = names["believed"]
    with serving(lambda _: Reply(204, "")) as service:
        environ = {"TRIVIGIL_WEBHOOK": service.url(), "TRIVIGIL_WEBHOOK_SECRET": SECRET}
        deliver((DOWN,), chosen({}, environ))
    (posted,) = service.posted
    assert believed(posted.headers, posted.body, SECRET.encode(), set())
    assert not believed(posted.headers, posted.body + b" ", SECRET.encode(), set())
    assert not believed(posted.headers, posted.body, b"another", set())
    assert not believed(
        posted.headers, posted.body, SECRET.encode(), {posted.headers["webhook-id"]}
    )


def test_the_message_is_one() -> None:
    """It is valid by the schema."""
    VALIDATOR.validate(json.loads(shown("json")))
