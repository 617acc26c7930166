# Needs Python 3.11 or newer and make. Everything is built into .venv, with the versions of constraints.txt.
#
#   make demo     start the service, send it real requests, show the answers, stop it
#   make test     everything that this machine can check: lint, format, types, tests
#   make serve    serve on http://127.0.0.1:8000/v1 until Ctrl-C
#   make venv     only build .venv for development
#   make types    only the links that static checkers follow
#   make clean    remove all that these targets made
#
# OPTIONS are passed on: make serve OPTIONS="--port 9000", make test OPTIONS="-k layers".

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --constraint constraints.txt
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
OPTIONS :=
FOLDERS := $(wildcard tasks router specialists scheduler services)
NEW_ENOUGH := import sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)

.PHONY: help demo test serve venv types clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUN)
	@$(BIN)/python examples/demo.py $(OPTIONS)

test: $(DEV) types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy examples
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile $(OPTIONS)

serve: $(RUN)
	@$(BIN)/divisi serve $(OPTIONS)

venv: $(DEV) types

types:
	@mkdir -p .types/divisi
	@for folder in $(FOLDERS); do ln -sfn ../../$$folder .types/divisi/$$folder; done

clean:
	rm -rf $(VENV) .types build dist divisi.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# setuptools comes first and is then used as it is, so that the build too has the version of constraints.txt.
$(RUN): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "divisi needs Python 3.11 or newer with venv: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade pip
	$(PIP_INSTALL) setuptools
	$(PIP_INSTALL) --no-build-isolation --editable ".[demo]"
	@touch $@

$(DEV): $(RUN)
	$(PIP_INSTALL) --no-build-isolation --editable ".[dev]"
	@touch $@
