# `make demo` and `make test` are the two commands; both make their environment first.
# Presumed: Python 3.11 or later, git and make. uv is used where it is on PATH, and not needed.

VENV ?= .venv
TESTS ?=
# How many processes the tests are divided among: auto, one a core; 0, all in this one.
WORKERS ?= auto
# A Python that starts: some machines have names on PATH (pyenv, the Windows Store) behind which
# there is none.
FIND_PYTHON = for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
	  if "$$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then echo "$$python"; exit 0; fi; done; \
	echo "error: no Python 3.11 or later on PATH: install one, or say which: make PYTHON=/path/to/python3" >&2; exit 1
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo test lint format lock clean environment

help:
	@echo "make demo    judge a short real load test of the example service, and publish it to a local folder"
	@echo "make test    lint, then all tests (TESTS=tests/test_setup.py: these only; WORKERS=0: in one process)"
	@echo "make lint    ruff, mypy, import contracts, zizmor"
	@echo "make format  let ruff put the code in order"
	@echo "make lock    renew requirements/*.txt from pyproject.toml (UPGRADE=--upgrade: newest versions)"
	@echo "make clean   remove the environment and everything generated"

# The environment is made from the hashed lock; it is made again when the lock or the Python has
# changed.
environment:
	@python=$$($(FIND_PYTHON)) && "$$python" -I actions/environment.py \
	  --lock requirements/dev.txt --into $(VENV) --source src

demo: environment
	@$(PY) examples/demo.py

lint: environment
	@echo "== ruff: style and faults"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@echo "== mypy --strict: types"
	@$(PY) -m mypy
	@echo "== import-linter: which part may import which"
	@$(BIN)/lint-imports --no-logo
	@echo "== zizmor: workflows and actions"
	@$(BIN)/zizmor --offline --quiet --persona pedantic .

test: lint
	@echo "== pytest"
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist loadgroup $(TESTS)

format: environment
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

lock: environment
	@echo "== requirements/action.txt: what the actions run with"
	@$(BIN)/uv pip compile --quiet $(UPGRADE) $(LOCK) --override requirements/action-without.txt \
	  --output-file requirements/action.txt pyproject.toml
	@echo "== requirements/monitor.txt: the same and what checks and alerts may need"
	@$(BIN)/uv pip compile --quiet $(UPGRADE) $(LOCK) --override requirements/action-without.txt \
	  --extra apprise --extra checks --extra xpath --constraint requirements/action.txt \
	  --output-file requirements/monitor.txt pyproject.toml
	@echo "== requirements/dev.txt: the same and the tools of this repository"
	@$(BIN)/uv pip compile --quiet $(UPGRADE) $(LOCK) --output-file requirements/dev.txt --group dev \
	  --constraint requirements/monitor.txt pyproject.toml
LOCK = --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"

clean:
	rm -rf $(VENV) .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf build dist demo-results trivigil-results
	find src tests examples actions -name __pycache__ -type d -prune -exec rm -rf {} +
