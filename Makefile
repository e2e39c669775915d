# Everything a fresh machine needs is Python 3.11 or newer, pip and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# How many processes test side by side
WORKERS ?= 2

.PHONY: report test suite faults lab lint format sample dictionary clean

report: $(VENV)/.run  ## run the sample program's reports and print where the index page is
	$(BIN)/tpm run

lab: $(VENV)/.run  ## open JupyterLab on this workspace
	$(BIN)/tpm lab

test: $(VENV)/.dev lint suite  ## everything that must hold

suite: $(VENV)/.dev  ## tests, doctests, and every notebook from its first cell to its last
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--nbval-lax --nbval-cell-timeout=300 notebooks tests tpm_analytics

faults: $(VENV)/.dev  ## the slow ones among the tests that do harm: kills at many moments, lost workers
	$(BIN)/python -m pytest -m faults tests/reports

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify notebooks/*.ipynb

format: $(VENV)/.dev  ## put code and notebooks in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

sample: $(VENV)/.run  ## write data/sample anew
	$(BIN)/python -m tpm_analytics.sources.invented data/sample

dictionary: $(VENV)/.dev  ## write docs/dictionary.md anew
	$(BIN)/python -m tests.dictionary

clean:
	rm -rf $(VENV) reports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=python3.12, say"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(VENV)/.run $@
