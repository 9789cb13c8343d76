# Each target works alone on a machine with only python3 (>= 3.11, with venv) and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test check fix docs bench soak lock clean
.DEFAULT_GOAL := demo

demo: $(READY)   ## the main job: a company of 400 people through the whole pipeline
	$(BIN)/culture-kpis demo

test: $(READY)   ## all tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(READY)  ## style, types, layers, generated files current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m sql.dictionary --check
	$(BIN)/python -m transforms.kpis.catalogue --check
	$(BIN)/python -m flows.sources.connector_table --check

fix: $(READY)    ## what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)   ## write the generated pages
	$(BIN)/python -m sql.dictionary
	$(BIN)/python -m transforms.kpis.catalogue
	$(BIN)/python -m flows.sources.connector_table

bench: $(READY)  ## wall and CPU time of nights by stage, of every KPI and of backfills; peak memory
	$(BIN)/python tests/benchmarks/nightly.py
	$(BIN)/python tests/benchmarks/catalogue.py
	$(BIN)/python tests/benchmarks/growth.py 1 30000 3 90000
	$(BIN)/python tests/benchmarks/backfill.py

soak: $(READY)   ## the long campaigns
	$(BIN)/python -m pytest -m soak --timeout 3600

lock: $(READY)   ## pin every dependency with its hashes, without naming an index
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "culture-kpis needs Python 3.11 or newer; set PYTHON=python3.11 (or newer) for make"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "this python3 lacks venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# The lock names everything: nothing is left for pip to look for, such as a newer version with an extra.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
