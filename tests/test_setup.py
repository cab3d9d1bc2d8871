"""The actions' set-up: real bash, real pip and real uv, on a package index of this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from tests.package_index import Index, Wheel, serve, wheel

CHECKOUT = Path(__file__).resolve().parent.parent
BASH = shutil.which("bash") or "bash"
NO_UV = "uv is not installed; `make test` installs it"
POSIX = pytest.mark.skipif(os.name == "nt", reason="builds its own PATH out of symbolic links")

# The locked packages bear the names that a hostile workspace would like to stand in for.
GITHUB = wheel("github", {"github.py": "WHOSE = 'locked'\n"})
YAML = wheel("yaml", {"yaml/__init__.py": "WHOSE = 'locked'\n"})
PROGRAM = """\
import github, sys, yaml
def run():
    print(github.WHOSE, yaml.WHOSE, "sitecustomize" in sys.modules, *sys.argv[1:])
"""


class Runner(NamedTuple):
    """One machine: a version of the action, a workspace, the runner's folders."""

    root: Path
    home: Path
    path: str

    @property
    def workspace(self) -> Path:
        return self.home / "work"

    @property
    def cache(self) -> Path:
        return self.home / "tools"

    @property
    def output(self) -> Path:
        return self.home / "output"

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the runner tells a step."""
        given = {
            "HOME": self.home,
            "PATH": self.path,
            "RUNNER_TOOL_CACHE": self.cache,
            "RUNNER_TEMP": self.home / "temp",
            "UV_CACHE_DIR": self.home / "uv-cache",
            "GITHUB_WORKSPACE": self.workspace,
            "GITHUB_OUTPUT": self.output,
            "GITHUB_ENV": self.home / "env",
            "GITHUB_PATH": self.home / "path",
            "GITHUB_ACTIONS": "true",
            "TRIVIGIL_PYTHON": sys.executable,
            **(more or {}),
        }
        return {name: str(value) for name, value in given.items() if value != ""}

    def set_up(self, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs setup.sh in the workspace, as a composite action does."""
        command = [BASH, "--noprofile", "--norc", str(self.root / "actions" / "setup.sh")]
        return subprocess.run(
            command, check=False, cwd=self.workspace, env=self.environ(more),
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    def outputs(self) -> dict[str, str]:
        """The step's outputs, read as the runner reads them."""
        lines = iter(self.output.read_text(encoding="utf-8").splitlines())
        found = {}
        for line in lines:
            name, delimiter = line.split("<<")
            found[name] = "\n".join(iter(lines.__next__, delimiter))
        return found

    def launch(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        """What the program says when it is started by the outputs, in the workspace."""
        outputs = self.outputs()
        command = [outputs["python"], "-I", outputs["launch"], *arguments]
        done = subprocess.run(
            command, check=True, cwd=self.workspace, env=self.environ(more),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout.strip()


def runner_at(folder: Path, path: str, *wheels: Wheel) -> Runner:
    """A version of the action whose lock has these wheels."""
    root = folder / "action"
    shutil.copytree(CHECKOUT / "actions", root / "actions", ignore=shutil.ignore_patterns("*.pyc"))
    (root / "requirements").mkdir()
    lock = "".join(each.pin for each in wheels)
    (root / "requirements" / "action.txt").write_text(lock, encoding="utf-8")
    package = root / "src" / "trivigil"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    runner = Runner(root, folder, path)
    for each in (runner.workspace, runner.cache, folder / "temp"):
        each.mkdir()
    for name in ("output", "env", "path"):
        (folder / name).touch()
    return runner


def path_with(folder: Path, **programs: str) -> str:
    """A PATH of one folder that holds these programs (name: where it is) and nothing else."""
    folder.mkdir()
    for name, place in programs.items():
        (folder / name).symlink_to(place)
    return str(folder)


@pytest.fixture(scope="session")
def index() -> Iterator[Index]:
    with serve(GITHUB, YAML) as running:
        yield running


@pytest.fixture
def mirror(index: Index) -> dict[str, str]:
    """The user's mirror, as both installers know it."""
    return {"PIP_INDEX_URL": index.url, "UV_INDEX_URL": index.url}


@pytest.fixture(params=["uv", "pip"])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """A runner with uv on PATH, and one without."""
    if request.param == "pip":
        return runner_at(tmp_path, path_with(tmp_path / "bin"), GITHUB, YAML)
    return with_uv(tmp_path)


def with_uv(folder: Path) -> Runner:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip(NO_UV)
    return runner_at(folder, path_with(folder / "bin", uv=uv), GITHUB, YAML)


@pytest.fixture
def quick(tmp_path: Path) -> Runner:
    """The runner with uv, where the installer makes no difference."""
    return with_uv(tmp_path)


def environments(runner: Runner) -> list[Path]:
    """Everything in the tool cache, half-made things too."""
    folder = runner.cache / "trivigil"
    return sorted(folder.iterdir()) if folder.is_dir() else []


@POSIX
def test_environment_is_made_outside_the_workspace_and_found_again(
    runner: Runner, index: Index, mirror: dict[str, str]
) -> None:
    """The first run installs the lock into the tool cache, the second one only finds it."""
    first = runner.set_up(mirror)
    assert first.returncode == 0, first.stdout + first.stderr
    outputs = runner.outputs()
    assert set(outputs) == {"python", "launch", "state"}
    (environment,) = environments(runner)
    assert outputs["python"] == str(environment / "bin" / "python")
    assert outputs["launch"] == str(runner.root / "actions" / "launch.py")
    assert runner.launch("perf", "--help") == "locked locked False perf --help"
    assert list(runner.workspace.iterdir()) == []
    assert (runner.home / "env").read_text() == (runner.home / "path").read_text() == ""

    asked = len(index.asked)
    second = runner.set_up(mirror)
    assert second.returncode == 0
    assert f"Found again: {environment}" in second.stdout
    assert len(index.asked) == asked
    again = runner.outputs()
    assert [again[name] for name in ("python", "launch")] == [outputs["python"], outputs["launch"]]
    # Two uses of the action in one job do not meet.
    assert again["state"] != outputs["state"]
    assert {Path(each).parent for each in (again["state"], outputs["state"])} == {
        runner.home / "temp" / "trivigil"
    }
    assert Path(again["state"]).stat().st_mode & 0o077 == 0


@POSIX
def test_log_is_one_closed_group(quick: Runner, mirror: dict[str, str]) -> None:
    """The log of a good set-up is one group, and says which Python and which installer."""
    lines = quick.set_up(mirror).stdout.splitlines()
    assert lines[0] == "::group::Trivigil: Python environment"
    assert lines[-1] == "::endgroup::"
    assert sum(line.startswith("::") for line in lines) == 2
    assert "Installing by hash with uv." in lines


@POSIX
def test_nothing_of_a_hostile_workspace_is_used(runner: Runner, mirror: dict[str, str]) -> None:
    """Modules and settings lying in the workspace change neither the installers nor the program."""
    work = runner.workspace
    (work / "yaml").mkdir()
    for name in ("github.py", "yaml/__init__.py", "sitecustomize.py", "subprocess.py", "pip.py"):
        (work / name).write_text("raise SystemExit('hostile')\n", encoding="utf-8")
    nowhere = "http://127.0.0.1:9/simple"
    (work / "pip.conf").write_text(f"[global]\nindex-url = {nowhere}\n", encoding="utf-8")
    (work / "uv.toml").write_text('required-version = "<0.1"\n', encoding="utf-8")
    (work / "pyproject.toml").write_text("[tool.uv]\nno-binary = true\n", encoding="utf-8")
    (work / ".python-version").write_text("2.7\n", encoding="utf-8")
    steering = {
        "PYTHONPATH": str(work),
        "PYTHONSTARTUP": str(work / "github.py"),
        "PIP_TARGET": str(work / "stolen"),
        "PIP_CONSTRAINT": str(work / "none.txt"),
        "UV_CONFIG_FILE": str(work / "uv.toml"),
        "UV_PROJECT_ENVIRONMENT": str(work / "stolen"),
        "UV_NO_BINARY": "1",
        "VIRTUAL_ENV": str(work / "stolen"),
    }
    before = sorted(work.rglob("*"))
    done = runner.set_up(mirror | steering)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.launch(more=steering) == "locked locked False"
    assert sorted(work.rglob("*")) == before


@POSIX
def test_wrong_hash_is_refused(runner: Runner, mirror: dict[str, str]) -> None:
    """A file whose hash is not in the lock is not installed, and the sentence says so."""
    lock = runner.root / "requirements" / "action.txt"
    poisoned = re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text(), count=1)
    lock.write_text(poisoned, encoding="utf-8")
    done = runner.set_up(mirror)
    assert done.returncode == 2
    (error,) = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert "The package index served a file that is not the one in the lock" in error
    assert environments(runner) == []
    assert runner.output.read_text() == ""


@POSIX
def test_what_an_installer_prints_is_no_command(runner: Runner, mirror: dict[str, str]) -> None:
    """The text of an installer stands between stop-commands and their end."""
    with (runner.root / "requirements" / "action.txt").open("a", encoding="utf-8") as lock:
        lock.write(f"absent==1.0 --hash=sha256:{'0' * 64}\n")
    done = runner.set_up(mirror)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("::stop-commands::"))
    end = lines.index(f"::{lines[begin].removeprefix('::stop-commands::')}::")
    assert "absent" in "".join(lines[begin:end])
    assert "absent" not in "".join(lines[:begin] + lines[end:])
    assert "check that this machine reaches the package index" in lines[-1]


@POSIX
def test_index_that_is_down_has_a_sentence(quick: Runner) -> None:
    """Where the index cannot be reached, the error names the settings of a mirror."""
    down = {"UV_INDEX_URL": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    done = quick.set_up(down)
    assert done.returncode == 2
    assert "UV_INDEX_URL" in done.stdout.splitlines()[-1]


@POSIX
def test_two_jobs_at_once_share_one_environment(quick: Runner, mirror: dict[str, str]) -> None:
    """Who comes second uses what the first one made, and nothing half-made is left."""
    command = [BASH, str(quick.root / "actions" / "setup.sh")]
    environ = quick.environ(mirror)
    jobs = [
        subprocess.Popen(command, cwd=quick.workspace, env=environ, stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [job.wait(timeout=120) for job in jobs] == [0, 0, 0]
    assert len(environments(quick)) == 1
    assert quick.launch() == "locked locked False"


@POSIX
@pytest.mark.parametrize(
    "lost",
    [
        pytest.param("trivigil-complete", id="never finished"),
        pytest.param("bin/python", id="its Python is gone"),
    ],
)
def test_damaged_environment_is_made_again(
    quick: Runner, mirror: dict[str, str], lost: str
) -> None:
    """An environment that is not whole is replaced."""
    quick.set_up(mirror)
    (environment,) = environments(quick)
    (environment / lost).unlink()
    done = quick.set_up(mirror)
    assert done.returncode == 0, done.stdout
    assert environments(quick) == [environment]
    assert quick.launch() == "locked locked False"


@POSIX
def test_tool_cache_that_cannot_be_written(quick: Runner, mirror: dict[str, str]) -> None:
    """The runner's temporary folder stands in for a tool cache that cannot be written."""
    (quick.cache / "trivigil").write_text("a file where a folder should be")
    done = quick.set_up(mirror)
    assert done.returncode == 0, done.stdout
    assert quick.outputs()["python"].startswith(str(quick.home / "temp" / "trivigil"))


@POSIX
@pytest.mark.parametrize(
    "places",
    [
        pytest.param({"RUNNER_TOOL_CACHE": "", "RUNNER_TEMP": ""}, id="unset"),
        pytest.param({"RUNNER_TOOL_CACHE": "tools", "RUNNER_TEMP": "."}, id="relative"),
        pytest.param({"RUNNER_TOOL_CACHE": "{work}", "RUNNER_TEMP": "{work}/t"}, id="workspace"),
    ],
)
def test_no_place_outside_the_workspace(quick: Runner, places: dict[str, str]) -> None:
    """Without a folder outside the workspace nothing is installed, and the sentence says why."""
    given = {name: place.format(work=quick.workspace) for name, place in places.items()}
    done = quick.set_up(given)
    assert done.returncode == 2
    assert "There is no folder outside the workspace to install into" in done.stdout
    assert list(quick.workspace.iterdir()) == []


def program(folder: Path, name: str, text: str) -> None:
    """A shell script in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!{BASH}\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@POSIX
@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param(None, "(it needs CPython 3.11 to 3.14)", id="nothing on PATH"),
        pytest.param("exit 9", "(it needs CPython 3.11 to 3.14)", id="a name that starts nothing"),
        pytest.param("echo 3.10; exit 1", "(found: 3.10; it needs", id="too old"),
        pytest.param("echo 3.15; exit 1", "(found: 3.15; it needs", id="newer than the lock"),
        pytest.param("echo ::set-env::; exit 1", "(it needs CPython", id="hostile text"),
    ],
)
def test_no_python_has_one_sentence(tmp_path: Path, script: str | None, said: str) -> None:
    """Where no Python fits, one line says what was found and names actions/setup-python."""
    runner = runner_at(tmp_path, str(tmp_path / "bin"))
    if script is not None:
        program(tmp_path / "bin", "python3", script)
    done = runner.set_up({"TRIVIGIL_PYTHON": ""})
    assert done.returncode == 2
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error title=Trivigil::Trivigil found no Python that it can use ")
    assert said in line
    assert "actions/setup-python" in line
    assert done.stderr == ""


@POSIX
def test_a_name_that_starts_nothing_is_passed_over(tmp_path: Path, mirror: dict[str, str]) -> None:
    """A stub named python3.14 (Windows Store, pyenv) does not hide a Python that works."""
    program(tmp_path / "bin", "python3.14", "echo 'Python was not found' >&2; exit 9")
    base = getattr(sys, "_base_executable", sys.executable)
    (tmp_path / "bin" / "python3").symlink_to(base)
    runner = runner_at(tmp_path, str(tmp_path / "bin"), GITHUB, YAML)
    done = runner.set_up(mirror | {"TRIVIGIL_PYTHON": ""})
    assert done.returncode == 0, done.stdout
    assert runner.launch() == "locked locked False"


@POSIX
def test_relative_entry_of_path_is_not_searched(tmp_path: Path) -> None:
    """With `.` on PATH, a python3 that the pull request brings is not started."""
    runner = runner_at(tmp_path, f".{os.pathsep}{tmp_path / 'bin'}")
    started = tmp_path / "started"
    program(runner.workspace, "python3", f"echo > {started}; echo 3.13")
    assert runner.set_up({"TRIVIGIL_PYTHON": ""}).returncode == 2
    assert not started.exists()


@POSIX
def test_asked_interpreter_that_does_not_fit(tmp_path: Path) -> None:
    """The input `python` is obeyed or refused; no other Python is taken in its stead."""
    base = getattr(sys, "_base_executable", sys.executable)
    runner = runner_at(tmp_path, path_with(tmp_path / "bin", python3=base))
    done = runner.set_up({"TRIVIGIL_PYTHON": "/nowhere/python::error::"})
    assert done.returncode == 2
    (line,) = done.stdout.splitlines()
    assert "cannot use the interpreter that its input 'python' names" in line
    assert "nowhere" not in line


@pytest.fixture(scope="module")
def environment_script() -> ModuleType:
    """actions/environment.py as a module."""
    place = CHECKOUT / "actions" / "environment.py"
    spec = importlib.util.spec_from_file_location("trivigil_environment", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("PIP_INDEX_URL", True, id="pip's mirror"),
        pytest.param("PIP_CERT", True, id="the mirror's certificate"),
        pytest.param("UV_DEFAULT_INDEX", True, id="uv's mirror"),
        pytest.param("UV_INDEX_COMPANY_PASSWORD", True, id="its password"),
        pytest.param("HTTPS_PROXY", True, id="the proxy"),
        pytest.param("SSL_CERT_FILE", True, id="the machine's certificates"),
        pytest.param("PIP_TARGET", False, id="another place"),
        pytest.param("PIP_NO_BINARY", False, id="building from source"),
        pytest.param("UV_CONFIG_FILE", False, id="another project's settings"),
        pytest.param("UV_SYSTEM_PYTHON", False, id="another Python"),
        pytest.param("PYTHONPATH", False, id="modules of the workspace"),
        pytest.param("pythonhome", False, id="Windows does not care for case"),
        pytest.param("GITHUB_TOKEN", False, id="the token"),
        pytest.param("GITHUB_OUTPUT", False, id="the step's outputs"),
        pytest.param("ACTIONS_RUNTIME_TOKEN", False, id="the runner's token"),
        pytest.param("INPUT_GITHUB-TOKEN", False, id="an input"),
    ],
)
def test_what_installers_are_told(environment_script: ModuleType, name: str, kept: bool) -> None:
    """Installers know where packages come from, and neither tokens nor what would steer them."""
    told = environment_script.installer_settings({name: "value", "HOME": "/home/someone"})
    assert told == {"HOME": "/home/someone"} | ({name: "value"} if kept else {})


@POSIX
def test_project_environment_is_made_again_only_when_the_lock_changes(
    quick: Runner, mirror: dict[str, str]
) -> None:
    """`make` makes .venv from the lock, leaves it while it fits, and renews it when it does not."""
    lock, into = quick.root / "requirements" / "action.txt", quick.home / "venv"
    script = str(quick.root / "actions" / "environment.py")
    command = [sys.executable, "-I", script, "--lock", str(lock), "--into", str(into)]
    command += ["--source", str(quick.root / "src")]

    def make() -> str:
        done = subprocess.run(
            command, check=True, env=quick.environ(mirror | {"GITHUB_ACTIONS": ""}),
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return done.stdout

    assert "Making venv from action.txt" in make()
    seen = subprocess.run(
        [into / "bin" / "python", "-I", "-c", "import github, trivigil; print(trivigil.__file__)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert seen.stdout.startswith(str(quick.root / "src"))
    assert make() == ""
    lock.write_text(GITHUB.pin, encoding="utf-8")
    assert "The lock or the Python has changed" in make()
    assert list(into.rglob("yaml")) == []


def test_project_environment_spares_other_folders(
    tmp_path: Path, environment_script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is no environment is not removed for one."""
    (tmp_path / "lock.txt").touch()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").touch()
    command = ["--lock", str(tmp_path / "lock.txt"), "--into", str(tmp_path / "precious")]
    here = Path.cwd()
    try:
        assert environment_script.main(command, os.environ) == 2
    finally:
        os.chdir(here)
    assert "precious is not a Python environment" in capsys.readouterr().out
    assert (tmp_path / "precious" / "thesis.txt").exists()


@POSIX
def test_real_lock_runs_the_real_program(tmp_path: Path) -> None:
    """The environment of the real lock, made by .ci/run, has all that the program imports."""
    tools = os.environ.get("TRIVIGIL_TOOL_CACHE")
    if not tools:
        pytest.skip("no TRIVIGIL_TOOL_CACHE: .ci/run makes the actions' environment there")
    runner = runner_at(tmp_path, path_with(tmp_path / "bin"))._replace(root=CHECKOUT)
    base = getattr(sys, "_base_executable", sys.executable)
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    done = runner.set_up(nowhere | {"RUNNER_TOOL_CACHE": tools, "TRIVIGIL_PYTHON": base})
    assert "Found again" in done.stdout, done.stdout
    assert runner.launch("--help").startswith("usage: trivigil")
    imports = "import actions_toolkit.core, github, jsonschema, msgspec, pydantic, yaml"
    subprocess.run([runner.outputs()["python"], "-I", "-W", "error", "-c", imports], check=True)
