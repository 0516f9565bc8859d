# Hostward needs Python 3.11 or newer and make to start; everything else is installed into .venv and .venv-clients.
# ARGS is passed on: make run ARGS='--once', make test ARGS='-k settings'. PYTHON chooses the interpreter, WORKERS how
# many processes test (0: none besides the first, for a debugger).

.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help run install test lint lint-code bench docs lock clean install-test

ARGS ?=
PYTHON ?=
BENCH ?= $(wildcard bench/[a-z]*.py)
UV ?= uv
# One more than there are cores: some tests only wait.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 7 ? n + 1 : 8 )))
BIN := .venv/bin
export PYTHON

help:
	@echo 'make run       start Hostward here and scan this machine (ARGS="--once" ...)'
	@echo 'make test      run every test (ARGS is passed to pytest)'
	@echo 'make install   only install what running needs'
	@echo 'make lint      style, types and import contracts'
	@echo 'make bench     measure what the documents promise (BENCH=bench/ONE.py for one)'
	@echo 'make docs      write the generated pages of docs/reference'
	@echo 'make lock      renew the requirements files (needs uv)'
	@echo 'make clean     remove what was installed and cached here'

install:
	@scripts/install.sh run

run: install
	@exec $(BIN)/hostward up $(ARGS)

install-test: install
	@scripts/install.sh test
	@scripts/install.sh clients

# The import contracts are a test (tests/architecture), so here they are not run a second time.
test: install-test lint-code
	@HOSTWARD_TEST_CLIENTS='$(CURDIR)/.venv-clients/python' $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint-code:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo 'hostward: not formatted: run $(BIN)/ruff format' >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary

lint: install-test lint-code
	@$(BIN)/lint-imports

# All of them run: one that misses its bars keeps none of the others from being measured.
bench: install-test
	@missed=; for one in $(BENCH); do echo "== $$one"; $(BIN)/python "$$one" $(ARGS) || missed="$$missed $$one"; done; \
	[ -z "$$missed" ] || { echo "hostward: bars missed:$$missed" >&2; exit 1; }

docs: install
	@$(BIN)/python scripts/write_reference.py

# See requirements/README.md.
lock:
	@UV='$(UV)' scripts/lock.sh $(ARGS)

clean:
	rm -rf .venv .venv-clients .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache build dist
