# Two commands do everything: `make run` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
JOBS ?= 2
SEEDS ?= 5
SECONDS ?= 60
export UV_PYTHON_DOWNLOADS := never
# The pages are built while the libraries are installed.
MAKEFLAGS += --jobs=2
UV_INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --extra server --group build --upgrade --no-emit-index-url --no-emit-find-links

LOCK_GROUP = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--upgrade --no-emit-index-url --no-emit-find-links --group

COUNTER = hub/motion/repetitions.built

.PHONY: run test lint format bench faults soak chaos web web-types lock clean help

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

run: $(VENV)/server $(COUNTER) handlers/pages/index.html ## Set everything up, start the demo, print where to look
	$(BIN)/arogya demo $(ARGS)

test: $(VENV)/dev $(COUNTER) handlers/pages/index.html ## Run every test (ARGS="-k name" for some)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

lint: $(VENV)/dev $(VENV)/node ## Every static check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python web/build.py --check

format: $(VENV)/dev ## Put the code in its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/bench $(COUNTER) ## Measure (ARGS="fixes --json")
	$(BIN)/python -m bench $(ARGS)

faults: $(VENV)/dev $(COUNTER) handlers/pages/index.html ## The fault tests at full load
	$(BIN)/python -m pytest tests/faults --full-load --timeout 900 $(ARGS)

soak: $(VENV)/dev $(COUNTER) handlers/pages/index.html ## Ten minutes of the full load; nothing may grow
	$(BIN)/python -m pytest tests/faults/test_soak.py --full-load --soak 600 --capture no $(ARGS)

chaos: $(VENV)/dev $(COUNTER) handlers/pages/index.html ## Random faults on three hubs, replayable (SEEDS=20 SECONDS=60, or SEED=7 alone)
	$(BIN)/python -m tests.chaos --seeds $(SEEDS) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

web: $(VENV)/node ## Build the pages
	$(BIN)/python web/build.py

web-types: $(VENV)/server ## Tell the pages of the routes and tables that the hub has now
	$(BIN)/python web/generate.py

lock: $(VENV)/uv ## Choose versions anew
	$(LOCK) --output-file requirements/server.txt
	$(LOCK) --extra mail --group dev --output-file requirements/dev.txt
	$(LOCK_GROUP) web --output-file requirements/web.txt
	$(LOCK_GROUP) bench --output-file requirements/bench.txt

clean: ## Remove what was built; the demo's data in .arogya stays
	rm -rf $(VENV) handlers/pages web/node_modules hub/motion/repetitions.*.so $(COUNTER)

$(VENV)/uv: requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/server: $(VENV)/uv requirements/server.txt pyproject.toml
	$(UV_INSTALL) -r requirements/server.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/server requirements/dev.txt
	$(UV_INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/bench: $(VENV)/dev requirements/bench.txt
	$(UV_INSTALL) -r requirements/bench.txt
	@touch $@

# Node 20 or newer is taken from the system; only a machine without it installs a packaged one.
$(VENV)/node: $(VENV)/uv requirements/web.txt
	$(BIN)/python web/build.py --find-node >/dev/null 2>&1 || $(UV_INSTALL) -r requirements/web.txt
	@touch $@

# It stays away where nothing can compile, and then make tries again.
$(COUNTER): hub/motion/repetitions.py hub/motion/repetitions.pxd compile.py | $(VENV)/server
	$(BIN)/python compile.py

handlers/pages/index.html: web/build.py web/package-lock.json web/tsconfig.json $(shell find web/src web/client/src -type f) | $(VENV)/node
	$(BIN)/python web/build.py
