# TwinScreen: `make` alone lists what can be made.

PYTHON    ?= python3
INSTALLER ?= uv
CORES     ?= $(shell n=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN); echo $$((n > 16 ? 16 : n)))
OUTPUT    ?= output
SECONDS   ?= 60
PATIENTS  ?= 200

# Where the archives of public knowledge are kept, for tests; TWINSCREEN_DATA, where set, names
# the folder of the demonstration and validation data.
TWINSCREEN_CACHE ?= .cache/twinscreen
export TWINSCREEN_CACHE

# Nothing of the user's own Python comes in.
export PYTHONNOUSERSITE = 1
unexport PYTHONPATH PYTHONHOME

VENV   := .venv
IN     := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PYTEST := $(IN) pytest -n 2 --dist loadfile

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-fast test-cluster axe faults fuzz mutants changes soak validate pictures docs lint format options lock sbom clean distclean

help: ## list what can be made
	@echo "make ...       PYTHON=$(PYTHON) CORES=$(CORES) OUTPUT=$(OUTPUT)"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.ready ## make .venv from requirements.lock; INSTALLER=pip does without uv

demo: $(VENV)/.ready ## from public data to a report for every patient of a small cohort
	@$(IN) snakemake --cores $(CORES) --quiet rules host --no-hooks \
		$(if $(filter-out output,$(OUTPUT)),--config 'output=$(OUTPUT)'); code=$$?; \
	 $(IN) twinscreen summary '$(OUTPUT)'; exit $$code

test: $(VENV)/.ready ## run the tests; once the archives are fetched, they need no network
	@$(IN) twinscreen fetch --cache '$(TWINSCREEN_CACHE)'
	$(PYTEST) tests

test-fast: $(VENV)/.ready ## run the tests without workflows, browser and validation data
	$(PYTEST) -m 'not slow' tests

test-cluster: $(VENV)/.ready ## run a cohort through a Slurm of its own, which ends with the tests
	@.ci/slurm
	@$(IN) twinscreen fetch --cache '$(TWINSCREEN_CACHE)'
	$(IN) pytest tests/cluster

fuzz: $(VENV)/.ready ## let every parser read mutated files, SECONDS=60 each; a table, and what crashed
	@$(IN) python tests/fuzz --seconds $(SECONDS)

mutants: $(VENV)/.ready build/mutmut/.complete ## put faults into the mathematics and count those that tests find; SAMPLE=60 SEED=1
	@$(IN) PYTHONPATH='$(CURDIR)/build/mutmut' python benchmarks/mutants.py \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

changes: $(VENV)/.ready ## print what each change of the input changes: cells permuted, a patient renamed, ...
	@$(IN) python tests/metamorphic

faults: $(VENV)/.ready ## damage files, fill disks and kill jobs at every stage of a tiny cohort; a table
	@$(IN) twinscreen fetch --cache '$(TWINSCREEN_CACHE)'
	@$(IN) python tests/faults $(if $(PLACES),--places $(PLACES))

soak: $(VENV)/.ready ## run PATIENTS=200, every tenth of whom is broken; what must hold, and whether it does
	@$(IN) twinscreen fetch --cache '$(TWINSCREEN_CACHE)'
	@$(IN) python benchmarks/soak.py --patients $(PATIENTS) --cores $(CORES)

validate: $(VENV)/.ready ## print the figures by which the screen is judged, with validation data
	@$(IN) python benchmarks/validate.py

pictures: $(VENV)/.ready ## photograph README's pictures from the pages of the demonstration in OUTPUT
	@$(IN) python docs/images/make_pictures.py --output '$(OUTPUT)'

docs: $(VENV)/.ready ## build the documentation as a site: build/docs/index.html; warnings are errors
	$(IN) sphinx-build -q -E -W --keep-going -b html -c docs . build/docs

axe: $(VENV)/.ready ## check the pages with axe-core, which npm fetches
	npm install --no-save --no-package-lock --no-audit --no-fund axe-core@4.14
	$(IN) pytest -m axe tests/report/test_browser.py

lint: $(VENV)/.ready ## check style, types and workflow
	$(IN) ruff check .
	$(IN) ruff format --check .
	$(IN) mypy
	$(IN) snakefmt --check Snakefile workflow
	$(IN) python tests/workflow/lint.py

format: $(VENV)/.ready ## mend style
	$(IN) ruff check --fix .
	$(IN) ruff format .
	$(IN) snakefmt Snakefile workflow

options: $(VENV)/.ready ## write what is made from src/twinscreen/settings: schema, table of config/README.md
	$(IN) python -m twinscreen.settings

lock: ## make requirements.lock from pyproject.toml; UPGRADE=1 takes the newest versions
	$(PYTHON) .ci/environment.py lock $(if $(UPGRADE),--upgrade)

sbom: $(VENV)/.ready ## write build/sbom.json, all packages of the lock by CycloneDX
	@$(IN) python .ci/sbom.py

clean: ## remove the default output and all caches of tools; downloads stay
	rm -rf output build dist src/*.egg-info .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . \( -path ./$(VENV) -o -path ./.cache -o -path ./.git \) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv and the downloads too
	rm -rf $(VENV) .cache

# mutmut stands apart: nothing else needs it, and no version of the lock gives way to it.
build/mutmut/.complete: benchmarks/mutants.txt | $(VENV)/.ready
	@rm -rf $(@D)
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes \
		--target $(@D) -r $<
	@touch $@

# Each of the two files stands only when its step is whole. The folder is made anew when the lock
# changes; the package itself, which is linked and not copied, when pyproject.toml does.
$(VENV)/.complete: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "TwinScreen needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=/path/to/python3.12 ..."; exit 1; } >&2
	@$(PYTHON) .ci/environment.py install $(VENV) --installer $(INSTALLER)

$(VENV)/.ready: $(VENV)/.complete pyproject.toml
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(VENV)/bin/python -m compileall -q src
	@$(VENV)/bin/twinscreen compile > /dev/null
	@touch $@
