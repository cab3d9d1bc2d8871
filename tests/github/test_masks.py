"""Secrets are masked in every form before anything prints them, as the runner reads the lines."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import Scene, finding, report
from tests.runner_model import Log
from tests.runner_model.log import HIDDEN, Masks
from trivigil.cli import main
from trivigil.github.workflow import LEAST_SECRET, Workflow, derived
from trivigil.render import json as rendered

ACTIONS = {"GITHUB_ACTIONS": "true"}
TOKEN = "ghs_0123456789abcdefABCDEF0123456789abcd"
WEBHOOK = "https://hooks.example.test/services/T00000000/B00000000/x9Yk2Lm4Qw7Rt1"
DATABASE = "https://shop:p%40ss-w%2Frd@db.example.test/orders"
SECRETS = pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        WEBHOOK,
        DATABASE,
        'pass "word" +/=&ü',
        "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhk\n-----END KEY-----",
    ],
    ids=["token", "webhook", "address with a password", "odd characters", "many lines"],
)


def forms(secret: str) -> dict[str, str]:
    """How programs show a secret, written down without the code that is tested."""
    raw = secret.encode()
    return {
        "as it is": secret.splitlines()[0],
        "base64": b64encode(raw).decode(),
        "base64 for addresses": urlsafe_b64encode(raw).decode().rstrip("="),
        "basic authentication by Git": b64encode(b"x-access-token:" + raw).decode(),
        "basic authentication by a client": b64encode(raw + b":").decode(),
        "in an address": quote(secret, safe=""),
        "in a form": quote_plus(secret),
        "in JSON": json.dumps(secret)[1:-1],
    }


def seen(said: str) -> Log:
    """What the runner shows of what a process printed."""
    log = Log(Masks())
    log.read(said)
    return log


@SECRETS
def test_every_form_is_hidden(secret: str) -> None:
    """Whatever a client's error shows of it, the log has three stars."""
    stream = io.StringIO()
    workflow = Workflow(ACTIONS, stream)
    workflow.mask(secret)
    stream.write("".join(f"{how}: <{form}>\n" for how, form in forms(secret).items()))
    log = seen(stream.getvalue())
    assert log.lines == [f"{how}: <{HIDDEN}>" for how in forms(secret)]


@SECRETS
@pytest.mark.parametrize("before", ["", "a", "ab", "Bearer "])
def test_inside_of_a_longer_base64(secret: str, before: str) -> None:
    """Encoded together with something before and after it, nothing long enough to decode it from is left."""
    stream = io.StringIO()
    workflow = Workflow(ACTIONS, stream)
    workflow.mask(secret)
    stream.write(b64encode(f"{before}{secret}:and more".encode()).decode() + "\n")
    [line] = seen(stream.getvalue()).lines
    assert HIDDEN in line
    for rest in line.split(HIDDEN):
        shown = b64decode(rest[: len(rest) // 4 * 4]).decode("utf-8", "replace")
        assert not any(secret[at : at + 6] in shown for at in range(len(secret) - 5))


def test_parts_of_an_address() -> None:
    """An address that is a secret hides its password, plain and decoded, and a webhook's path."""
    assert {"p%40ss-w%2Frd", "p@ss-w/rd"} <= set(derived(DATABASE))
    assert b64encode(b"shop:p@ss-w/rd").decode() in derived(DATABASE)
    assert "/services/T00000000/B00000000/x9Yk2Lm4Qw7Rt1" in derived(WEBHOOK)
    assert "/orders" not in derived(DATABASE)


@SECRETS
def test_no_form_is_an_ordinary_word(secret: str) -> None:
    """Nothing short is masked: it would blot out the log."""
    assert all(len(form) >= LEAST_SECRET for form in derived(secret))


def test_masked_once() -> None:
    """A secret that is masked already costs no more lines."""
    stream = io.StringIO()
    workflow = Workflow(ACTIONS, stream)
    workflow.mask(TOKEN)
    before = stream.getvalue()
    workflow.mask(TOKEN)
    assert stream.getvalue() == before


@pytest.mark.parametrize("verb", ["publish", "step publish"])
def test_before_first_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    """The first lines of whatever publishes are the masks: no line before them, and none after shows the token."""
    with GitHubDouble() as github:
        scene = Scene(github, tmp_path)
        token = scene.token()
        place = tmp_path / "performance-analysis.json"
        told = report(results=(finding()._replace(message=f"Authorization: {token}"),))
        place.write_text(rendered.dump(told), encoding="utf-8")
        environ = {
            **scene.environ(),
            "RUNNER_TEMP": str(tmp_path),
            "TRIVIGIL_STATE_FOLDER": str(_outcome(tmp_path, place)),
            "TRIVIGIL_GITHUB_TOKEN": token,
        }
        rest = [str(place), "--publish", "annotations"] if verb == "publish" else []
        main([*verb.split(), *rest], environ)
        said = capsys.readouterr().err.splitlines()
    masks = [line for line in said if line.startswith("::add-mask::")]
    assert said[: len(masks)] == masks
    log = seen("\n".join(said))
    assert set(derived(token)) <= set(log.masks.values)
    assert any(f"Authorization: {HIDDEN}" in line for line in log.lines)
    assert not any(form in line for line in log.lines for form in forms(token).values())


def test_password_of_the_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A password in the address of the application is hidden before anything is started."""
    environ = {
        **ACTIONS,
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SHA": "a" * 40,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_RUN_ID": "7",
        "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path),
        "TRIVIGIL_STATE_FOLDER": str(tmp_path / "state"),
        "TRIVIGIL_WATCH": "perf",
        "TRIVIGIL_RESULTS": "none.csv",
        "TRIVIGIL_HOST": DATABASE,
    }
    main(["step", "watch"], environ)
    log = seen(capsys.readouterr().err)
    assert "p@ss-w/rd" in log.masks.values
    assert not any("p%40ss" in line for line in log.lines)


def _outcome(place: Path, path: Path) -> Path:
    from trivigil.cli.outcome import Outcome, save

    state = place / "state"
    state.mkdir()
    one = Outcome(
        watch="perf",
        name="perf",
        report=str(path),
        output=str(place / "out"),
        exit_code=1,
        fail=True,
        channels=("annotations",),
        comment_mode="always",
        comment_recreate="false",
        publish_required=False,
        artifact="",
        keep_raw=False,
    )
    save(str(state), (one,))
    return state
