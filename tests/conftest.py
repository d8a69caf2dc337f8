"""What every test may ask for: the cast, prepared situations, and the real parts."""

import shutil

import pytest
from django.conf import settings
from django.db import connection

from primevox_privacy.ledger import triggers
from tests import environment
from tests.cast import *  # noqa: F403  (fixtures)
from tests.journeys import browser, stack, team  # noqa: F401  (fixtures)


def pytest_collection_modifyitems(config, items):
    for item in items:
        for marker, (present, how) in environment.HOW_TO_GET.items():
            if item.get_closest_marker(marker) and not present:
                item.add_marker(pytest.mark.skip(reason=f"missing: {how}"))


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
def own_files(tmp_path):
    """Sealed files and the head of the record in a folder of the test's own."""
    before = settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE
    settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE = tmp_path / "sealed", tmp_path / "head.jsonl"
    yield
    settings.SEALED_FILES_DIR, settings.LEDGER_HEAD_FILE = before


@pytest.fixture(autouse=True)
def unmanifested(settings):
    settings.WHITENOISE_AUTOREFRESH = True
