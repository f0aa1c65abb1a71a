# `make run` and `make test` need Python >= 3.11 and nothing else; `make` alone is what has to pass before a commit.
PYTHON ?= python3
UV     ?= uv
OUTPUT ?= output
EVAL   ?= ../shared/eval

BIN         := .venv/bin
INSTALLED   := .venv/.installed
DEVELOPMENT := .venv/.development
PIP         := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: all help install run test lint format bench bench-dataset bench-pipeline bench-peers bench-pages eval golden docs lock clean faults

all: lint test

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Set up .venv from requirements.lock

# .venv belongs to one Python: made anew when its own no longer starts.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$( ($(PYTHON) --version) 2>/dev/null || echo missing)."; \
	  echo "Choose another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: install its venv module"; \
	  echo "(Debian and Ubuntu: apt-get install python3-venv) or choose another: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	  exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing requirements.lock into .venv (a minute or two, once)"
	@$(PIP) install -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(INSTALLED)
	@echo "Installing requirements-dev.lock into .venv (tools for tests)"
	@$(PIP) install -r requirements-dev.lock
	@touch $@

run: $(INSTALLED) ## Extract the bundled samples into output/
	@$(BIN)/figures run flows/samples --output $(OUTPUT)
	@echo "The figures command is in $(BIN): source $(BIN)/activate"

test: $(DEVELOPMENT) ## The whole test suite
	@$(BIN)/python -m pytest -q

lint: $(DEVELOPMENT) ## ruff check, ruff format, mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(DEVELOPMENT) ## Let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(INSTALLED) ## Speed of extraction on this machine
	@$(BIN)/python benchmarks/extract.py

bench-dataset: $(INSTALLED) ## Seconds and memory of commits, up to 100,000 generated articles
	@$(BIN)/python -m benchmarks.dataset

# The peers bring dependencies of their own; one that cannot be installed is left out of the table.
.venv-%/.installed: benchmarks/requirements-%.txt
	@.venv-$*/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv-$*
	@echo "Installing $< into .venv-$* (some minutes and 350 MB at most, once)"
	@missing=; for name in $$(grep -v '^#' $<); do \
	  .venv-$*/bin/python -m pip --disable-pip-version-check --quiet install -c $< "$$name" || missing="$$missing $$name"; \
	done; if [ -z "$$missing" ]; then touch $@; else echo "not installed:$$missing"; fi

bench-pipeline: $(INSTALLED) ## The whole flow over up to 100,000 generated pages: speed, memory, growth
	@$(BIN)/python -m benchmarks.pipeline

bench-peers: $(INSTALLED) .venv-peers/.installed ## Quality and speed of claims beside three other extractors
	@$(BIN)/python -m benchmarks.claims

bench-pages: $(INSTALLED) .venv-page-peers/.installed ## Quality and speed of whole pages beside five other extractors
	@$(BIN)/python -m benchmarks.pages

faults: $(DEVELOPMENT) ## Kills, disk errors, full disks, concurrent writers and readers against the dataset
	@$(BIN)/python -m tests.faults

golden: $(DEVELOPMENT) ## Rewrite what the page corpus expects; review git diff
	@$(BIN)/python -m tests.golden

docs: $(INSTALLED) ## Write the data dictionary, output/README.md
	@$(BIN)/figures tables --markdown > output/README.md

eval: $(DEVELOPMENT) ## Score claims on the annotated articles, and on ../shared where it is at hand
	@$(BIN)/python -m tests.annotated
	@if [ -d $(EVAL) ]; then \
	  $(BIN)/python $(EVAL)/claims_eval.py && $(BIN)/python $(EVAL)/specs_eval.py; \
	else echo "skipped: no further annotated articles at $(EVAL)"; fi

lock: ## Resolve both lock files again (needs uv)
	@$(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
	  pyproject.toml -o requirements.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
	  --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove .venv and caches; results in output/ stay
	@rm -rf .venv .venv-peers .venv-page-peers .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
