# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The doors for people: `make demo`, `make cloud` and `make test`. They only see to it that nox is there; noxfile.py does
# the work.

PYTHON ?= python3

# How many checks `make test` runs at a time.
SIDE_BY_SIDE ?= 2

# Nothing is written outside the clone, pip's cache included.
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1

NOX := .venv/bin/nox
REPORT := .cache/report

# What `make cloud` is given, such as `--port 8000 --seed mine.yml --time-scale 600`.
ARGS ?=

.PHONY: help demo cloud test clean

help:
	@echo 'make demo    start an emulated cloud, copy images between its regions, launch machines, and do it all again'
	@echo 'make cloud   an emulated cloud to try your own playbooks on; ARGS="--help" names its options'
	@echo 'make test    every check; `$(NOX) --list` names them and `$(NOX) -e NAME` runs one'
	@echo 'make clean   remove everything that the others have made'

demo: .venv/ready
	@$(NOX) -e demo

cloud: .venv/ready
	@$(NOX) -e cloud -- $(ARGS)

test: .venv/ready
	@rm -rf $(REPORT); mkdir -p $(REPORT)
	@$(NOX) --allow-parallel --parallel $(SIDE_BY_SIDE) --report $(REPORT)/nox.json; status=$$?; \
	.venv/bin/python tests/tools/closing_line.py $(REPORT); exit $$status

clean:
	rm -rf .venv .nox .cache .build dist

.venv/ready: tests/requirements/nox.txt tests/requirements/constraints.txt
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'This needs Python 3.11 or newer with venv (on Debian: apt install python3-venv), and $(PYTHON) is not that;' \
	'name another one with: make PYTHON=...' >&2; exit 1; }
	@echo 'Installing nox into .venv'
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install -qq --no-compile -r tests/requirements/nox.txt
	@touch $@
