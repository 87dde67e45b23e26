# One word for each job.  Needs python3 (3.11 or later, with venv and pip) and make; uv, where present, is faster.
#
#   make overview   set up, then everything: tables, notebooks, figures, the overview   (ARGS="--year 2023 --lang en")
#   make test       set up, then check and test the program                             (PYTEST_ARGS="-n auto -k ledger")
#   make check      set up, then only the quick checks: lint, format, types
#   make lab        JupyterLab on notebooks/, in an environment of its own
#   make lock       pin the dependencies anew (needs uv)
#   make clean      remove the environments and caches; raw/ and what was made stay

ARGS ?=
PYTEST_ARGS ?= -n auto

# The first Python that is new enough; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$candidate && break; done)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)

BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
# A stamp says that an environment holds exactly what its lock says, so that a second call installs nothing.
MAIN := .venv/main.stamp
TEST := .venv/test.stamp
LAB := .venv-lab/lab.stamp

.PHONY: overview test check lab lock clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

overview: $(MAIN)
	@.venv/$(BIN)/python -c "import thb_analysis.cli" || exit 3
	@.venv/$(BIN)/thb build $(ARGS) || { code=$$?; \
	if [ $$code -eq 1 ]; then echo "Done, with findings: see processed/findings.csv"; else exit $$code; fi; }

test: check
	.venv/$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(TEST)
	.venv/$(BIN)/ruff check .
	.venv/$(BIN)/ruff format --check .
	.venv/$(BIN)/mypy

lab: $(LAB)
	.venv-lab/$(BIN)/jupyter lab notebooks

define fill
	@if [ -z "$(PYTHON)" ]; then \
	echo "Python 3.11 or later is needed; python3 here is: $$(python3 --version 2>/dev/null || echo none)." >&2; \
	echo "Install a newer one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@echo "Setting up $(@D) from $< with $(or $(UV),pip) ..."
	$(if $(UV),$(fill_with_uv),$(fill_with_pip))
	@$(@D)/$(BIN)/python -m compileall -q -q -j 0 -x '[\\/]tests?[\\/]' $(@D)/[Ll]ib >/dev/null || true
	@touch $@
endef

# The lock names every package, so there is nothing to resolve (--no-deps).  Compiling is left to one step for both,
# which uses every core and passes over the packages' own tests: half the time of the whole.
define fill_with_uv
@test -x $(@D)/$(BIN)/python || \
	uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(@D)
	@$(uv) --only-binary :all: --require-hashes -r $<
	@$(uv) --editable .
endef
uv = VIRTUAL_ENV=$(@D) uv pip install --quiet --no-deps

define fill_with_pip
@test -x $(@D)/$(BIN)/pip || $(PYTHON) -m venv $(@D) || { rm -rf $(@D); \
	echo "This Python cannot make environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(pip) --only-binary :all: --require-hashes -r $<
	@$(pip) --editable .
endef
pip = $(@D)/$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-compile

$(MAIN): requirements.lock pyproject.toml
	$(fill)

$(TEST): requirements-test.lock pyproject.toml
	$(fill)
	@touch $(MAIN)  # the test lock holds all of the main one

$(LAB): requirements-lab.lock pyproject.toml
	$(fill)

# No header and no notes, so that neither the tool nor a registry is named in the locks.
compile = uv pip compile pyproject.toml --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

lock:
	$(compile) $(UPGRADE) --output-file requirements.lock
	$(compile) --extra test --constraint requirements.lock --output-file requirements-test.lock
	$(compile) --extra lab --constraint requirements.lock --output-file requirements-lab.lock

clean:
	rm -rf .venv .venv-lab .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find thb_analysis tests -name __pycache__ -type d -prune -exec rm -rf {} +
