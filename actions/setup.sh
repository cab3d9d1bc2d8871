#!/usr/bin/env bash
# Set-up of the composite actions: finds a Python that the lock covers and hands over to
# environment.py, which makes the environment outside the workspace and writes the step's outputs
# `python` and `launch`.
#
#   TRIVIGIL_PYTHON   the interpreter to use (input `python`); unset or empty: the newest on PATH
#   TRIVIGIL_LOCK     which lock of requirements/ is installed: action (unset) or monitor
#
# Builtins only, so that it runs on bash 3.2 (macOS) and Git for Windows, whatever PATH holds.
set -euo pipefail

here=${BASH_SOURCE[0]%/*}
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
root=$(cd "$here/.." && pwd -P)

# Runs under any Python, old ones too; prints its version, exits 0 where requirements/action.txt has
# wheels for it. A name on PATH proves nothing: the Windows Store and pyenv put names there that
# start no Python.
probe='
import sys
version = sys.version_info[:2]
print("%d.%d" % version)
if not (3, 11) <= version <= (3, 14) or sys.implementation.name != "cpython":
    sys.exit(1)
import sysconfig
sys.exit(1 if sysconfig.get_config_var("Py_GIL_DISABLED") else 0)
'

refuse() {
  printf '::error title=Trivigil::%s\n' "$1"
  exit 2
}

found=
seen=
try() {
  local path version
  path=$(command -v -- "$1" 2>/dev/null) || return 1
  # Where PATH has a relative entry, the name may be a file of the pull request: only
  # TRIVIGIL_PYTHON may be relative.
  case $path in
    /* | [A-Za-z]:[/\\]*) ;;
    *) [ "${2:-}" = asked ] || return 1 ;;
  esac
  if version=$("$path" -I -c "$probe" 2>/dev/null </dev/null); then
    found=$path
    return 0
  fi
  # Only digits reach the log, whatever the program printed.
  case $version in
    [0-9].[0-9] | [0-9].[0-9][0-9]) seen="$seen $version" ;;
  esac
  return 1
}

needs='it needs CPython 3.11 to 3.14'
mend='add a step with actions/setup-python (for example python-version 3.13) before it'
if [ -n "${TRIVIGIL_PYTHON:-}" ]; then
  try "$TRIVIGIL_PYTHON" asked ||
    refuse "Trivigil cannot use the interpreter that its input 'python' names (${seen:+found:$seen; }$needs): correct the input, or leave it out and $mend."
else
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if try "$name"; then break; fi
  done
  [ -n "$found" ] ||
    refuse "Trivigil found no Python that it can use (${seen:+found:$seen; }$needs): $mend."
fi

lock=action
[ "${TRIVIGIL_LOCK:-}" != monitor ] || lock=monitor
exec "$found" -I "$root/actions/environment.py" --lock "$root/requirements/$lock.txt" --shared
