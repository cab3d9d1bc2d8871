"""Inputs and `.trivigil.yml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from trivigil import config, located, schemas
from trivigil.cli import watches
from trivigil.config import Perf
from trivigil.core.errors import InputError
from trivigil.render.documents import RENDERERS

ROOT = Path(__file__).resolve().parents[1]


def settings(folder: Path, text: str = "", **inputs: str) -> Perf:
    if text:
        (folder / ".trivigil.yml").write_text(text, encoding="utf-8")
    environ = {config.variable(name.replace("_", "-")): value for name, value in inputs.items()}
    loaded = config.load("perf", environ, str(folder))
    assert isinstance(loaded, Perf)
    return loaded


def test_the_order_is_input_section_common_default(tmp_path: Path) -> None:
    """An input beats the watch's section, which beats the common part, which beats the default."""
    text = "name: common\noutput-dir: common\nperf:\n  name: section\n  users: 3\n"
    read = settings(tmp_path, text, users="7")
    assert (read.users, read.name, read.output_dir, read.working_directory) == (
        7,
        "section",
        "common",
        ".",
    )


def test_an_empty_input_is_unset(tmp_path: Path) -> None:
    """action.yml passes every input, unset ones as empty text."""
    assert settings(tmp_path, "perf: {users: 3}", users="", name="  ").users == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a=x.csv\n\n  y.json  \n", ("a=x.csv", "y.json")), ("with blank.csv", ("with blank.csv",))],
)
def test_results_are_lines(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    """Paths may hold blanks and commas; a line is one of them."""
    assert settings(tmp_path, results=text).results == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("issue-labels: good first issue, perf", ("good first issue", "perf")),
        ("issue-labels: [good first issue]", ("good first issue",)),
        ("issue-labels: none", ("none",)),
        ("publish: auto", ("trivigil",)),
    ],
)
def test_labels_may_have_blanks(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    """Labels stand between commas or in a list; a blank is part of one."""
    assert settings(tmp_path, f"perf:\n  {text}\n").issue_labels == expected


def test_channels_are_words(tmp_path: Path) -> None:
    """`publish` takes commas or blanks."""
    assert settings(tmp_path, publish="comment, check-run").publish == ("comment", "check-run")


@pytest.mark.parametrize("value", ["30", "30s", '"30s"'])
def test_a_duration_may_be_a_number(tmp_path: Path, value: str) -> None:
    """YAML makes `run-time: 30` a number; it is thirty seconds."""
    assert settings(tmp_path, f"perf: {{run-time: {value}}}").run_time in ("30", "30s")


BAD = [
    pytest.param("perf:\n  users: x\n", 2, "perf.users", "integer", id="type"),
    pytest.param("perf:\n  users: 0\n", 2, "perf.users", "greater than or equal to 1", id="range"),
    pytest.param(
        "perf:\n  usrs: 1\n", 2, "perf.usrs", "Did you mean `users`?", id="unknown-in-section"
    ),
    pytest.param("name: a\nnme: x\n", 2, "nme", "Did you mean `name`?", id="unknown-on-top"),
    pytest.param("fail: perhaps\nperf: {}\n", 1, "fail", "true or false", id="boolean"),
    pytest.param(
        "perf: 3\n", 1, None, "an object was expected, not number", id="section-no-object"
    ),
    pytest.param("- perf\n", 1, None, "an object was expected, not list", id="file-no-object"),
    pytest.param(
        "perf:\n  github-token: x\n", 2, "perf.github-token", "unknown key", id="no-token-in-a-file"
    ),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), BAD)
def test_what_is_wrong_is_said_with_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str | None, words: str
) -> None:
    """A mistake in the file is one sentence with its place."""
    with pytest.raises(InputError) as caught:
        settings(tmp_path, text)
    assert words in str(caught.value)
    assert (caught.value.path, caught.value.line, caught.value.key) == (".trivigil.yml", line, key)


@pytest.mark.parametrize(("text", "line", "key", "words"), BAD)
def test_the_published_schema_sees_the_same_mistakes(
    text: str, line: int, key: str | None, words: str
) -> None:
    """Editors and Trivigil agree."""
    del line, key, words
    assert not _valid(yaml.safe_load(text))


