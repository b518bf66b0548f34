# The commands of the project; `make help` lists them. A machine with Python 3.11 or later and make is enough.

PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3 python,$(if $(shell $(name) -c "import sys; print(sys.version_info >= (3, 11) or '')" 2>/dev/null),$(name))))
TRIMESTRE ?= 2021-T3
DEPARTEMENT ?=
PYTEST_ARGS ?=

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help rapports test lint bench lab docs clean test-tools

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire : https://www.python.org/downloads/"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(PYTHON) -c "import pathlib; pathlib.Path('$(READY)').touch()"

rapports: $(READY) ## make the reports of TRIMESTRE (2021-T3) for DEPARTEMENT (all that have data)
	$(BIN)/pvd rapports --trimestre $(TRIMESTRE) $(foreach code,$(DEPARTEMENT),--departement $(code))

test: $(READY) test-tools ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(PYTEST_ARGS)

test-tools:
	@sh tests/install_tools.sh

lint: $(READY) ## check the form, the types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## measure the speed, as ratios within one run
	$(BIN)/python -m benchmarks

lab: $(READY) ## open JupyterLab in the project
	$(BIN)/jupyter lab --notebook-dir=. notebooks/exploration.ipynb

docs: $(READY) ## write the data dictionary again, and build the documentation site in site/
	$(BIN)/pvd dictionnaire --markdown docs/dictionnaire.md
	$(BIN)/python -m sphinx --quiet --fail-on-warning docs site

clean: ## remove what was made: environment, tables, reports, site
	rm -rf .venv site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find data/processed outputs -mindepth 1 ! -name .gitkeep -delete
