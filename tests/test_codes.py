"""One-time codes: six digits that open one door, once, for ten minutes."""

import threading
import uuid
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from time_machine import travel

from primevox_privacy.sealed import tasks
from verification import codes
from verification.codes import FAILURES_A_DAY, FAILURES_FOR_LIFE, Outcome, TooManyCodes, attempt, issue
from verification.models import Code, CodePurpose

ROSA, STAN = uuid.UUID(int=1), uuid.UUID(int=2)
SIGN_IN, ANSWER = CodePurpose.SIGN_IN, CodePurpose.ANSWER


def new_code(subject=ROSA, purpose=SIGN_IN) -> str:
    _code, digits = issue(subject, purpose, to_contact_on_file=purpose == CodePurpose.CHECK)
    return digits


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def tried(typed: str, subject=ROSA, purpose=SIGN_IN) -> Outcome:
    return attempt(subject, purpose, typed)[0]


def later(**ago):
    return travel(timezone.now() + timedelta(**ago), tick=False)


def test_the_right_digits_match(db):
    assert tried(new_code()) is Outcome.MATCHED


@pytest.mark.parametrize("layout", ["{0}{1}", "{0} {1}", "{0}-{1}", "  {0}{1}\n"])
def test_spaces_and_dashes_do_not_count(db, layout):
    digits = new_code()
    assert tried(layout.format(digits[:3], digits[3:])) is Outcome.MATCHED


def test_a_small_number_keeps_its_zeros(db):
    with patch("verification.codes.secrets.randbelow", return_value=42):
        assert new_code() == "000042"
    assert tried("42") is Outcome.WRONG
    assert tried("000042") is Outcome.MATCHED


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "\x00", "9" * 5000])
def test_what_is_no_code_is_wrong(db, typed):
    with patch("verification.codes.secrets.randbelow", return_value=999_999):
        new_code()
    assert tried(typed) is Outcome.WRONG


def test_without_a_code_every_try_is_wrong(db):
    assert tried("123456") is Outcome.WRONG


def test_a_code_works_once(db):
    digits = new_code()
    assert [tried(digits), tried(digits)] == [Outcome.MATCHED, Outcome.USED_OR_REPLACED]


def test_a_newer_code_replaces_the_one_before(db):
    old, new = new_code(), new_code()
    if old != new:
        assert tried(old) is Outcome.WRONG
    assert tried(new) is Outcome.MATCHED


@pytest.mark.parametrize(("minutes", "outcome"), [(9.9, Outcome.MATCHED), (10, Outcome.OUT_OF_DATE)])
def test_a_code_lives_ten_minutes(db, minutes, outcome):
    with travel(timezone.now(), tick=False) as clock:
        digits = new_code()
        clock.shift(timedelta(minutes=minutes))
        assert tried(digits) is outcome


def test_a_code_made_for_one_purpose_serves_no_other(db):
    digits = new_code(purpose=SIGN_IN)
    assert tried(digits, purpose=ANSWER) is Outcome.WRONG
    new_code(purpose=ANSWER)
    Code.objects.filter(purpose=ANSWER).update(digest=Code.objects.get(purpose=SIGN_IN).digest)
    assert tried(digits, purpose=ANSWER) is Outcome.WRONG


def test_rosas_code_opens_nothing_of_stans(db):
    digits = new_code(ROSA)
    new_code(STAN)
    Code.objects.filter(subject=STAN).update(digest=Code.objects.get(subject=ROSA).digest)
    assert tried(digits, subject=STAN) is Outcome.WRONG


def test_a_stolen_table_says_nothing_without_the_pepper(db, settings):
    digits = new_code()
    settings.CODE_PEPPER = b"guessed"
    assert tried(digits) is Outcome.WRONG


def test_the_digits_are_stored_nowhere(db):
    digits = new_code()
    row = Code.objects.values().get()
    assert not any(digits == str(value) or digits in str(value).split() for value in row.values())
    assert len(row["digest"]) == 64


@pytest.mark.parametrize("ending", ["used", "replaced"])
def test_the_digest_goes_with_the_code(db, ending):
    digits = new_code()
    tried(digits) if ending == "used" else new_code()
    assert Code.objects.order_by("made_at")[0].digest == ""


def test_the_digest_of_a_code_out_of_date_is_swept_away(db):
    new_code()
    with later(minutes=11):
        tasks.end_lives()
    code = Code.objects.select_related("code_key").get()
    assert (code.digest, code.code_key.wrapped) == ("", None)


# --- Tries ---------------------------------------------------------------------------------------------------
def test_after_five_wrong_tries_the_right_one_is_too_late(db):
    digits = new_code()
    assert [tried(wrong(digits)) for _ in range(5)] == [Outcome.WRONG] * 5
    assert tried(digits) is Outcome.TOO_MANY


def test_the_fifth_try_still_counts(db):
    digits = new_code()
    for _ in range(4):
        tried(wrong(digits))
    assert tried(digits) is Outcome.MATCHED