def test_a_wrong_input_is_named_without_its_value(tmp_path: Path) -> None:
    """An input could hold a secret by mistake: the sentence names the input only."""
    with pytest.raises(InputError) as caught:
        settings(tmp_path, users="hunter2")
    assert caught.value.key == "input users"
    assert "hunter2" not in str(caught.value)


def test_the_published_schema_is_what_the_models_say() -> None:
    """schemas/config.schema.json is made from the models: `python -m trivigil schema config` shows it."""
    assert json.loads(schemas.text("config")) == config.schema()


def test_the_schema_accepts_a_whole_file() -> None:
    """What the documentation shows is valid."""
    text = "name: shop\npublish: [comment]\nfail: true\nperf:\n  tool: locust\n  users: 5\n  run-time: 30\n  results: a.csv\n"
    assert _valid(located.load(text, "x.yml").plain())


@pytest.mark.parametrize(
    ("watch", "text", "expected"),
    [("perf", "", ("perf",)), ("", "perf:\n", ("perf",)), ("perf, perf", "", ("perf",))],
    ids=["named", "by-file", "named-twice"],
)
def test_which_watches_run(
    tmp_path: Path, watch: str, text: str, expected: tuple[str, ...]
) -> None:
    """The front door runs what is named, else what the file has a section for."""
    (tmp_path / ".trivigil.yml").write_text(text or "name: x\n", encoding="utf-8")
    assert config.watches({"TRIVIGIL_WATCH": watch}, str(tmp_path)) == expected


@pytest.mark.parametrize(("watch", "words"), [("", "nothing to run"), ("perv", "not a watch")])
def test_no_watch_is_a_sentence(tmp_path: Path, watch: str, words: str) -> None:
    """Running nothing is never a success."""
    with pytest.raises(InputError, match=words):
        config.watches({"TRIVIGIL_WATCH": watch}, str(tmp_path))


def _valid(document: Any) -> bool:
    schema = json.loads(schemas.text("config"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


PROFILES = "perf:\n  profiles:\n    load: {users: 300, ramp: 2m, duration: 20}\n    stress: {rate: 5, steps: 8}\n"


def test_a_file_changes_profiles(tmp_path: Path) -> None:
    """Each has a section of its own; what is not named stays."""
    read = settings(tmp_path, PROFILES)
    assert set(read.profiles) == {"load", "stress"}
    load = read.profiles["load"]
    assert (load.users, load.ramp, load.duration, load.rate) == (300, "2m", "20", None)
    assert _valid(yaml.safe_load(PROFILES))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("load: {usrs: 3}", "perf.profiles.load.usrs", id="a misspelt key"),
        pytest.param("load: {users: 0}", "perf.profiles.load.users", id="nobody"),
        pytest.param("soak: {users: 3}", "perf.profiles.soak", id="no such profile"),
        pytest.param("stress: {steps: 1}", "perf.profiles.stress.steps", id="one step"),
    ],
)
def test_a_wrong_profile_is_named_to_its_key(tmp_path: Path, text: str, key: str) -> None:
    """With the line of `profiles`, and the way to what is wrong; the schema sees it too."""
    written = f"perf:\n  profiles: {{{text}}}\n"
    with pytest.raises(InputError) as caught:
        settings(tmp_path, written)
    assert (caught.value.line, caught.value.key) == (2, key)
    assert not _valid(yaml.safe_load(written))


@pytest.mark.parametrize(
    ("written", "expected"),
    [("smoke, load", ("smoke", "load")), ("full", ("full",)), ("", ("auto",))],
)
def test_profiles_are_words(tmp_path: Path, written: str, expected: tuple[str, ...]) -> None:
    """One or several, between commas or blanks."""
    assert settings(tmp_path, profile=written).profile == expected


def test_every_watch_is_whole() -> None:
    """A watch has a model, a module of its own, an action, and renderers: none is half there."""
    assert set(watches.TABLE) == set(config.WATCHES) == set(RENDERERS)
    for watch in config.WATCHES:
        assert watches.named(watch).REPORT.endswith(".json")
        assert issubclass(config.MODELS[watch], config.Common)
        assert (ROOT / "actions" / watch / "action.yml").is_file()
    with pytest.raises(InputError, match="knows no watch"):
        watches.named("weather")
