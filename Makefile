# `make` explains the commands. PYTHON names the interpreter that .venv is made with.
SHELL := /bin/sh
PYTHON ?= python3
export PYTHON
# Where it is set, each of some thousand processes compiles anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# loadscope: all cells of a notebook must run in one kernel, so in one worker. Three workers on two
# processors: a quarter of the time goes by in waiting, for what must not happen, too.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadscope
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout 60 --nbval-sanitize-with notebooks/sanitize.cfg
# JupyterLab refuses root (a container, most often) unless told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab dev test test-long check notebooks bench clean lock learner

help:
	@echo "ipclab: learn inter-process communication by measuring it. Commands:"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
	    while IFS='|' read -r command text; do printf '%-18s%s\n' "$$command" "$$text"; done
	@echo
	@echo '  make lab LAB_ARGS="--no-browser --port 8899"   passes arguments on to jupyter lab'

lab: learner ## set up what is missing and open the course in JupyterLab
	@$(BIN)/ipclab start
	@exec $(BIN)/jupyter lab $(AS_ROOT) $(LAB_ARGS) "$$($(BIN)/ipclab start --where)"

learner:
	@tools/bootstrap learner

dev: ## set up what development needs, too
	@tools/bootstrap dev

test: dev ## all tests once, notebooks included: about nine minutes
	@$(PYTEST) $(NBVAL) -m "not long"

test-long: dev ## every repetition, load and fault
	@$(PYTEST) $(NBVAL)

check: dev ## lint, format, types and fast unit tests: under twenty seconds
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(PYTEST) -q -p no:nbval -m "not long and not slow and not browser" tests

notebooks: dev ## run the notebooks and store their outputs
	@$(BIN)/python tools/execute_notebooks.py

bench: ## measure against the usual alternatives: bench/results.json
	@tools/bootstrap bench
	@$(BIN)/python -m bench

clean: ## remove what was made, but never a learner's work/
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -not -path './work/*' -prune -exec rm -rf {} +

# Needs uv on the PATH; pins stay as they are unless UV_ARGS=--upgrade. The learner's pins are
# constraints of the development lock, and so on.
UV_COMPILE := uv pip compile --quiet --generate-hashes --no-emit-index-url --universal \
    --python-version 3.11 --no-header $(UV_ARGS)
lock: ## (maintainer) renew the lock files from requirements*.in
	@$(UV_COMPILE) requirements.in -o requirements.lock
	@$(UV_COMPILE) requirements-dev.in -o requirements-dev.lock
	@$(UV_COMPILE) requirements-bench.in -o requirements-bench.lock
	@! grep -n '//' *.lock
