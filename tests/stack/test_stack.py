"""Starting and stopping real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.conftest import Bench, ended, until
from trivigil import stack
from trivigil.core.errors import InputError
from trivigil.stack import table
from trivigil.stack.state import read_state, state_file

SLEEP = "import time\ntime.sleep(60)\n"
linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


def test_another_process_stops_it(bench: Bench) -> None:
    """What one process starts outlives it, and another process stops it."""
    command = bench.script("app.py", SLEEP)
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom trivigil import stack\n"
        "stack.start(sys.argv[1], directory=Path('.'), state_dir=Path(sys.argv[2]),"
        " environ=os.environ, say=print)\n"
    )
    ours = {"PYTHONPATH": str(Path(stack.__file__).parents[2])}
    words = [sys.executable, "-c", program, command, str(bench.state)]
    subprocess.run(words, env=os.environ | ours, check=True)
    living = bench.living()
    assert len(living) == 1
    assert bench.stop().names == ("app",)
    assert ended(living)


def test_environment_and_folder(bench: Bench) -> None:
    """A program starts in the project, without our token, with its own assignment."""
    bench.environ |= {"GITHUB_TOKEN": "t", "TRIVIGIL_GITHUB_TOKEN": "t", "SHOWN": "yes"}
    bench.write("Procfile", f"web: OWN=1 {bench.script('app.py', SHOW + SLEEP)}\n")
    bench.start("Procfile")
    until(lambda: bench.log("web"))
    folder, environment = json.loads(bench.log("web"))
    assert Path(folder) == bench.project
    assert environment["OWN"] == "1"
    assert environment["SHOWN"] == "yes"
    assert not [name for name in environment if name.endswith("TOKEN")]


SHOW = "import json, os\nprint(json.dumps([os.getcwd(), dict(os.environ)]))\n"


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "no environment to look into"])
def test_children_end_too(bench: Bench, monkeypatch: pytest.MonkeyPatch, *, marked: bool) -> None:
    """The children of a process end with it, by its process group where no mark can be seen."""
    if not marked:
        monkeypatch.setattr(table, "_environment", lambda _pid: [])
    bench.start(f"bash -c '{sys.executable} -c \"import time; time.sleep(60)\" & sleep 60'")
    until(lambda: len(bench.living()) == 3)
    living = bench.living()
    bench.stop()
    assert ended(living)


@linux
def test_daemons_end_too(bench: Bench) -> None:
    """A process that leaves its group and its parent is still found, and ends."""
    leave = "import os, time\nif os.fork():\n    os._exit(0)\nos.setsid()\ntime.sleep(60)\n"
    bench.start(bench.script("daemon.py", leave))
    state = read_state(bench.state)
    assert state
    left = bench.living()
    assert len(left) == 1
    assert left[0] != state.processes[0].pid
    assert "app has ended with exit status 0." in bench.said
    bench.stop()
    assert ended(left)


def test_deaf_process_is_killed(bench: Bench) -> None:
    """A process that ignores SIGTERM is killed after the patience, and that is said."""
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf')\n"
    bench.start(bench.script("deaf.py", deaf + SLEEP))
    until(lambda: bench.log("app"))
    living = bench.living()
    stopped = bench.stop(patience=0.3)
    assert (stopped.names, stopped.killed) == (("app",), 1)
    assert ended(living)
    assert any("were killed" in line for line in bench.said)


def test_gentle_end(bench: Bench) -> None:
    """A process that answers SIGTERM may finish what it does; its log stays."""
    gentle = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))\nprint('up')\n"
    )
    bench.start(bench.script("gentle.py", gentle + SLEEP))
    until(lambda: "up" in bench.log("app"))
    stopped = bench.stop()
    assert stopped.killed == 0
    assert bench.log("app").split() == ["up", "bye"]
    assert stopped.logs == bench.state / "logs"


def test_stop_twice(bench: Bench) -> None:
    """Stopping what is stopped, or was never started, does nothing."""
    bench.start(bench.script("app.py", SLEEP))
    bench.stop()
    assert bench.stop().names == ()
    never = stack.stop(bench.state / "never", environ={}, say=bench.said.append)
    assert never.names == ()


def test_stop_after_it_ended(bench: Bench) -> None:
    """A process that has ended by itself is not said to be stopped."""
    bench.start(bench.script("app.py", "import time\ntime.sleep(1.2)\n"))
    until(lambda: not bench.living())
    assert bench.stop().names == ()
    assert bench.said[-1] == "app had ended by itself, with exit status 0"


def test_an_end_in_the_midst_of_the_work_is_told(bench: Bench) -> None:
    """What was not there any more when it was to be stopped has its status and the end of its log told."""
    failing = "import sys, time\nprint('out of memory', flush=True)\ntime.sleep(1.2)\nsys.exit(9)\n"
    bench.start(bench.script("app.py", failing))
    until(lambda: not bench.living())
    bench.stop()
    assert "app had ended by itself, with exit status 9. Its log" in bench.said[-1]
    assert "out of memory" in bench.said[-1]


def test_start_twice(bench: Bench) -> None:
    """A second start from the same state folder is refused, and the first stack runs on."""
    command = bench.script("app.py", SLEEP)
    bench.start(command)
    before = bench.living()
    with pytest.raises(InputError, match="already running"):
        bench.start(command)
    assert bench.living() == before


def test_dies_at_once(bench: Bench) -> None:
    """A program that fails at once is an error with the end of its log, and its partners end."""
    failing = "import sys\nprint('::error::no database')\nsys.exit(3)\n"
    bench.write(
        "Procfile",
        f"web: {bench.script('app.py', SLEEP)}\nbad: {bench.script('bad.py', failing)}\n",
    )
    with pytest.raises(InputError) as caught:
        bench.start("Procfile")
    assert "process bad of the stack has ended with exit status 3" in caught.value.message
    assert "no database" in (caught.value.detail or "")
    assert "::" not in (caught.value.detail or "")
    assert str(bench.state / "logs" / "bad.log") in (caught.value.detail or "")
    assert bench.said[-1] == "Stopped web"
    assert not state_file(bench.state).exists()


def test_dies_later(bench: Bench) -> None:
    """A program that fails after a while is found by the next look, with the signal it got."""
    bench.start(bench.script("app.py", SLEEP))
    stack.verify(bench.state, say=bench.said.append)
    os.kill(bench.living()[0], 9)
    until(lambda: not bench.living())
    with pytest.raises(InputError, match="process app of the stack has ended with signal 9"):
        stack.verify(bench.state, say=bench.said.append)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        pytest.param("  ", "names nothing", id="empty"),
        pytest.param("a\nb", "several lines", id="two commands"),
        pytest.param("missing.yml", "missing.yml is not a file", id="no such compose file"),
        pytest.param("Procfile", "Procfile is not a file", id="no such Procfile"),
        pytest.param("no-such-program -x", "`no-such-program` is not a program", id="no program"),
        pytest.param("./plain.txt", "`./plain.txt` is not a program", id="not executable"),
        pytest.param("./broken", "`./broken` cannot be started", id="not a program at all"),
        pytest.param("run && run", "is for a shell", id="shell"),
    ],
)
def test_refused(bench: Bench, spec: str, says: str) -> None:
    """What cannot be started is refused with the input's name, and nothing is left."""
    bench.write("plain.txt", "text")
    bench.write("broken", "no program").chmod(0o755)
    with pytest.raises(InputError) as caught:
        bench.start(spec)
    assert says in caught.value.message
    assert caught.value.key == "start"
    assert not state_file(bench.state).exists()


def test_procfile_skips(bench: Bench) -> None:
    """Optional processes that are not installed are skipped with a sentence."""
    web = bench.script("app.py", SLEEP)
    bench.write("Procfile.dev", f"# optional: db\nweb: {web}\ndb: no-such-db --port 1\n")
    started = bench.start("Procfile.dev")
    assert (started.kind, started.names, started.skipped) == ("procfile", ("web",), ("db",))
    assert "Not started: db. Not installed here: no-such-db" in bench.said


def test_procfile_needs(bench: Bench) -> None:
    """A program that is not optional must be there; the error names the line."""
    path = bench.write("Procfile", "# web\nweb: no-such-program\n")
    with pytest.raises(InputError) as caught:
        bench.start("Procfile")
    assert caught.value.where == f"{path}:2"


def test_nothing_left(bench: Bench) -> None:
    """A Procfile of which everything is skipped starts nothing, and that is an error."""
    bench.write("Procfile", "# optional: db\ndb: no-such-db\n")
    with pytest.raises(InputError, match="nothing is left to start"):
        bench.start("Procfile")
