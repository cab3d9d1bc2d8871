"""What changed since the last commit: computed once, kept with the section, never trusted blindly."""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path

import pytest

from tests.github_double import Request
from trivigil.core.report import Report
from trivigil.core.result import Result
from trivigil.publish import Wanted
from trivigil.publish import section as sections
from trivigil.publish.comment import sections as sections_of
from trivigil.publish.delta import MOST, Before, Delta, before, compare, failures, unpacked

from .scene import ALL, NUMBER, Scene, finding, report

NEXT, AFTER = "b" * 40, "c" * 40
LOGIN, CART, PAY = (finding(subject=f"GET /{name}") for name in ("login", "cart", "pay"))


def mended(result: Result) -> Result:
    return result._replace(kind="pass")


def told(scene: Scene, *results: Result, **how: object) -> str:
    """Publish a report with these results, and give the comment."""
    scene.run(report(results=results), scene.token(), **how)  # type: ignore[arg-type]
    return scene.mine()[0] if scene.mine() else ""


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        pytest.param((LOGIN,), (LOGIN, CART, PAY), "2 new failures", id="two more fail"),
        pytest.param((LOGIN,), (mended(LOGIN), CART), "1 new failure, 1 mended", id="one for another"),
        pytest.param((LOGIN, CART), (mended(LOGIN), mended(CART)), "2 mended", id="all mended"),
        pytest.param((LOGIN,), (mended(CART),), "1 no longer judged", id="silence is not recovery"),
        pytest.param((LOGIN,), (LOGIN,), "", id="the same"),
        pytest.param((), (mended(LOGIN),), "", id="nothing failed, nothing fails"),
        pytest.param(
            (LOGIN,), (LOGIN._replace(gates=False),), "1 mended", id="a warning fails nothing"
        ),
    ],
)  # fmt: skip
def test_sentence(then: tuple[Result, ...], now: tuple[Result, ...], said: str) -> None:
    """New, mended and no longer judged are told apart; where nothing differs nothing is said."""
    old = failures(report(results=then))
    assert old is not None
    found = compare(report(results=now), Before(NEXT, old))
    if "mended" in said and any(not one.gates for one in now):
        assert found == Delta(NEXT, 0, 1, 0)
    assert (found.sentence if found else "") == said


def test_what_is_not_known_is_not_compared() -> None:
    """An unusable input and more failures than are kept say nothing, now and to the next run."""
    broken = report()._replace(problems=("the file is cut",))
    many = report(results=tuple(finding(index) for index in range(MOST + 1)))
    assert failures(broken) is None
    assert failures(many) is None
    assert compare(broken, Before(NEXT, ())) is None
    assert compare(report(), None) is None


def test_since_the_last_commit(scene: Scene) -> None:
    """The comment, the check run and the job summary say what changed since the commit before."""
    old = scene.head
    told(scene, LOGIN)
    scene.shop.push(NUMBER, NEXT)
    done = scene.run(report(results=(mended(LOGIN), CART)), scene.token())
    said = f"1 new failure, 1 mended since `{old[:7]}`"
    shown = said.replace("`", "")
    for text in (scene.mine()[0], scene.shop.check_runs(NEXT)[0].summary or "", done.summary):
        assert shown in text.replace("<code>", "").replace("</code>", "").replace("`", "")
    assert len(scene.github.calls("GET", "*/issues/*/comments")) == 4


def test_a_second_run_compares_with_the_same_commit(scene: Scene) -> None:
    """A re-run of a commit is compared with the commit before, as the first run was."""
    told(scene, LOGIN)
    scene.shop.push(NUMBER, NEXT)
    first = told(scene, LOGIN, CART)
    assert "1 new failure since" in first
    again = told(scene, LOGIN, CART)
    assert "1 new failure since" in again
    assert "1 new failure since" not in told(scene, LOGIN, mended(CART))


def test_the_same_run_says_the_same(scene: Scene) -> None:
    """A run that publishes twice changes nothing."""
    told(scene, LOGIN)
    scene.shop.push(NUMBER, NEXT)
    environ = scene.environ()
    scene.run(report(results=(CART,)), scene.token(), environ)
    edits = len(scene.github.calls("PATCH", "*/issues/comments/*"))
    scene.run(report(results=(CART,)), scene.token(), environ)
    assert len(scene.github.calls("PATCH", "*/issues/comments/*")) == edits


def test_without_check_runs(scene: Scene) -> None:
    """The comment's own hidden state is enough."""
    token = scene.token({**ALL, "checks": "read"})
    scene.run(report(results=(LOGIN,)), token)
    scene.shop.push(NUMBER, NEXT)
    scene.run(report(results=(mended(LOGIN),)), token)
    assert "1 mended since" in scene.mine()[0]


