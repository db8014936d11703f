# make run     sets everything up and opens the console on a demo call centre
# make test    sets everything up and runs all tests
# make help    lists the rest

VENV := .venv
BIN := $(VENV)/bin
SETUP := .ci/setup
CATALOGUES := $(wildcard tui/locale/*/LC_MESSAGES/pult.po)
LANGUAGES := uk ru
SOURCES := tui screens backend_client audio server

# What is compiled once need not be compiled again by every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test coverage lint catalogues bench kill screenshots clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(VENV)/.ready-run
	@$(BIN)/pult demo

test: $(VENV)/.ready-dev
	@$(SETUP) program tmux tmux
	@$(SETUP) program screen screen
	@$(SETUP) program mosh-server mosh
	@$(SETUP) program xterm xterm
	@$(SETUP) program Xvfb xvfb
	@$(SETUP) program ffmpeg ffmpeg
	@$(SETUP) program pulseaudio pulseaudio
	@$(SETUP) program parec pulseaudio-utils
	$(BIN)/pytest -n auto --dist worksteal $(COVERAGE) $(TESTS)

# make coverage     all tests, twice as slowly, and which lines and branches they pass through
coverage: COVERAGE := --cov --cov-report=term
coverage: test

# make lint         style, types, and the floors of the architecture
lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# make catalogues   brings the translation catalogues up to date with the code and compiles them
catalogues: $(VENV)/.ready-dev
	@mkdir -p tui/locale
	$(BIN)/pybabel -q extract --no-default-keywords -k _ -k ngettext:1,2 -k pgettext:1c,2 -k N_ --no-location --sort-output \
	    --project=Pult --copyright-holder="Pult developers" -o tui/locale/pult.pot $(SOURCES)
	@for language in $(LANGUAGES); do \
	    if [ -e tui/locale/$$language/LC_MESSAGES/pult.po ]; then verb="update -w 110 -N --ignore-obsolete --ignore-pot-creation-date"; else verb=init; fi; \
	    $(BIN)/pybabel -q $$verb -D pult -i tui/locale/pult.pot -d tui/locale -l $$language || exit 1; \
	done
	$(BIN)/python hatch_build.py

# make bench        the figures of the benchmarks, side by side
bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks

# make kill         kills everything that writes, a thousand times at random moments
kill: $(VENV)/.ready-dev
	$(BIN)/python -m tests.kill --times 1000

# make screenshots  draws the pictures of the documentation anew
screenshots: $(VENV)/.ready-dev
	$(BIN)/python -m docs.screenshots

# make clean        removes what make and the tests made, the environment too
clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find tui/locale -name '*.mo' -delete 2>/dev/null || true

# An editable install compiles the catalogues, so a changed catalogue installs again.
$(VENV)/.ready-%: pyproject.toml hatch_build.py $(CATALOGUES)
	@$(SETUP) environment $(VENV) $*
	@touch $@
