from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.runner_model import Finished, Hook, Job, ModelError, Stage, read_action

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo/shop"}
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the model starts bash and sends signals")


def write(place: Path, steps: str, head: str = "inputs: {}") -> Path:
    """An action.yml with these steps."""
    path = place / "action" / "action.yml"
    path.parent.mkdir()
    text = f"name: a\n{dedent(head)}\nruns:\n  using: composite\n  steps:\n"
    path.write_text(text + indent(dedent(steps), "    "), encoding="utf-8")
    return path


def run(
    place: Path, steps: str, head: str = "inputs: {}", hooks: Mapping[str, Hook] | None = None
) -> Finished:
    """A job with one use of it."""
    job = Job(place / "job", GITHUB, token="s3cr3t-token", matrix={"leg": "a b"})
    return job.run(read_action(write(place, steps, head)), {}, hooks)


def test_outputs_contexts_and_environment(tmp_path: Path) -> None:
    """Inputs have defaults, steps see earlier outputs, the action has its own, and nobody gets INPUT_*."""
    done = run(
        tmp_path,
        """
        - id: one
          shell: bash
          run: |
            echo "said=$WORD" >> "$GITHUB_OUTPUT"
            echo "INPUT: ${INPUT_WORD-none} $GITHUB_REPOSITORY $RUNNER_OS"
            echo "KEPT=yes" >> "$GITHUB_ENV"
            mkdir -p bin && echo "$PWD/bin" >> "$GITHUB_PATH"
          env:
            WORD: ${{ inputs.word }}
            GITHUB_REPOSITORY: forged
        - shell: bash
          run: echo "lost=1" >> "$GITHUB_OUTPUT"
        - id: two
          shell: bash
          run: echo "all=$SAID $LEG $KEPT ${PATH%%:*}" >> "$GITHUB_OUTPUT"
          env:
            SAID: ${{ steps.one.outputs.said }}
            LEG: ${{ matrix.leg }}
        """,
        """
        inputs:
          word: {default: "${{ github.repository }}"}
        outputs:
          all: {value: "${{ steps.two.outputs.all }}"}
        """,
    )
    assert done.outcome == "success"
    bin_folder = tmp_path / "job" / "workspace" / "bin"
    assert done.outputs == {"all": f"octo/shop a b yes {bin_folder}"}
    assert "INPUT: none octo/shop Linux" in done.text
    assert done.steps["one"].outputs == {"said": "octo/shop"}


def test_failure_and_what_still_runs(tmp_path: Path) -> None:
    """After a failure only an `if` that asks for it runs; continue-on-error hides it from the rest."""
    done = run(
        tmp_path,
        """
        - id: soft
          continue-on-error: true
          shell: bash
          run: exit 7
        - id: hard
          if: steps.soft.outcome == 'failure' && steps.soft.conclusion == 'success'
          shell: bash
          run: false | true
        - {id: skipped, shell: bash, run: echo never}
        - {id: always, if: always(), shell: bash, run: echo still}
        - {id: failed, if: failure(), shell: bash, run: echo because}
        """,
    )
    assert done.outcome == "failure"
    assert (done.steps["soft"].outcome, done.steps["soft"].conclusion) == ("failure", "success")
    assert done.steps["hard"].code == 1
    assert done.steps["skipped"].outcome == "skipped"
    assert [line for line in done.log.lines if line in {"never", "still", "because"}] == [
        "still",
        "because",
    ]
    assert [one.message for one in done.shown("error")] == [
        "Process completed with exit code 7.",
        "Process completed with exit code 1.",
    ]


def test_both_streams_and_the_token(tmp_path: Path) -> None:
    """Commands count on standard output and standard error, and the token is never shown."""
    done = run(
        tmp_path,
        """
        - id: a
          shell: bash
          run: |
            echo "::warning::one"
            echo "text ##[set-output name=forged]two" >&2
            echo "${{ github.token }}"
            echo "# ${{ github.token }}" >> "$GITHUB_STEP_SUMMARY"
        """,
    )
    assert [one.message for one in done.shown("warning")] == ["one"]
    assert done.steps["a"].outputs == {"forged": "two"}
    assert "***" in done.text
    assert "s3cr3t" not in done.text + done.summary
    assert done.summary == "# ***"


