# Two commands do everything on a machine with Python 3.11+ and make: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8700
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test fast lint types docs contracts bench lock clean

help: ## Say what each target does.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: .venv/.run ## Start the whole house with three demo shops on http://127.0.0.1:8700 (PORT=, ORDERS=, RESET=1).
	@exec $(BIN)/hotdash demo --port $(PORT) $(if $(ORDERS),--orders $(ORDERS)) $(if $(filter 1,$(RESET)),--reset)

test: .venv/.test ## Install what the tests need, then run the linters, the types and every test.
	@$(BIN)/python tests/install_browser.py
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

fast: .venv/.test ## Run the tests that need no browser and no wheel, stopping at the first failure.
	@$(BIN)/pytest -x -q -m "not browser and not slow"

lint: .venv/.test ## Check style and the import rule.
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check . && $(BIN)/lint-imports --no-cache

types: .venv/.test ## Check the types, strictly.
	@$(BIN)/basedpyright --level error

docs: .venv/.test ## Write docs/reference anew from the code.
	@$(BIN)/python -m docs.write_reference

contracts: .venv/.test ## Write contracts/ anew: one data contract per raw table.
	@$(BIN)/python -m docs.write_contracts

bench: .venv/.test ## Measure what docs and issues give figures for; writes benchmarks/RESULTS.md.
	@$(BIN)/python -m benchmarks

lock: ## Resolve the requirements anew (needs uv); versions and hashes only, no addresses.
	@uv pip compile pyproject.toml --extra build $(LOCK_FLAGS) -o requirements/run.txt
	@uv pip compile pyproject.toml --extra build --extra ci --extra notebook --extra test $(EXTRAS) $(LOCK_FLAGS) -c requirements/run.txt -o requirements/test.txt
	@uv pip compile pyproject.toml --extra build $(EXTRAS) $(LOCK_FLAGS) -c requirements/test.txt -o requirements/extras.txt
EXTRAS := --extra embeddings --extra llama-index
LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --quiet

clean: ## Remove the demo and the environment; an installation in .hotdash stays.
	@if [ -x $(BIN)/hotdash ]; then $(BIN)/hotdash demo --reset --no-start; fi
	@rm -rf .venv dist .pytest_cache .ruff_cache .hypothesis

.venv/.run: requirements/run.txt pyproject.toml
	@$(call install,run)

.venv/.test: requirements/test.txt pyproject.toml
	@$(call install,test)
	@touch .venv/.run

define install
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hotdash needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'; \
	echo "Installing the $(1) environment into .venv (once, about a minute) ..."; \
	test -x $(BIN)/python || $(PYTHON) -m venv .venv; \
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/$(1).txt; \
	$(BIN)/python -m pip install -qq --no-build-isolation --no-deps --editable .; \
	touch .venv/.$(1)
endef
