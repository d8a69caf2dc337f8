"""What every test may ask for: the cast, prepared situations, and the real parts."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from time_machine import travel

from primevox_privacy.ledger import triggers
from tests import environment, tidying
from tests.cast import *  # noqa: F403  (fixtures)
from tests.journeys import browser, prepared, stack, team  # noqa: F401  (fixtures)
from tests.situation import situation  # noqa: F401  (fixture)

SLOW = ("browser", "redis")  # whole files of them; begun first, so that no worker is left alone with them at the end
A_TUESDAY = datetime(2026, 9, 15, 17, tzinfo=UTC)  # noon at the office, and no holiday for weeks


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    slow = {item.path for item in items if any(item.get_closest_marker(marker) for marker in SLOW)}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        for marker, (present, how) in environment.HOW_TO_GET.items():
            if item.get_closest_marker(marker) and not present:
                item.add_marker(pytest.mark.skip(reason=f"missing: {how}"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Each test takes back what it wrote, and the server keeps those rows until somebody cleans up: where nothing does
    so by itself, every look at a table passes all that earlier tests wrote."""
    tidying.after_a_test()


def pytest_unconfigure(config):
    shutil.rmtree(environment.VAR, ignore_errors=True)


@pytest.fixture
def flushed(transactional_db):
    """For tests that commit for real. Between them the database is emptied, which the record refuses: so its
    triggers are let go just before, and `migrate`'s signal after the flush puts them back."""
    triggers.install(connection)
    yield
    triggers.remove(connection)


@pytest.fixture(autouse=True)
def a_tuesday(request) -> Iterator[None]:
    """What a test says of days and mornings holds whenever it is run. Real parts have the machine's own clock."""
    if any(request.node.get_closest_marker(marker) for marker in SLOW):
        yield
        return
    with travel(A_TUESDAY, tick=True):
        yield


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The language that the page before was in says nothing in the test after it."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_files(tmp_path):
    """What lies outside the database, in a folder of the test's own; and nothing of health remembered."""
    before = settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE, settings.PURGE_LEDGER_FILE
    settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE = tmp_path / "sealed", tmp_path / "head.jsonl"
    settings.PURGE_LEDGER_FILE = tmp_path / "purges.jsonl"
    cache.clear()
    yield
    settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE, settings.PURGE_LEDGER_FILE = before


@pytest.fixture(autouse=True)
def unmanifested(settings):
    settings.WHITENOISE_AUTOREFRESH = True
