# Every target makes what it needs: .venv from the lock with hashes, the package itself, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: demo test check bench campaign interop browser lock format clean

demo: $(READY)
	$(BIN)/iogplus demo $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check bot tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house $(ARGS)

bench: $(READY)
	$(BIN)/python -m tests.bench $(ARGS)

campaign: $(READY)
	$(BIN)/python -m tests.campaign $(ARGS)

interop: $(READY)
	$(BIN)/python -m tests.interop $(ARGS)

browser: $(READY)
	$(BIN)/python -m tests.browser $(ARGS)

# Made anew by hand when a dependency changes; the result holds hashes and no index addresses.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --allow-unsafe --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --allow-unsafe --no-header --extra build --extra dev pyproject.toml -o requirements-dev.lock

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format bot tests

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) build demo node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
