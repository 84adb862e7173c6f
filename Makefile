# Every target brings .venv up to date first; python3 with venv is all that has to be there before.
PYTHON ?= python3
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
# What was compiled for one run is there for the next, and for every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chat install test check format lint types knowledge coverage fix hooks bench pictures training schema lock clean

chat:
	@.ci/install
	@$(BIN)/skinbot chat

# Once for all targets that need the developers' tools.
install:
	@.ci/install dev

test: install
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal

# Each of these looks at one thing and changes nothing; .pre-commit-config.yaml runs them, too.
check: format lint types knowledge coverage

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/python -m mypy

knowledge: install
	$(BIN)/skinbot check

coverage: install
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal --cov --cov-report=term

# What `make format` and `make lint` find, mended where a program can.
fix: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Has git run the checks by itself: the quick ones before a commit, the tests before a push.
hooks: install
	$(BIN)/prek install

bench: install
	$(BIN)/python -m benchmarks

# docs/architecture.svg and .github/conversation.svg, from the code and the knowledge base.
pictures:
	@.ci/install
	$(BIN)/python docs/draw_architecture.py
	$(BIN)/python docs/draw_conversation.py

# What the program brings along for its scoring: see benchmarks/training.py. Takes some minutes.
training: install
	$(BIN)/python -m benchmarks.training directions
	$(BIN)/python -m benchmarks.training embeddings
	$(BIN)/python -m benchmarks.training usual

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
