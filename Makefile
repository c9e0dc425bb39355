VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test fuzz lint audit bench lock openapi

run: $(VENV)/installed
	@$(BIN)/catalog up $(ARGS)

test: $(VENV)/installed
	@$(BIN)/pytest -n auto --cov $(ARGS)

EXAMPLES ?= 50

fuzz: $(VENV)/installed
	@CATALOG_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/e2e/test_openapi.py $(ARGS)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/integration/test_schema.py
	$(BIN)/catalog openapi | diff -u docs/openapi.json -

audit: $(VENV)/installed
	@$(BIN)/python .ci/dependency_audit.py

bench: $(VENV)/installed
	@$(BIN)/python -m benchmarks $(ARGS)

openapi: $(VENV)/installed
	$(BIN)/catalog openapi > docs/openapi.json

lock:
	uv pip compile $(LOCKED) -o docker/requirements.lock
	uv pip compile $(LOCKED) --all-extras -c docker/requirements.lock -o requirements.lock

LOCKED := pyproject.toml --universal --python-version 3.12 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what requirements.lock names …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

SUITS := import sys; sys.exit(not (3, 12) <= sys.version_info < (3, 14))

$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3; do \
	  "$$python" -c '$(SUITS)' 2>/dev/null || continue; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$$python cannot make an environment: install its venv module (Debian, Ubuntu: apt install $${python##*/}-venv)." >&2; exit 1; }; \
	  exec "$$python" -m venv $(VENV); \
	done; \
	echo "Python 3.12 or 3.13 is needed; name one with: make PYTHON=/path/to/python3.13" >&2; exit 1
