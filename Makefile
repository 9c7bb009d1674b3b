# The two commands: `make demo` and `make test`.  Everything else is for people who work on the hub.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
ARGS ?=

.PHONY: demo test test-deep bench lock format services clean

demo: .venv/ready
	$(BIN)/hub demo $(ARGS)

test: .venv/ready services
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not deep" $(ARGS)

test-deep: .venv/ready services
	$(BIN)/python -m pytest -m deep $(ARGS)

bench: .venv/ready
	$(BIN)/python -m tests.benchmark $(ARGS)

# A virtual environment with exactly the locked packages, checked by their hashes.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch .venv/ready

# What some tests need beside Python.  Installed when that is allowed; otherwise the tests say what they did without.
services:
	@if [ -z "$$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing PostgreSQL for the tests of the store"; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql) >/dev/null 2>&1 \
	    || echo "PostgreSQL could not be installed: its tests will say so"; fi

# Renew the lock file after a change of dependencies (needs uv on the path).
lock:
	uv pip compile --quiet --no-header --no-annotate --python-version 3.11 --all-extras --generate-hashes \
	  pyproject.toml --output-file requirements.lock

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .bench demo bench.json
