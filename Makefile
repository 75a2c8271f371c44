# Needs of the machine: Python >= 3.11 and make. What else comes from Debian is installed by the target that
# needs it, when it is missing (as root or with sudo), or named.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Where Python is told to keep no compiled code, every command and every server of a test compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKED := install --quiet --require-hashes
LOCK := $(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --system-certs

# Each of Debian's packages with the question that tells whether what it brings is there.
has_python3-venv = $(PYTHON) -c 'import ensurepip, venv'
has_chromium = command -v chromium
has_curl = command -v curl
has_chromium-headless-shell = command -v chromium-headless-shell
has_fonts-noto-cjk = ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
has_nginx = PATH="$$PATH:/usr/sbin" command -v nginx
has_nodejs = command -v node
has_npm = command -v npm
has_redis-server = command -v redis-server
has_poppler-utils = command -v pdftotext
has_prometheus = command -v promtool
has_zbar-tools = command -v zbarimg
has_hugo = command -v hugo
has_wrk = command -v wrk
has_debootstrap = PATH="$$PATH:/usr/sbin" command -v debootstrap
has_iproute2 = PATH="$$PATH:/usr/sbin:/sbin" command -v ip

# $(call debian,packages): installs those that are missing, or names them and stops.
# The lock is waited for because unattended upgrades hold it for minutes on a freshly started machine.
define debian
missing=""; \
$(foreach package,$(1),$(has_$(package)) >/dev/null 2>&1 || missing="$$missing $(package)";) \
if [ -n "$$missing" ]; then \
  if [ "$$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then root="sudo"; else root="none"; fi; \
  if [ "$$root" = none ] || ! command -v apt-get >/dev/null; then \
    echo "make: missing:$$missing. Install it first, as root: apt-get install$$missing" >&2; exit 1; \
  fi; \
  echo "make: installing from Debian:$$missing"; \
  { $$root apt-get -q -o DPkg::Lock::Timeout=600 update && \
    $$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $$missing; \
  } >/dev/null </dev/null || { echo "make: apt-get could not install:$$missing" >&2; exit 1; }; \
fi
endef

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/make \1\t\2/' | expand -t 20

.PHONY: install
install: $(BIN)/trafficlight ## .venv/bin/trafficlight, from the locked requirements

.PHONY: run
run: install ## the demo, with everything it needs
	@# Only posters need the font: without it the demo runs nevertheless, and says so.
	@( $(call debian,fonts-noto-cjk) ) || echo "make: going on without posters" >&2
	$(BIN)/trafficlight demo

TESTED_WITH := chromium-headless-shell curl fonts-noto-cjk nginx poppler-utils prometheus redis-server zbar-tools
# In the order of tests/conftest.py; who has nothing left takes half of what the other still has.
TESTS := $(BIN)/pytest --numprocesses=auto --dist=worksteal

.PHONY: test
test: $(VENV)/.dev ## every test, with what they need from Debian
	@$(call debian,$(TESTED_WITH))
	$(TESTS)

.PHONY: test-slowest
test-slowest: $(VENV)/.dev ## the same, and the forty files and tests that cost most
	@$(call debian,$(TESTED_WITH))
	$(TESTS) --costs=40

.PHONY: coverage
coverage: $(VENV)/.dev ## the same, and which lines of the package they reach; much slower
	@$(call debian,$(TESTED_WITH))
	$(TESTS) --cov --cov-report=term

.PHONY: check
check: $(VENV)/.dev ## format, lint, types, layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --num-workers=auto
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/.dev ## format and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: golden
golden: $(VENV)/.dev ## write the golden trees anew; read the difference before committing it
	GOLDEN=1 $(BIN)/pytest tests/golden

.PHONY: pictures
pictures: $(VENV)/.dev ## take the pictures of the documentation anew; look at them before committing them
	@$(call debian,chromium-headless-shell fonts-noto-cjk)
	$(BIN)/python -m tests.pictures

.PHONY: lists
lists: $(VENV)/.dev ## what of every list in a folder is understood, as a table: make lists FROM=folder
	$(BIN)/python -m tests.real_lists $(FROM)

.PHONY: readings
readings: $(VENV)/.dev ## write the table of how Chinese is read anew, from pypinyin
	$(BIN)/python -m tests.readings

.PHONY: messages
messages: $(VENV)/.dev ## bring the catalogues of the languages up to the sentences; then translate what is new
	$(BIN)/python -m tests.messages

.PHONY: bench
bench: $(VENV)/.dev ## the budgets
	@$(call debian,hugo redis-server wrk)
	$(BIN)/python -m tests.bench

.PHONY: quality
quality: $(VENV)/.dev tests/quality/node_modules/.made ## html-validate and Lighthouse: the pages before judges from elsewhere
	@$(call debian,chromium fonts-noto-cjk nginx)
	$(BIN)/python -m tests.quality

.PHONY: reliability
reliability: $(VENV)/.dev ## kill it, fill the disk, take the ledger away
	@$(call debian,redis-server)
	$(BIN)/python -m tests.reliability

.PHONY: image-proof
image-proof: $(VENV)/.made ## carry out the Dockerfile in a bare root, without a container engine (as root)
	@$(call debian,debootstrap iproute2)
	$(BIN)/python -m tests.image.prove

.PHONY: wheelhouse
wheelhouse: $(VENV)/.dev ## ./wheelhouse: everything to install without internet
	rm -rf wheelhouse
	mkdir wheelhouse
	@# What only some patch releases of Python need is carried along: the other machine may have one of them.
	sed "s/ ; python_full_version [^\\]*//" requirements.txt > wheelhouse/all.txt
	$(PIP) download --quiet --require-hashes --only-binary :all: -r wheelhouse/all.txt -d wheelhouse
	rm wheelhouse/all.txt
	$(BIN)/python -m build --quiet --no-isolation --wheel --outdir wheelhouse
	cp requirements.txt wheelhouse/

.PHONY: lock
lock: ## newer requirements*.txt, from pyproject.toml
	@$(call debian,python3-venv)
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --output-file requirements-build.txt --group build
	$(LOCK) --output-file requirements-dev.txt --constraint requirements.txt --constraint requirements-build.txt --group dev pyproject.toml
	@! grep -n '://' requirements*.txt || { echo "make: an address is in a lock" >&2; exit 1; }
	rm -rf $(VENV)-lock

.PHONY: clean
clean: ## remove what was made, the environment too
	rm -rf $(VENV) wheelhouse build dist htmlcov tests/_out .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/quality/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# No script of a package is run: a judge that wants a browser of its own gets Debian's.
.PHONY: engines
engines: $(VENV)/.dev tests/engines/node_modules/.made ## the residents' pages in Chromium 70, 80 and 86, as old phones have them
	@$(call debian,chromium-headless-shell fonts-noto-cjk)
	$(BIN)/python -m tests.engines

tests/%/node_modules/.made: tests/%/package-lock.json
	@$(call debian,nodejs npm)
	cd tests/$* && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is missing or older than 3.11" >&2; exit 1; }
	@$(call debian,python3-venv)
	$(PYTHON) -m venv --clear $(VENV)
	touch $@

$(VENV)/.run: requirements.txt requirements-build.txt | $(VENV)/.made
	$(PIP) $(LOCKED) -r requirements.txt -r requirements-build.txt
	touch $@

$(BIN)/trafficlight: pyproject.toml $(VENV)/.run
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements-dev.txt $(BIN)/trafficlight
	$(PIP) $(LOCKED) -r requirements-dev.txt
	touch $@
