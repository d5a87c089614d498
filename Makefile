# Everything from a clean checkout: only Python 3.11 or newer (with venv), git and make are needed.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ifndef OUT
OUT := demo-run-$(shell date +%Y%m%d-%H%M%S)
endif

.DEFAULT_GOAL := help
.PHONY: help venv demo docs notebooks test check bench torture wheel clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(INSTALLED)  ## set up .venv with the pinned dependencies

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than 3.11. Name a newer one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

demo: $(INSTALLED)  ## the bundled Lishui data, end to end, into a new folder (OUT=...)
	$(BIN)/gep demo --out "$(OUT)"

docs: $(INSTALLED)  ## the pages of docs/services and docs/standards, from the declarations
	$(BIN)/gep book docs

notebooks: $(INSTALLED)  ## run the notebooks and store what they show
	$(BIN)/python -m tests.notebooks

test: check  ## all checks, then all tests but the torture ones
	$(BIN)/python -m pytest -q -n 2 -m "not torture"

check: $(INSTALLED)  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)  ## time and memory of the main job on a generated county; conflicts of 100,000 pledges; reads of the API
	$(BIN)/python tests/benchmarks/bench.py
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.conflicts
	$(BIN)/python -m tests.benchmarks.lending_api

torture: $(INSTALLED)  ## long fault campaigns: kills at any moment, and new examples for all laws
	$(BIN)/python -m pytest -q -m torture
	GEP_EXAMPLES=explore $(BIN)/python -m pytest -q -n 2 -m "not torture"

wheel: $(INSTALLED)  ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## remove what was built and cached; .venv and runs stay
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .grimp_cache .hypothesis
	find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +
