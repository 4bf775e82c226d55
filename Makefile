# Each target sets up what it needs in .venv first; `python3 tools/bootstrap.py run|test|...` does
# the same where there is no make.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) tools/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run install demo test lint bench faults messages lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up and serve with demo data at http://127.0.0.1:8000 (PORT=9000 for another port)
	@exec $(BOOTSTRAP) run

install: ## only set up
	@$(BOOTSTRAP) install

demo: ## fill an empty installation with the demo desk, without starting it
	@$(BOOTSTRAP) demo

test: ## lint, types, layers, translations, and every test with real browser and servers
	@$(BOOTSTRAP) test

lint: ## the checks of `make test` that run nothing
	@$(BOOTSTRAP) lint

bench: ## measure intake, pages, memory, and desks of 1,000 and 100,000 tickets; print a table
	@$(BOOTSTRAP) bench

faults: export FAULT_MAILS ?= 20000
faults: export FAULT_KILLS ?= 10
faults: export FAULT_OUTAGE ?= 60
faults: export FAULT_SLOW ?= 2
faults: export FAULT_DISK ?= 3000
faults: ## kill -9 everything at random while mail comes in; nothing may be lost (an hour)
	@$(BOOTSTRAP) faults

messages: ## merge the translations' parts and compile them
	@$(BOOTSTRAP) messages

lock: ## write the lock files anew from pyproject.toml
	@$(BOOTSTRAP) lock