def test_a_file_beats_a_command(tmp_path: Path) -> None:
    """An output of the file wins over one that was printed."""
    steps = """
        - id: a
          shell: bash
          run: |
            echo "x=file" >> "$GITHUB_OUTPUT"
            echo "::set-output name=x::printed"
        """
    assert run(tmp_path, steps).steps["a"].outputs == {"x": "file"}


def test_a_wrong_file_fails_the_step(tmp_path: Path) -> None:
    """A line that is no entry fails the step; entries before it count, and the summary is shown all the same."""
    done = run(
        tmp_path,
        r"""
        - id: a
          shell: bash
          run: |
            printf 'x=1\nwords\ny=2\n' >> "$GITHUB_OUTPUT"
            echo "hello" >> "$GITHUB_STEP_SUMMARY"
            echo "NODE_OPTIONS=--evil" >> "$GITHUB_ENV"
        """,
    )
    assert done.outcome == "failure"
    assert done.steps["a"].outputs == {"x": "1"}
    assert done.summary == "hello"
    assert [one.message for one in done.shown("error")] == [
        "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.",
        "Unable to process file command 'output' successfully.",
        "Invalid format 'words'",
    ]


def test_summaries_stand_alone(tmp_path: Path) -> None:
    """Each inner step has a file of its own; one of more than 1 MiB is an error and is not shown."""
    done = run(
        tmp_path,
        """
        - {id: full, shell: bash, run: 'head -c 1048576 /dev/zero | tr "\\\\0" x >> "$GITHUB_STEP_SUMMARY"'}
        - {id: over, shell: bash, run: 'head -c 1048577 /dev/zero | tr "\\\\0" x >> "$GITHUB_STEP_SUMMARY"'}
        """,
    )
    assert done.outcome == "success"
    assert [len(text) for text in done.summaries] == [1048576]
    assert ["1024k" in one.message for one in done.shown("error")] == [True]


def test_hooks(tmp_path: Path) -> None:
    """A test can prepare a step's files, and kill it while it runs."""

    def fill(stage: Stage) -> None:
        Path(stage.environment["GITHUB_STEP_SUMMARY"]).write_text("before\n", encoding="utf-8")

    running = tmp_path / "job" / "workspace" / "running"
    done = run(
        tmp_path,
        """
        - {id: a, shell: bash, run: 'echo after >> "$GITHUB_STEP_SUMMARY"'}
        - {id: b, shell: bash, run: touch running; sleep 30}
        """,
        hooks={"a": Hook(before=fill), "b": Hook(kill_when=running.exists)},
    )
    assert done.summary == "before\nafter"
    assert (done.steps["b"].code, done.outcome) == (137, "failure")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param("- {run: echo}", "shell", id="no shell"),
        pytest.param("- {run: echo, shell: pwsh}", "bash", id="another shell"),
        pytest.param("- {run: echo, shell: bash, timeout-minutes: 1}", "timeout", id="another key"),
        pytest.param("- {uses: actions/cache@v4}", "stands in", id="an action nobody stands in for"),
        pytest.param("- {run: echo, shell: bash, if: secrets.x}", "secrets", id="a context"),
        pytest.param("- {run: echo, shell: bash, env: {A: '${{ inputs.b }}'}}", "declared", id="an input"),
        pytest.param("- {id: a, run: echo, shell: bash}\n- {id: a, run: echo, shell: bash}", "twice", id="an id twice"),
    ],
)  # fmt: skip
def test_what_is_not_modelled_is_an_error(tmp_path: Path, steps: str, words: str) -> None:
    """Nothing is passed over in silence."""
    with pytest.raises(ModelError, match=words):
        run(tmp_path, steps)


def test_an_unknown_input_is_an_error(tmp_path: Path) -> None:
    """GitHub would only warn of it."""
    action = read_action(write(tmp_path, "- {run: echo, shell: bash}"))
    with pytest.raises(ModelError, match="no input nmae"):
        Job(tmp_path / "job", GITHUB).run(action, {"nmae": "x"})
