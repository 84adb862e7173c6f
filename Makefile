# Every target brings .venv up to date first; python3 with venv is all that has to be there before.
PYTHON ?= python3
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
# What was compiled for one run is there for the next, and for every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chat test check bench pictures schema lock clean

chat:
	@.ci/install
	@$(BIN)/skinbot chat

test:
	@.ci/install dev
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal

check:
	@.ci/install dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(BIN)/skinbot check
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal --cov --cov-report=term

bench:
	@.ci/install dev
	$(BIN)/python -m benchmarks

# docs/architecture.svg and .github/conversation.svg, from the code and the knowledge base.
pictures:
	@.ci/install
	$(BIN)/python docs/draw_architecture.py
	$(BIN)/python docs/draw_conversation.py

# What editors check the YAML of a knowledge base with.
schema:
	@.ci/install
	$(BIN)/python -m bot.knowledge.json_schema

# The newest versions that pyproject.toml allows, and the newest uv, with the hash of every file.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet "uv>=0.13,<1"
	$(VENV)-lock/bin/uv lock --upgrade
	echo "uv>=0.13,<1" | $(VENV)-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file .ci/uv.txt
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .coverage .hypothesis