@pytest.mark.postgres
def test_guesses_at_the_same_moment_gain_nothing(flushed):
    digits = new_code()
    outcomes: list[Outcome] = []
    start = threading.Barrier(10)

    def guess(number: int) -> None:
        start.wait()
        outcomes.extend(tried(f"{(int(digits) + 1 + number * 4 + n) % 10**6:06d}") for n in range(4))
        connection.close()

    at_once(guess, 10)
    assert outcomes.count(Outcome.WRONG) == 5
    assert Code.objects.get().tries == 5
    assert tried(digits) is Outcome.TOO_MANY


@pytest.mark.postgres
def test_guesses_at_the_same_moment_are_as_few_a_day_as_one_by_one(flushed):
    with travel(timezone.now(), tick=False) as clock:
        fail(FAILURES_A_DAY - 1, clock)
        digits = new_code()
        outcomes: list[Outcome] = []
        start = threading.Barrier(8)

        def guess(number: int) -> None:
            start.wait()
            outcomes.append(tried(wrong(digits)))
            connection.close()

        at_once(guess, 8)
    assert outcomes.count(Outcome.WRONG) == 1


@pytest.mark.postgres
def test_the_right_code_typed_twice_at_the_same_moment_opens_once(flushed):
    digits = new_code()
    outcomes: list[Outcome] = []
    start = threading.Barrier(4)

    def type_it(number: int) -> None:
        start.wait()
        outcomes.append(tried(digits))
        connection.close()

    at_once(type_it, 4)
    assert outcomes.count(Outcome.MATCHED) == 1


@pytest.mark.postgres
def test_codes_asked_for_at_the_same_moment_are_as_few_as_one_by_one(flushed):
    start = threading.Barrier(8)
    sent: list[str] = []

    def ask(number: int) -> None:
        start.wait()
        with suppress(TooManyCodes):
            sent.append(new_code())
        connection.close()

    at_once(ask, 8)
    assert len(sent) == codes.SENDS_AN_HOUR
    assert Code.objects.filter(used_at=None, replaced_at=None).count() == 1


def at_once(work, times: int) -> None:
    threads = [threading.Thread(target=work, args=[number]) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- How many ------------------------------------------------------------------------------------------------
def test_three_codes_an_hour(db):
    with travel(timezone.now(), tick=False) as clock:
        [new_code() for _ in range(3)]
        with pytest.raises(TooManyCodes):
            new_code()
        clock.shift(timedelta(minutes=61))
        new_code()


def test_five_codes_a_day(db):
    with travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            new_code()
            clock.shift(timedelta(minutes=61))
        with pytest.raises(TooManyCodes):
            new_code()
        clock.shift(timedelta(hours=24))
        new_code()


def test_the_limits_are_each_persons_own(db):
    [new_code(ROSA) for _ in range(3)]
    assert tried(new_code(STAN), subject=STAN) is Outcome.MATCHED


def fail(times: int, clock) -> None:
    """Type so many wrong codes, asking for new ones as far as that is allowed."""
    digits = ""
    for number in range(times):
        if number % 5 == 0:
            digits = new_code()
        assert tried(wrong(digits)) is Outcome.WRONG
        clock.shift(timedelta(seconds=1))


def test_after_ten_failures_in_a_day_no_code_is_sent_or_tried(db):
    with travel(timezone.now(), tick=False) as clock:
        spare = new_code(purpose=ANSWER)
        fail(FAILURES_A_DAY, clock)
        assert tried(spare, purpose=ANSWER) is Outcome.TOO_MANY
        with pytest.raises(TooManyCodes):
            new_code(purpose=CodePurpose.CHECK)


def test_a_day_later_ten_failures_are_behind_one(db):
    with travel(timezone.now(), tick=False) as clock:
        fail(FAILURES_A_DAY, clock)
        clock.shift(timedelta(days=1, minutes=1))
        assert tried(new_code()) is Outcome.MATCHED


def test_after_thirty_failures_codes_are_over_for_good(db):
    with travel(timezone.now(), tick=False) as clock:
        for _day in range(FAILURES_FOR_LIFE // FAILURES_A_DAY):
            fail(FAILURES_A_DAY, clock)
            clock.shift(timedelta(days=2))
        clock.shift(timedelta(days=400))
        with pytest.raises(TooManyCodes):
            new_code()


def test_asking_for_a_new_code_forgives_no_failure(db):
    with travel(timezone.now(), tick=False) as clock:
        fail(5, clock)
        fail(4, clock)
        new_code()
        assert tried("no") is Outcome.WRONG
        assert tried("no") is Outcome.TOO_MANY


def test_the_right_code_forgives_no_wrong_try_before_it(db):
    with travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            digits = new_code()
            assert [tried(wrong(digits)) for _ in range(4)] == [Outcome.WRONG] * 4
            assert tried(digits) is Outcome.MATCHED
            clock.shift(timedelta(minutes=61))
        fail(FAILURES_A_DAY - 8, clock)
        assert tried("no") is Outcome.TOO_MANY


@given(number=st.integers(0, 999_999))
def test_a_digest_is_bound_to_its_row(number):
    one, other = (Code(subject=ROSA, purpose=SIGN_IN) for _ in range(2))
    digits = f"{number:06d}"
    assert codes._digest(one, digits) == codes._digest(one, digits) != codes._digest(other, digits)
