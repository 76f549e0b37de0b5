# Everything is set up by itself: a virtual environment from the locked, hashed requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check campaign bench browser pictures clean

run: $(VENV)/.core
	@exec $(BIN)/python -m bot run

test: $(VENV)/.dev browser
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not browser and not slow"

# The long fault and load tests in full; takes some three hours.
campaign: $(VENV)/.dev
	FIRSTLINE_CAMPAIGN=1 $(BIN)/python -m pytest -m slow --timeout 7200 --durations 5
	FIRSTLINE_WALKS=20000 $(BIN)/python -m pytest tests/dialogs/test_walk.py --timeout 7200 --durations 5

bench: $(VENV)/.dev
	$(BIN)/python -m bot bench

pictures: $(VENV)/.dev browser
	$(BIN)/python scripts/take_pictures.py

# The browser tests need Chromium: installed here when root on Debian, else they are skipped.
browser:
	@scripts/ensure-chromium

$(VENV)/.core: requirements.lock
	@scripts/install $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock
	@scripts/install $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
