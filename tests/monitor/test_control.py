"""Whether the runner has a network at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificates import Authority, server_context
from tests.web.faults import closed_port, http, wire
from trivigil.core.errors import InputError
from trivigil.monitor import control
from trivigil.monitor.control import FRESH, Control
from trivigil.monitor.planned import Bounds
from trivigil.web.probe import Rules

HERE = Rules(allow_private=True)
PUBLIC = Bounds("https://shop.test")
NEAR = PUBLIC._replace(allow_private=True)


def test_any_answer_is_one() -> None:
    """The second of two is enough, and an error is an answer, too; only the head is asked for."""
    with wire(http("503 No", body=b"", length=99)) as site:
        asked = Control([f"http://127.0.0.1:{closed_port()}", site.url("/a")], HERE)
        assert asked.answers() is True
        assert site.heads[0].startswith(b"HEAD /a ")


def test_a_certificate_is_no_matter(tmp_path: Path) -> None:
    """A network in which somebody answers is one, whoever has signed for it."""
    context = server_context(Authority(tmp_path).sign())
    with wire(http(), context=context) as site:
        assert Control([site.url(scheme="https")], HERE).answers() is True


def test_nobody_answers() -> None:
    """Where all are silent, there is no network; what may not be asked proves nothing."""
    silent = f"http://127.0.0.1:{closed_port()}"
    assert Control([silent], HERE).answers() is False
    assert Control([silent], Rules()).answers() is None
    assert Control([], HERE).answers() is None


def test_asked_once_while_it_is_fresh() -> None:
    """A run asks once, and again when the answer has grown old: a network may fail in between."""
    now = [0.0]
    with wire(http()) as site:
        asked = Control([site.url()], HERE, clock=lambda: now[0])
        assert [asked.answers() for _ in range(3)] == [True] * 3
        assert len(site.heads) == 1
        now[0] = FRESH + 1
        assert asked.answers() is True
        assert len(site.heads) == 2
    assert asked.answers() is True
    now[0] *= 3
    assert asked.answers() is False


def test_whom_a_run_asks() -> None:
    """The URLs that are given; else the API of the runner's GitHub, though not for targets that are near."""
    environ = {"GITHUB_API_URL": "http://127.0.0.1:1/api/v3"}
    assert control.of({}, PUBLIC) is None
    assert control.of(environ, NEAR) is None
    api = control.of(environ, PUBLIC)
    assert api is not None
    assert api.answers() is False
    with wire(http()) as site:
        given = control.of(environ, NEAR, [site.url()])
        assert given is not None
        assert given.answers() is True
        guarded = control.of(environ, PUBLIC, [site.url()])
        assert guarded is not None
        assert guarded.answers() is None


def test_no_url() -> None:
    """What cannot be asked is an error before the run."""
    with pytest.raises(InputError):
        Control(["shop"], HERE)
