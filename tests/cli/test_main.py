"""The command line as a whole: help, unknown commands, faults, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trivigil import __version__
from trivigil.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
FROM_SOURCE = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
HEAVY = (
    "pydantic",
    "jsonschema",
    "yaml",
    "github",
    "requests",
    "actions_toolkit",
    "asyncio",
    "dataclasses",
)


def test_help_fits_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has a line, on standard output, within 24 lines of 100 columns."""
    assert main(["--help"], {}) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(any(line.strip().startswith(f"{name} ") for line in lines) for name in COMMANDS)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100


def test_nothing_asked_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A workflow that forgets the command does not pass."""
    assert main([], {}) == 2
    assert "usage" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is the package's."""
    assert main(["--version"], {}) == 0
    assert capsys.readouterr().out == f"trivigil {__version__}\n"


def test_an_unknown_command_is_named_harmlessly(capsys: pytest.CaptureFixture[str]) -> None:
    """What was typed is shown, and cannot speak to the runner."""
    assert main(["::error::x\x1b[31m"], {}) == 2
    said = capsys.readouterr().err
    assert "is not a command" in said
    assert "::" not in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS,
        *("perf analyze", "perf run", "monitor run", "monitor headers", "monitor baseline"),
        *(f"export {command}" for command in ("prometheus-rules", "grafana-dashboard", "metrics")),
        *(f"security {command}" for command in ("analyze", "run", "accept", "test")),
    ],
)
def test_each_command_has_help_for_one_screen(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` of a command fits one screen."""
    try:
        code: object = main([*command.split(), "--help"], {})
    except SystemExit as ended:  # argparse's way
        code = ended.code
    assert code == 0
    assert 3 < len(capsys.readouterr().out.splitlines()) <= 40


def test_a_fault_of_ours_is_exit_3_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report to paste names places in our code, and holds nothing that a variable held."""
    from trivigil import schemas

    def broken(name: str) -> str:
        raise RuntimeError(f"secret {name}")

    monkeypatch.setattr(schemas, "text", broken)
    assert main(["schema", "hunter2"], {}) == 3
    said = capsys.readouterr().err
    assert "test_main.py" in said
    assert "RuntimeError" in said
    assert "hunter2" not in said


def test_the_module_and_the_command_are_one() -> None:
    """`python -m trivigil` says what `trivigil` says."""
    done = subprocess.run(
        [sys.executable, "-m", "trivigil", "--version"],
        env=FROM_SOURCE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"trivigil {__version__}\n"


def test_every_character_can_be_said_wherever_it_runs() -> None:
    """Also where the console has another encoding, as on Windows."""
    done = subprocess.run(
        [sys.executable, "-m", "trivigil", "--help"],
        env=FROM_SOURCE | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert "COMMAND …" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="help"),
        pytest.param(
            ["perf", "analyze", "run_stats.csv", "--thresholds", "budgets.json"], id="verdict"
        ),
        pytest.param(["perf", "analyze", "nowhere.csv"], id="bad-input"),
        pytest.param(["inspect", "run_stats.csv"], id="inspect"),
        pytest.param(["schema", "budgets"], id="schema"),
    ],
)
def test_heavy_modules_stay_out_of_the_way(arguments: list[str], tmp_path: Path) -> None:
    """What a command does not need it does not import."""
    source = ROOT / "tests" / "data" / "perf" / "locust" / "v2.47-run" / "run_stats.csv"
    (tmp_path / "run_stats.csv").write_bytes(source.read_bytes())
    (tmp_path / "budgets.json").write_text(
        '{"default": {"p95_response_time": 60000}}', encoding="utf-8"
    )
    code = (
        "import sys; from trivigil.cli import main; main(sys.argv[1:], {});"
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env=FROM_SOURCE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip().endswith("HEAVY []"), done.stdout[-200:]
