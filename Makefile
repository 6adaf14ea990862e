# make run       set up on the first call, then open Digit Lab in the browser
# make serve     the same for a whole classroom: ADDRESS and PORT say where it listens
# make test      set up, find or install a Chromium, run all tests but those that take long
# make test-all  those as well: the whole MNIST, benchmarks, killed servers and clusters
# make lint types format clean

PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
             $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT    ?= 8501
ADDRESS ?= 0.0.0.0
WORKERS ?= 3
ARGS    ?=

.PHONY: run serve test test-long test-all lint types format clean
.DEFAULT_GOAL := run

run: .venv/.ready
	.venv/bin/streamlit run app.py --server.port $(PORT)

# Every browser gets runs of its own; uploads are small, and jobs and threads together never exceed the cores.
# `exec`: who ends make ends the server, not a shell between them.
serve: .venv/.ready
	@echo "Digit Lab for a classroom: http://$(ADDRESS):$(PORT) (choose with ADDRESS=... PORT=...)"
	exec env DIGITLAB_CLASSROOM=1 .venv/bin/streamlit run app.py --server.headless true \
	  --server.address $(ADDRESS) --server.port $(PORT) --server.maxUploadSize 81

# Test processes share the cores: more than one PyTorch thread in each makes them wait for one another. What is
# compiled is kept, for the test files and for every server and command that they start.
PYTEST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} \
  .venv/bin/python -m pytest -n $(WORKERS) --dist loadgroup

test: .venv/.ready
	.venv/bin/python -m tests.browser.chromium
	$(PYTEST) -m "not long" $(ARGS)

test-long: .venv/.ready
	.venv/bin/python -m tests.browser.chromium
	$(PYTEST) -m long $(ARGS)

test-all: test test-long

lint: .venv/.ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.ready
	.venv/bin/mypy

format: .venv/.ready
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/python -m tests.readme_lessons
	.venv/bin/python -m tests.readme_tree
	.venv/bin/python -m tests.readme_reproduced

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Done again only when requirements.txt changes.
.venv/.ready: requirements.txt
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Digit Lab needs Python 3.11 or newer. Install it, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
