# Two commands matter: `make run` and `make test`. Everything else is listed by `make help`.
#
# All paths are relative, so a checkout in a folder with spaces works too. Tools are started as
# modules (`python -m ruff`), because a moved checkout keeps a working python but not its scripts.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=
BENCH_ARGS ?= # --people 100000, --postgres

VENV := .venv
PY := $(VENV)/bin/python
RUN_LOCKS := requirements.txt requirements-extras.txt
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
PYC_STAMP := $(VENV)/.compiled
PY_FILES := $(shell find app migrations -name '*.py')
PO_FILES := $(wildcard app/locale/*/LC_MESSAGES/*.po)
MO_FILES := $(PO_FILES:.po=.mo)
# Written by `make lock` only: no host names, one file for every Python from 3.11, hashes for all.
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

export PORT
ifdef DATA_DIR
export DATA_DIR
endif
ifdef DATABASE_URL
export DATABASE_URL
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # the order of the steps is part of what they promise
.PHONY: help run install-run install test pytest lint format lock vendor bench faults soak messages catalogue chromium clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: $(RUN_STAMP) $(MO_FILES) $(PYC_STAMP) ## set everything up when needed, then serve (PORT, DATA_DIR, DATABASE_URL)
	@exec $(PY) -m app serve

install-run: $(RUN_STAMP) $(MO_FILES) $(PYC_STAMP) ## what a server needs, without the tools of developers

install: $(RUN_STAMP) $(DEV_STAMP) $(MO_FILES) ## the virtual environment with all that development needs

test: install chromium lint catalogue pytest ## everything that must hold before a change lands

WORKERS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

pytest: $(DEV_STAMP) $(MO_FILES)
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

lint: $(DEV_STAMP) ## style, types, import contracts, templates
	@$(PY) -m tools.lint

format: $(DEV_STAMP) ## rewrite the code in the house format
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

# `make lock LOCK_ARGS=--upgrade` takes newer versions; without it only what the .in files ask changes.
lock: $(DEV_STAMP) ## resolve the .in files again into the three hash-only locks
	$(COMPILE) $(LOCK_ARGS) requirements.in --output-file requirements.txt
	$(COMPILE) $(LOCK_ARGS) requirements-extras.in --output-file requirements-extras.txt
	$(COMPILE) $(LOCK_ARGS) requirements-dev.in --output-file requirements-dev.txt
	@$(PY) -m tools.check_locks

vendor: $(DEV_STAMP) ## fetch the front-end files of the manifest again and check their hashes
	@$(PY) -m tools.vendor

bench: $(DEV_STAMP) $(MO_FILES) $(PYC_STAMP) ## measure what the README claims, as a table
	@$(PY) -m tests.bench $(BENCH_ARGS)

faults: $(DEV_STAMP) $(MO_FILES) $(PYC_STAMP) ## kill, fill the disk, break the mail: longer than make test
	@$(PY) -m pytest tests/faults -m "faults" $(PYTEST_ARGS)

soak: $(DEV_STAMP) $(MO_FILES) ## hours of ordinary use, watched for growth
	@$(PY) -m pytest tests/faults -m "soak" $(PYTEST_ARGS)

messages: $(DEV_STAMP) ## collect new sentences into the catalogues, then compile them
	@$(PY) -m tools.messages update
	@$(PY) -m tools.messages compile

catalogue: $(DEV_STAMP)
	@$(PY) -m tools.messages check

chromium: $(DEV_STAMP)
	@$(PY) -m tools.chromium

clean: ## remove what make made, not your data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis $(MO_FILES)

# Needs only what the program itself needs: no developer tools.
%.mo: %.po | $(RUN_STAMP)
	@$(PY) -m tools.messages compile

# Compiled here, also where Python is told to write no bytecode: a start would compile everything again.
$(PYC_STAMP): $(PY_FILES) | $(RUN_STAMP)
	@$(PY) -m compileall -q app migrations
	@touch $@

$(PY):
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here. On Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This needs Python 3.11 or newer; $(PYTHON) is older. Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python cannot make virtual environments here. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(RUN_LOCKS) | $(PY)
	@echo "Installing what the program needs (once, about a minute) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes $(RUN_LOCKS:%=-r %)
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "Installing what the tests need ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes $(RUN_LOCKS:%=-r %) -r requirements-dev.txt
	@touch $@
