# make run: everything on this machine, with a demo town. make help: the rest.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?= 1
# How many test processes: one more than cores, for many tests wait for processes that they started.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
COMPILED := build/compiled
SOURCES := app.py settings.py $(shell find calendars commands configuration enforcement history ledger migrations models notifications ocpi outside sensors web -type f -not -name '*.pyc')
AS_COMPILED := PYTHONSAFEPATH=1 PYTHONPATH="$(COMPILED):."
# Where Python may not keep what it compiled (images of containers say so), each process of the tests compiles all libraries
# and all tests anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install test compiled test-compiled check format bench noise migration lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: $(VENV)/.runs ## run everything on this machine, with the demo town (DEMO=0: without it)
	@exec $(BIN)/baywarden run $(if $(filter-out 0 no off false,$(DEMO)),--demo)

install: $(VENV)/.installed ## make the environment with everything to develop and test

test: install ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

compiled: $(COMPILED)/.made ## compile what decides to C, into build/compiled (needs a C compiler and Python's headers)

# The checkout itself has no place on the path, or its sources would be found first.
test-compiled: compiled ## run the core's tests on what is compiled
	@$(AS_COMPILED) $(BIN)/python -c 'import enforcement.decision as it; print("testing", it.__file__); exit(it.__file__.endswith(".py"))'
	$(AS_COMPILED) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -o pythonpath="$(COMPILED) ." tests/enforcement

check: install ## lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## put the code in its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: compiled ## measure, as ratios to a floor of the same run
	$(AS_COMPILED) $(BIN)/python -m benchmarks $(WHAT)

noise: install ## what sensors and networks that err would make drivers pay, as a table
	$(BIN)/python -m benchmarks noise

migration: install ## draft a migration from what changed in models (M="what changes")
	$(BIN)/python -m migrations "$(M)"

LOCK := uv pip compile pyproject.toml --generate-hashes --universal --no-header --no-annotate --no-emit-index-url --quiet
lock: ## write the lock files anew from pyproject.toml; what is pinned stays (needs uv on the PATH)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --output-file requirements-dev.lock
	$(LOCK) --group compile --output-file requirements-compile.lock

clean: ## remove the environment and caches; var/ with its data stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# To run needs fewer packages than to test. Each stamp is newer than what it was made from, so that a second start is
# a start at once; one environment serves for both. What is used is compiled when it is first used: all of it takes as long
# as to install it.
$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runs

# As it is installed in production: docs/production.md.
$(COMPILED)/.made: setup.py pyproject.toml $(SOURCES) $(VENV)/.installed
	rm -rf build
	BAYWARDEN_COMPILE=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --target $(COMPILED) .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Baywarden needs Python 3.11 or newer; name one with PYTHON=python3.12")'
	@echo "Making $(VENV) from the lock file; this takes a minute, once."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing; on Debian and Ubuntu it is in python3-venv."; exit 1; }
