"""A project with planted flaws, made when a test needs it: no scanner of this repository's own code stumbles over it."""

from __future__ import annotations

import subprocess
from pathlib import Path

APP = """\
import hashlib
import subprocess


def listed(name):
    subprocess.call("ls " + name, shell=True)
    return hashlib.md5(name.encode()).hexdigest()
"""
WORKFLOW = """\
name: ci
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "${{ github.event.pull_request.title }}"
"""
GO = """\
package main

import (
	"crypto/md5"
	"fmt"
	"os"
)

func main() {
	fmt.Printf("%x\\n", md5.Sum([]byte(os.Args[1])))
}
"""
RULE = """\
rules:
  - id: shell-true
    languages: [python]
    severity: ERROR
    message: A shell runs this.
    pattern: subprocess.call(..., shell=True)
"""
TOKEN = "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO2pINUx"
"""A token of nobody, in two pieces."""
LOCK = """\
{"name": "planted", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
  "": {"name": "planted", "version": "1.0.0", "dependencies": {"minimist": "1.2.0"}},
  "node_modules/minimist": {"version": "1.2.0", "resolved": "http://127.0.0.1/minimist-1.2.0.tgz"}}}
"""
FILES = {
    "app.py": APP,
    ".github/workflows/ci.yml": WORKFLOW,
    "go.mod": "module example.com/planted\n\ngo 1.21\n",
    "main.go": GO,
    ".semgrep.yml": RULE,
    "settings.txt": f"token = '{TOKEN}'\n",
    "requirements.txt": "jinja2==2.4.1\n",
    "package.json": '{"name": "planted", "version": "1.0.0", "dependencies": {"minimist": "1.2.0"}}\n',
    "package-lock.json": LOCK,
}


def plant(folder: Path, *names: str, repository: bool = False) -> Path:
    """The project in `folder`, or these files of it; committed where it is to be a repository."""
    for name in names or FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name], encoding="utf-8")
    if repository:
        person = ["-c", "user.name=someone", "-c", "user.email=someone@example.com"]
        for words in (["init", "-q"], ["add", "-A"], [*person, "commit", "-q", "-m", "planted"]):
            subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder
