"""Which processes there are, and which of them are ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trivigil.stack import table
from trivigil.stack.state import Running, State


def test_own_process() -> None:
    """We are in the table, with our process group, and living."""
    row = table.read_table()[os.getpid()]
    assert row.group == os.getpgid(0)
    assert not row.zombie


@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no /proc, ps tells the same of a process."""
    by_proc = table.read_table()[os.getpid()]
    monkeypatch.setattr(table, "_PROC", tmp_path)
    by_ps = table.read_table()[os.getpid()]
    assert (by_ps.pid, by_ps.group, by_ps.zombie) == (by_proc.pid, by_proc.group, False)
    assert by_ps.started == table.start_of(os.getpid())


def test_reused_id_is_not_ours() -> None:
    """A process whose id we remember, but not with this start, is somebody else's."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as bystander:
        started = table.start_of(bystander.pid) or ""
        assert started
        same = State("no such mark", (Running("a", bystander.pid, started, "a.log"),))
        other = State("no such mark", (Running("a", bystander.pid, started + "0", "a.log"),))
        assert table.find_ours(same) == (bystander.pid,)
        assert table.find_ours(other) == ()
