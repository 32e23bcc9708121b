# Two commands do everything: `make demo` and `make test`. Each target brings what it needs, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUNBUFFERED := 1
# Behind a proxy that opens TLS, the certificates to believe are those of the system.
export UV_SYSTEM_CERTS := 1

.PHONY: help setup demo test check lint bench i18n lock clean

help: ## Show this help
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV := $(BIN)/uv pip
INSTALL_FAST = $(PIP) uv && \
  $(UV) sync --python $(BIN)/python --require-hashes --compile-bytecode --quiet requirements-dev.lock && \
  $(UV) install --python $(BIN)/python --no-deps --quiet --editable .
INSTALL_SURELY = $(PIP) --require-hashes -r requirements-dev.lock && $(PIP) --no-deps --editable .

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@echo "→ Environnement Python et dépendances (une minute la première fois)…"
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"ASSETT demande Python 3.11 ou plus récent ; celui-ci est {v.major}.{v.minor}.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python n'a pas le module venv (Debian, Ubuntu : apt install python3-venv)."; exit 1; }
	@$(INSTALL_FAST) || { echo "→ uv n’a pas pu télécharger : pip prend le relais, plus lentement…"; $(INSTALL_SURELY); }
	@touch $@

CATALOGUES := $(wildcard assett/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

%.mo: %.po $(VENV)/.ready
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

setup: $(VENV)/.ready $(COMPILED)

demo: setup ## Set everything up and serve the living demo (PORT=5010, RESET=1)
	@$(BIN)/assett demo --port $(PORT) --follow $$PPID $(if $(RESET),--reset)

test: setup ## Set everything up and run every test, real browser included
	@$(BIN)/python -m tests.browser_setup
	@$(BIN)/python -m pytest $(ARGS)

check: setup ## Lint, types, import contracts, templates, migrations, catalogues
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint assett
	@$(BIN)/python -m pytest -n 0 tests/architecture/test_schema.py tests/translations

lint: check

bench: setup ## Measure the engine and the pages, as ratios in one run
	@$(BIN)/python -m tests.bench $(ARGS)

i18n: $(VENV)/.ready ## Take the texts from the code and update the catalogues
	@$(BIN)/python -m assett.translations

lock: ## Refresh the locked dependencies
	@for extra in "" dev; do \
	  $(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --universal --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url pyproject.toml $${extra:+--extra $$extra} -o requirements$${extra:+-$$extra}.lock; done

clean: ## Remove the virtual environment and the compiled catalogues (never the data)
	rm -rf $(VENV) $(COMPILED)
