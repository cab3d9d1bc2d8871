"""Starts Trivigil from the version of the action that this file belongs to.

Run as `python -I launch.py …` with the interpreter that setup.sh made: isolated mode keeps the
working directory, the user's site folder and PYTHON* variables off the import path, so no file of
the workspace can stand in for a module. The environment holds third-party packages only and is
shared by versions of the action; the package comes from here.
"""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "src"))

from trivigil.__main__ import run

if __name__ == "__main__":
    sys.exit(run())
