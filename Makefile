# Each target makes .venv and installs what it needs; nothing is done twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# TORCH names the PyTorch to compare with, such as torch==2.13.0; what needs it is left out without it.
TORCH ?=

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/demo  ## train a small network on real digits; ARGS="--epochs 3 --model mlp" to play with it
	$(BIN)/python -m autograd demo $(ARGS)

test: $(VENV)/test  ## run the tests; ARGS="-k conv" for some of them
	$(BIN)/python -m pytest -n auto $(ARGS)

bench: $(VENV)/bench  ## measure against PyTorch, if TORCH=torch==2.13.0 or the environment provides it
	$(BIN)/python bench/overhead.py $(ARGS)

lint: $(VENV)/lint  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy autograd nn optim

clean:  ## remove the environment and what was made
	rm -rf $(VENV) out build *.egg-info

$(BIN)/python:
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --upgrade pip

# A stamp for each extra: installed again only when pyproject.toml has changed. Bytecode is made here, because some
# environments (PYTHONDONTWRITEBYTECODE) would compile every file at every import.
$(VENV)/%: pyproject.toml | $(BIN)/python
	@echo "installing chalkgrad[$*]"
	@$(BIN)/pip install -qq --editable ".[$*]" $(TORCH)
	@$(BIN)/python -m compileall -q autograd nn optim
	@touch $@