def test_without_a_comment(scene: Scene) -> None:
    """Where there is no comment, the check run of the commit that the event names as the one before."""
    wanted = Wanted(frozenset({"check-run", "summary"}))
    scene.run(report(results=(LOGIN,)), scene.token(), wanted=wanted)
    old = scene.head
    scene.shop.push(NUMBER, NEXT)
    environ = scene.environ()
    path = Path(environ["GITHUB_EVENT_PATH"])
    payload = json.loads(path.read_text(encoding="utf-8")) | {"before": old, "after": NEXT}
    path.write_text(json.dumps(payload), encoding="utf-8")
    done = scene.run(report(results=(mended(LOGIN),)), scene.token(), environ, wanted=wanted)
    assert "1 mended since" in done.summary
    assert len(scene.github.calls("GET", "*/check-runs")) == 2


def test_a_commit_that_is_gone(scene: Scene) -> None:
    """After a forced push GitHub may not know the commit before: no line, no note, no failure."""
    done = scene.run(report(), scene.token(), scene.environ("push"))
    assert done.published.done == ("check-run", "summary", "outputs")
    assert done.published.notes == ()


def test_looking_back_that_fails_is_told(scene: Scene) -> None:
    """Where the comments could not be read, the missing line has its reason, and all else goes on."""
    told(scene, LOGIN)
    scene.shop.push(NUMBER, NEXT)
    scene.github.faults.add("404", path="*/comments", times=1)
    done = scene.run(report(results=(CART,)), scene.token())
    assert "what changed since the last run is not known" in done.log
    assert done.published.done == ("check-run", "comment", "summary", "outputs")


@pytest.mark.parametrize("call", range(8))
def test_another_writer_in_between(scene: Scene, call: int) -> None:
    """Whoever writes last, the line stands in the section of the watch that computed it."""
    for name in ("api", "web"):
        scene.run(report(name, (LOGIN,)), scene.token())
    scene.shop.push(NUMBER, NEXT)
    first, second = scene.environ(), scene.environ()
    counter, inside = itertools.count(), threading.Event()

    def due(request: Request) -> bool:
        return not inside.is_set() and next(counter) == call

    def interrupt(request: Request) -> None:
        inside.set()
        scene.run(report("web", (mended(LOGIN),)), scene.token(), second)

    scene.github.on_call(due, interrupt)
    scene.run(report("api", (LOGIN, CART)), scene.token(), first)
    assert inside.is_set()
    [body] = scene.mine()
    texts = {one.name: one.texts[0] for one in sections_of(body)}
    assert "1 new failure since" in texts["api"]
    assert "1 mended since" in texts["web"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("zz", id="no hexadecimal"),
        pytest.param("abc", id="cut"),
        pytest.param("0" * 8 * (MOST + 1), id="more than are kept"),
        pytest.param(["00000000"], id="a list"),
        pytest.param(7, id="a number"),
    ],
)
def test_foreign_failures_are_none(data: object) -> None:
    """What we would not write is as good as nothing."""
    assert unpacked(data) is None
    meta = {**sections.meta(_section(report())), "failures": data}
    found = sections.from_meta(meta, ())
    assert found is not None
    assert found.failures is None


@pytest.mark.parametrize(
    "then",
    [
        pytest.param({"sha": "main", "failures": ""}, id="no commit"),
        pytest.param({"sha": "<b>" + "a" * 40, "failures": ""}, id="HTML"),
        pytest.param({"sha": NEXT}, id="no failures"),
        pytest.param([NEXT], id="no object"),
    ],
)
def test_foreign_commit_before_is_none(then: object) -> None:
    """A commit before that is none is not shown."""
    meta = {**sections.meta(_section(report())), "before": then}
    found = sections.from_meta(meta, ())
    assert found is not None
    assert found.before is None


def test_state_survives() -> None:
    """What a section keeps for the next comparison is what comes back, with its bounds full."""
    many = tuple(finding(index) for index in range(MOST))
    own = _section(report(results=many))
    kept = own._replace(before=Before(AFTER, own.failures or ()), texts=("text",))
    assert sections.decode(sections.encode(kept)) == kept
    assert before(kept, NEXT) == Before(AFTER, own.failures or ())
    assert before(kept, "d" * 40) == Before(NEXT, own.failures or ())


def _section(said: Report) -> sections.Section:
    from trivigil.publish import texts

    return sections.of(said, texts.of(said), run=(1, 1), head_sha=NEXT)
