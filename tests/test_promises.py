"""The page of promises names real files and real tests."""

import re

from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "promises.md").read_text()
NAMED = re.findall(r"`((?:requests|verification|primevox_privacy|tests)/[\w/.]+(?:::\w+)?)`", PAGE)


def test_every_file_and_test_named_as_keeping_a_promise_exists():
    assert len(NAMED) > 30
    missing = []
    for name in NAMED:
        path, _, test = name.partition("::")
        file = settings.BASE_DIR / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text()):
            missing.append(name)
    assert not missing


def test_promises_are_numbered_without_a_gap():
    numbers = [int(number) for number in re.findall(r"^\| P(\d+) \|", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
