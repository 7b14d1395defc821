# Needs Python 3.11+, git and make; everything else is set up here, once, in .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
OUT ?=
TESTS ?=
SERVE ?= 1
PORT ?= 8000
LOCK := requirements/dev.lock

.PHONY: setup demo test check bench clean

setup: $(STAMPS)/assets ## everything in .venv (.venv/bin/taizhang)

$(STAMPS)/python: $(LOCK) pyproject.toml
	@echo "[1/3] Python packages into .venv (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 2; }
	@$(BIN)/python -m pip --disable-pip-version-check -q install -r requirements/uv.txt
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes --compile-bytecode $(LOCK)
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/assets: $(STAMPS)/python package-lock.json scripts/vendor_assets.py $(shell find src/taizhang -path '*/static/*' -not -path '*/vendor/*' -type f 2>/dev/null)
	@echo "[2/3] Front-end packages"
	@$(BIN)/python scripts/vendor_assets.py
	@echo "[3/3] Static files"
	@TAIZHANG_HOME=$(STAMPS)/home DJANGO_SETTINGS_MODULE=taizhang.site.settings $(BIN)/python -m django collectstatic --noinput -v 0
	@touch $@

demo: setup ## loads the fictional county, runs the loop once, serves on 127.0.0.1:$(PORT)
	@$(BIN)/taizhang demo $(if $(OUT),--out $(OUT)) $(if $(filter 1,$(SERVE)),--serve --port $(PORT))

test: setup ## every test that this machine can run; the others say why they are skipped
	@$(BIN)/python -m pytest -n auto -rs $(TESTS)

check: setup ## lint, format, types, import contracts, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@TAIZHANG_HOME=$(STAMPS)/home DJANGO_SETTINGS_MODULE=taizhang.site.settings $(BIN)/python -m django makemigrations --check --dry-run -v 0

bench: setup ## timings, each beside a peer in the same run
	@for script in bench/*/run.py; do $(BIN)/python $$script || exit 1; done

lock: ## renew the pins; the files name no host
	@for set in run dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml $$(test $$set = dev && echo --group dev) -o requirements/$$set.lock; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --extra spark --group dev -c requirements/dev.lock -o requirements/spark.lock

clean:
	rm -rf .venv node_modules var out build src/taizhang/site/staticfiles src/taizhang/ui/static/vendor
