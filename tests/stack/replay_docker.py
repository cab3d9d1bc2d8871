"""A stand-in for `docker`: Compose commands with the documented options, recorded and not done.

The options are those that `docker compose [up|down|logs|version] --help` of Compose v2.40 lists. Any
other option or command is refused, as Docker does, with a sentence. A file
`fail-COMMAND` beside the program makes that command fail.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# Option: how many values it takes.
GLOBAL = {"-f": 1, "--file": 1, "-p": 1, "--project-name": 1, "--project-directory": 1}
OPTIONS = {
    "version": {"-f": 1, "--format": 1, "--short": 0, "--dry-run": 0},
    "up": {
        "-d": 0, "--detach": 0, "--build": 0, "--wait": 0, "--wait-timeout": 1, "--pull": 1,
        "--quiet-pull": 0, "--no-build": 0, "--force-recreate": 0, "--remove-orphans": 0,
        "-t": 1, "--timeout": 1, "-y": 0, "--yes": 0, "--no-color": 0,
    },
    "down": {"-v": 0, "--volumes": 0, "-t": 1, "--timeout": 1, "--rmi": 1, "--remove-orphans": 0},
    "logs": {"--no-color": 0, "-t": 0, "--timestamps": 0, "-n": 1, "--tail": 1, "-f": 0},
}  # fmt: skip


def taken(words: list[str], options: dict[str, int]) -> list[str]:
    """The words after the options; exits where an option is not documented or has no value."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option not in options:
            sys.exit(f"unknown flag: {option}")
        for _ in range(options[option]):
            if not rest:
                sys.exit(f"flag needs an argument: {option}")
            rest.pop(0)
    return rest


def main() -> None:
    """Check, record, and say what Docker would."""
    folder = Path(sys.argv[1])
    words = sys.argv[2:]
    if not words or words[0] != "compose" or (folder / "fail-compose").exists():
        sys.exit(f"docker: unknown command: docker {' '.join(words[:1])}")
    rest = taken(words[1:], GLOBAL)
    if not rest or rest[0] not in OPTIONS or taken(rest[1:], OPTIONS[rest[0]]):
        sys.exit(f"unknown docker command: {rest}")
    with (folder / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({"words": words, "environment": sorted(os.environ)}) + "\n")
    if (folder / f"fail-{rest[0]}").exists():
        sys.exit("dependency failed to start: container web is unhealthy")
    sys.stdout.write(f"web-1  | {rest[0]} done\n")


if __name__ == "__main__":
    main()
