from __future__ import annotations

import io
from base64 import b64encode
from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.github.workflow import MESSAGE_CHARS, SUMMARY_BYTES, Workflow, derived

ACTIONS = {"GITHUB_ACTIONS": "true"}
SECRET = "s3cr3t/with+signs ü"


class Runner:
    """A façade with the runner's files, and what it printed."""

    def __init__(self, path: Path, *, actions: bool = True) -> None:
        self.stream = io.StringIO()
        self.output, self.summary = path / "output", path / "summary"
        self.output.touch()
        self.summary.touch()
        files = {"GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        self.workflow = Workflow({**(ACTIONS if actions else {}), **files}, self.stream)

    @property
    def lines(self) -> list[str]:
        """What was printed."""
        return self.stream.getvalue().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_annotation_has_only_what_is_known(runner: Runner) -> None:
    """Properties that are None do not appear, and special characters are escaped as core does."""
    runner.workflow.error("100% of it", title="a,b:c", file="x.json", line=3, endLine=None)
    assert runner.lines == ["::error title=a%2Cb%3Ac,file=x.json,line=3::100%25 of it"]


def test_annotation_without_place(runner: Runner) -> None:
    """An annotation that stands nowhere is a bare command."""
    runner.workflow.notice("hello")
    assert runner.lines == ["::notice::hello"]


@pytest.mark.parametrize(
    "hostile",
    [
        "a\n::set-output name=x::y",
        "a ##[add-mask]x",
        "\r::stop-commands::t",
        "\u2028::error::x",
        "a\x00\x1b[2J",
    ],
)
def test_hostile_text_is_one_harmless_line(runner: Runner, hostile: str) -> None:
    """No text, title, group or log line can begin a line or a command of its own."""
    runner.workflow.warning(hostile, title=hostile)
    runner.workflow.log(hostile)
    runner.workflow.debug(hostile)
    with runner.workflow.group(hostile):
        pass
    starts = ["::warning title=", "a", "::debug::", "::group::", "::endgroup::"]
    assert len(runner.lines) == len(starts)
    assert all("##[" not in line for line in runner.lines)
    assert all(line.count("::") <= 2 for line in runner.lines)
    assert all(line.isprintable() or "\u200b" in line for line in runner.lines)


def test_ten_a_level(runner: Runner) -> None:
    """Beyond the runner's ten of a level, annotations are plain lines of the log."""
    for index in range(12):
        runner.workflow.error(f"e{index}", file="a.json", line=2)
    runner.workflow.warning("w")
    assert sum(line.startswith("::error ") for line in runner.lines) == 10
    assert "error: a.json:2: e11" in runner.lines
    assert runner.workflow.room("error") == 0
    assert runner.lines[-1] == "::warning::w"


def test_long_message_is_shortened(runner: Runner) -> None:
    """A message is no longer than the runner keeps, and says that it goes on."""
    runner.workflow.error("x" * 10_000)
    [line] = runner.lines
    assert len(line.removeprefix("::error::")) == MESSAGE_CHARS
    assert line.endswith("…")


def test_outside_actions_people_read(tmp_path: Path) -> None:
    """Outside Actions there are plain lines, no commands and no masks."""
    runner = Runner(tmp_path, actions=False)
    runner.workflow.error("broken", file="a.json", line=3)
    runner.workflow.debug("unseen")
    runner.workflow.mask(SECRET)
    with runner.workflow.group("title"):
        runner.workflow.log("inside")
    assert runner.lines == ["error: a.json:3: broken", "title", "inside"]


def test_standard_output_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands go to standard error, which the runner reads as well."""
    Workflow(ACTIONS).warning("careful")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "::warning::careful\n")


def test_narrow_stream() -> None:
    """A stream that cannot say a character spells it out."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="")
    Workflow(ACTIONS, stream).notice("✅ ü")
    stream.flush()
    assert raw.getvalue() == "::notice::\\u2705 ü\n".encode("cp1252")


def test_group_ends_after_an_error(runner: Runner) -> None:
    """A group is closed even where its inside fails."""
    with pytest.raises(ValueError, match="inside"), runner.workflow.group("g"):
        raise ValueError("inside")
    assert runner.lines == ["::group::g", "::endgroup::"]


def test_output_by_heredoc(runner: Runner) -> None:
    """Values of any content stand between random delimiters."""
    for value in ("plain", "two\nlines", "x<<EOF", ""):
        runner.workflow.output("name", value)
    lines = runner.output.read_text(encoding="utf-8").split("\n")
    delimiters = [line.removeprefix("name<<") for line in lines if line.startswith("name<<")]
    assert len(set(delimiters)) == 4
    assert all(lines.count(one) == 1 for one in delimiters)
    assert "\r" not in runner.output.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "a<<b", "1a", "a=b", "x" * 101])
def test_output_name(runner: Runner, name: str) -> None:
    """A name that could break the file is refused, and nothing is written."""
    with pytest.raises(InputError, match="not a name for a step output"):
        runner.workflow.output(name, "v")
    assert runner.output.read_bytes() == b""


def test_output_without_a_file() -> None:
    """Where no runner gave a file, outputs go nowhere."""
    stream = io.StringIO()
    Workflow({}, stream).output("name", "v")
    assert stream.getvalue() == ""


def test_summary_counts_what_is_there(runner: Runner) -> None:
    """The limit counts what the file holds; what does not fit is not written at all."""
    runner.summary.write_bytes(b"x" * (SUMMARY_BYTES - 10))
    assert runner.workflow.summary_room() == 10
    assert not runner.workflow.summary("ü" * 5)
    assert runner.summary.stat().st_size == SUMMARY_BYTES - 10
    assert runner.workflow.summary("123456789")
    assert runner.summary.stat().st_size == SUMMARY_BYTES
    assert runner.workflow.summary_room() == 0


def test_summary_without_a_file() -> None:
    """Where there is no summary, False says so."""
    assert Workflow({}, io.StringIO()).summary("text") is False


def test_masks_of_all_forms(runner: Runner) -> None:
    """A secret is masked with its lines, its base64 and its URL-encoded forms."""
    runner.workflow.mask(f"first line\n{SECRET}")
    text = runner.stream.getvalue()
    assert f"::add-mask::{SECRET}" in text
    assert "::add-mask::first line\n" in text
    assert b64encode(f"first line\n{SECRET}".encode()).decode() in text
    assert "s3cr3t%252Fwith%252Bsigns%2520%25C3%25BC" in text


@pytest.mark.parametrize("secret", ["", "a", "12345", "  abc  "])
def test_short_secrets_are_not_masked(secret: str) -> None:
    """A mask of a few characters would blot out the whole log."""
    assert derived(secret) == ()


def test_short_lines_of_a_secret_are_not_masked() -> None:
    """Of a long secret, too, no line of a few characters is masked."""
    assert "}" not in derived("{\n  'key': 'value'\n}")
