# Each target makes .venv and installs what it needs; nothing is done twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# TORCH names the PyTorch to compare with, such as torch==2.13.0; what needs it is left out without it.
TORCH ?=
# ISA names the narrower machine that a wide one plays, for ours, NumPy's and PyTorch's code: avx2, or none.
ISA ?=
PLAY := $(if $(ISA),$(BIN)/python bench/play.py $(ISA))
ROOT := $(if $(filter 0,$(shell id -u)),,sudo -n)

.DEFAULT_GOAL := help
.PHONY: help demo test clients bench lint stubs notebooks docs clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/demo $(if $(findstring --ranks,$(ARGS)),$(VENV)/mpi)  ## train a small network on real digits; ARGS="--epochs 3 --model mlp" to play with it
	$(BIN)/python -m autograd demo $(ARGS)

test: $(VENV)/test $(VENV)/browser  ## run the tests; ARGS="-k conv" for some of them
	$(PLAY) $(BIN)/python -m pytest -n auto $(ARGS)

clients: .venv-clients/installed  ## run libraries that are built on PyTorch, without it; ARGS="einops timm" for some
	.venv-clients/bin/python tests/clients/compare.py $(ARGS)

bench: $(VENV)/bench  ## measure against PyTorch, if TORCH=torch==2.13.0 or the environment provides it
	@for subject in overhead compile conv layers rnn attention optimizers data threads memory distributed; do \
	  $(PLAY) $(BIN)/python bench/$$subject.py $(ARGS) || exit 1; done

lint: $(VENV)/lint  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy autograd nn optim tests/stubs tests/typed_script.py

stubs: $(VENV)/lint  ## write the stubs of what the registry makes, for type checkers and editors
	cd tests && ../$(BIN)/python -m stubs

notebooks: $(VENV)/notebooks $(VENV)/browser  ## run the notebooks anew, and draw the gallery of the README
	$(BIN)/python notebooks/gallery.py
	$(BIN)/python notebooks/run.py

docs: $(VENV)/docs  ## build the pages of the documentation into out/docs
	$(BIN)/python docs/build.py $(ARGS)

clean:  ## remove the environment and what was made
	rm -rf $(VENV) .venv-clients out build *.egg-info

$(BIN)/python:
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --upgrade pip

# What libraries need beside PyTorch is in the same list, so that nothing brings it.
.venv-clients/installed: tests/clients/libraries.txt pyproject.toml
	@echo "making .venv-clients"
	@$(PYTHON) -m venv .venv-clients
	@.venv-clients/bin/pip install -qq --editable .
	@.venv-clients/bin/pip install -qq --no-deps -r tests/clients/libraries.txt
	@touch $@

# The player is tested in a browser. Where none is there and none may be installed, those tests say so and are skipped.
$(VENV)/browser: | $(BIN)/python
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "installing chromium"; $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq chromium >/dev/null; } || \
	  echo "no browser could be installed: the player is not tested in one"
	@touch $@

# A stamp for each extra: installed again only when pyproject.toml has changed. Bytecode is made here, because some
# environments (PYTHONDONTWRITEBYTECODE) would compile every file at every import.
$(VENV)/%: pyproject.toml | $(BIN)/python
	@echo "installing chalkgrad[$*]"
	@$(BIN)/pip install -qq --editable ".[$*]" $(TORCH)
	@$(BIN)/python -m compileall -q autograd nn optim
	@touch $@
