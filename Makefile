# dualtrack: everything runs from the locked environment in $(VENV), which is made when it is missing or stale.
#
#   make demo        the example study in, two scorecards out
#   make test        the whole test suite
#   make             this list of targets

PYTHON ?= python3
VENV ?= .venv
UV ?= uv
PYTEST_FLAGS ?=

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
DEMO = reports/cqa-eval

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage lint types format lock reports clean

help:  ## show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/installed  ## create the environment from requirements.lock

demo: $(VENV)/installed  ## score examples/cqa-eval and write reports/cqa-eval
	@$(BIN)/dualtrack demo --out $(DEMO)

test: $(VENV)/installed  ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup $(PYTEST_FLAGS)

# Counting lines costs the suite a third of its time, so it is asked for by name.
coverage: $(VENV)/installed  ## the same with branch coverage, which may not fall below its floor
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup --cov --cov-report=term $(PYTEST_FLAGS)

lint: $(VENV)/installed  ## check style and layout
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/installed  ## check types
	$(BIN)/mypy

format: $(VENV)/installed  ## lay out the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reports: demo  ## rewrite the committed reports of the shipped examples
	@for study in thirty real-pocqi; do \
	  $(BIN)/dualtrack score examples/$$study --out reports/$$study --no-cache >/dev/null 2>&1 || [ $$? -eq 3 ] || exit 1; \
	done

lock:  ## write requirements.lock anew; UPGRADE=--upgrade takes newer versions
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --annotation-style line --custom-compile-command "make lock" --quiet $(UPGRADE) -o requirements.lock

clean:  ## remove the environment and all caches, but no reports
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps: a change of the lock makes a new environment, a change of pyproject.toml only installs dualtrack again.
# The lock is complete, so nothing is resolved (--no-deps), and `pip check` says whether that holds.
$(VENV)/locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "dualtrack needs Python 3.11 or later; this is: `$(PYTHON) --version 2>&1`." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Creating $(VENV) from requirements.lock (once; a minute or two on a good line)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --quiet --quiet --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/installed: $(VENV)/locked pyproject.toml
	@$(PIP) install --quiet --quiet --no-deps --no-build-isolation --editable .
	@$(PIP) check >/dev/null 2>&1 || { $(PIP) check >&2; exit 1; }
	@touch $@
