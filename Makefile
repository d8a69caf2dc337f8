# One machine, Python 3.11 or newer and make: everything else is installed into .venv by hash.
PORT ?= 8000
PYTHON ?= python3
BIN = .venv/bin
# The first run takes PostgreSQL where it is there; these also hold on the embedded default.
ON_SQLITE = $(addprefix tests/test_,record.py sealed.py outbox.py codes.py checks.py destruction.py intake.py workflow.py \
  releasing.py reminders.py coming_back.py staff_desk.py health.py undelivered.py rotation.py replaying.py)

.DEFAULT_GOAL = help
.PHONY: help run test check prove pictures messages lock clean

help: ## explain every target
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/.run ## set everything up and start portal, worker and scheduler with demo data; PORT=8123 moves it
	@DEMO=1 exec $(BIN)/python manage.py demo --port $(PORT)

test: .venv/.dev check ## pass all checks and tests; what needs a missing part is skipped, with a line that says how to get it
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25
	DATABASE_URL=sqlite:///:memory: $(BIN)/python -m pytest -n 2 -m "not postgres and not redis and not browser" $(ON_SQLITE)

check: .venv/.dev ## style, types, migrations, system checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/python manage.py makemigrations --check --dry-run -v 0
	$(BIN)/python manage.py check --fail-level WARNING

prove: .venv/.dev ## the long proofs on real parts, each with its figure printed
	PROVE=1 $(BIN)/python -m pytest tests/test_nothing_lost.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_oracle.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_every_way.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_rotation.py tests/test_clock_faults.py tests/test_customers.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_purge.py tests/test_each_life.py tests/test_two_at_once.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_reading.py tests/test_valid_html.py tests/test_pseudo_language.py tests/test_hostile_input.py -s
	PROVE=1 $(BIN)/python -m pytest tests/test_pages_in_chromium.py tests/test_desk_in_chromium.py tests/test_page_weight.py -s
	@for mode in no-script keyboard phone dark forced-colours; do echo "All stories in Chromium, $$mode:"; \
	  MODE=$$mode $(BIN)/python -m pytest tests/test_journey*.py -q || exit 1; done
	$(BIN)/python benchmarks/intake.py
	$(BIN)/python benchmarks/papers.py
	$(BIN)/python benchmarks/desk.py
	$(BIN)/python benchmarks/sweep.py
	$(BIN)/python benchmarks/tells_apart.py
	$(BIN)/python benchmarks/lighthouse.py

pictures: .venv/.dev ## a picture of every page in every state and both languages, in var/pictures/, and those of the README
	$(BIN)/python -m pytest tests/pictures.py -q
	$(BIN)/python docs/take_pictures.py

messages: .venv/.dev ## collect what is to be translated (needs gettext)
	$(BIN)/python manage.py makemessages --locale es --no-obsolete --ignore '.venv/*' --ignore 'var/*' --add-location file
	$(BIN)/python manage.py compilemessages --locale es --ignore '.venv/*' --ignore 'var/*'

lock: ## renew the lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -q pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -q pyproject.toml --group dev -o requirements-dev.txt

clean: ## remove what was installed and made here, demo data included
	rm -rf .venv var .mypy_cache .ruff_cache .hypothesis
