# kadar: what a newcomer types. `make demo` and `make test` need only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint fix types docs locales screenshots bench clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)  ## an example company: raw CRM exports, imported, every KPI
	$(BIN)/kadar demo demo
	@echo "make serve shows it as a dashboard."

serve: $(READY)  ## the dashboard of the example company, at http://127.0.0.1:8000/
	@test -f demo/kadar.toml || $(MAKE) --no-print-directory demo
	$(BIN)/kadar serve --project demo

test: $(READY)  ## lint, types, layers and every test
	$(MAKE) --no-print-directory lint types
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(READY)  ## style, imports between layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY)  ## mypy, strict
	$(BIN)/mypy

fix: $(READY)  ## repair what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## regenerate the reference pages in docs/
	$(BIN)/python docs/generate.py

locales: $(READY)  ## bring the message catalogues up to date
	$(BIN)/python kadar/locales/extract.py

screenshots: $(READY)  ## pictures of the dashboard in docs/screenshots (needs chromium)
	@test -f demo/kadar.toml || $(MAKE) --no-print-directory demo
	$(BIN)/python docs/screenshots.py demo

bench: $(READY)  ## speed and memory, written to benchmarks/README.md
	$(BIN)/python -m benchmarks

clean:  ## remove the environment, caches and the demo
	rm -rf $(VENV) demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
