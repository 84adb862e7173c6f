# Every target makes its own .venv when there is none; python3 with venv is all that it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# What was compiled for one run is there for the next, and for every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chat test check bench schema lock clean

chat: $(INSTALLED)
	@$(BIN)/skinbot chat

test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/skinbot check
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal --cov --cov-report=term

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

# What editors check the YAML of a knowledge base with.
schema: $(INSTALLED)
	$(BIN)/python -m bot.schema

# The newest versions that pyproject.toml allows, with the hash of every file.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet "uv>=0.9,<1"
	$(VENV)-lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --upgrade --output-file requirements.lock
	rm -rf $(VENV)-lock

$(INSTALLED): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q bot tests
	@touch $(INSTALLED)

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .coverage .hypothesis
