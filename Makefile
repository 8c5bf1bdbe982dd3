# make run   open the program (in a fresh checkout: sets everything up first)
# make test  run every check: format, lint, types, import contracts, tests
PYTHON ?= python3
BIN := .venv/bin

.PHONY: pictures run test check format format-check lint types contracts pytest fuzz bench bench-ui torture models clean

run: .venv/.runs
	@$(BIN)/python -m wordnet_tui.cli.open

test: check

check: format-check lint types contracts pytest

format: .venv/.tests
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

format-check: .venv/.tests
	$(BIN)/ruff format --check --quiet .

lint: .venv/.tests
	$(BIN)/ruff check --quiet .

types: .venv/.tests
	$(BIN)/mypy

contracts: .venv/.tests
	$(BIN)/lint-imports --no-logo

PYTEST := $(BIN)/pytest

pytest: .venv/.tests
	$(PYTEST)

# The property tests with random examples, for so many minutes.
FUZZ_MINUTES ?= 15

fuzz: .venv/.tests
	@$(BIN)/python -m benchmarks.fuzz --minutes $(FUZZ_MINUTES) $(FUZZ)

bench: .venv/.tests
	@$(BIN)/python -m benchmarks $(BENCH)

bench-ui: .venv/.tests
	@$(BIN)/python -m benchmarks.ui $(BENCH)

torture: .venv/.tests
	@$(BIN)/python -m benchmarks.torture $(BENCH)

# The networks that ship, trained again; REFERENCE names the original's data, which
# `wordnet-tui data fetch reference` downloads.
REFERENCE ?= reference
TRAIN := $(BIN)/wordnet-tui train

models: .venv/.runs
	$(TRAIN) models/reference.safetensors --data $(REFERENCE)
	$(TRAIN) models/reference-wide.safetensors --data $(REFERENCE) $(WIDE) --epochs 30
	$(TRAIN) models/chitchat.safetensors --data chitchat $(WIDE) --epochs 20

WIDE := --embedding-size 100 --hidden-size 512 --learning-rate 0.3 --weight-decay 0 \
	--dropout 0.2 --embedding-dropout 0.1

# The pictures in the README, taken from a real training.
pictures: .venv/.runs
	$(BIN)/python -m docs.take_pictures

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The stamps make a repeated `make` quick: pip runs again only when pyproject.toml has changed.
.venv/.runs: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.tests: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ .venv/.runs
