# Everything a newcomer needs: `make run` and `make test`. Each does all set-up by itself.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/.installed-run
TEST := $(VENV)/.installed-test

.PHONY: run test check bench clean

run: $(RUN)
	@PORT=$(PORT) $(VENV)/bin/python scripts/run.py

test: $(TEST) check
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(TEST)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: $(TEST)
	$(VENV)/bin/python -m bench

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv could not be made; on Debian: apt-get install python3-venv"; exit 1; }

$(RUN): requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(TEST): requirements/test.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@ $(RUN)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
