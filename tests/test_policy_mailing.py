"""Telling customers of a change of the policy: one letter to each address, however often, and nobody is named."""

import smtplib
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override

from primevox_privacy.health import checks
from primevox_privacy.health.checks import State
from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import undelivered
from requests.policy import loading, mailing
from requests.policy.models import PolicyVersion
from tests.cast import ask
from tests.test_customer_record import KNOWN, on_record  # noqa: F401  (fixture)
from verification.customers.directory import Unreachable
from verification.customers.models import Customer
from verification.customers.table import account_index

pytestmark = pytest.mark.django_db

CHANGE = date(2026, 3, 10)
NOON = datetime(2026, 3, 12, 12, tzinfo=ZoneInfo("America/Chicago"))
GIA = {"account_number": "PV-1", "name": "Gia Holt", "email": "gia@known.example"}
STAN = {"account_number": "PV-2", "name": "Stan Low", "email": ""}


@pytest.fixture
def changed(time_machine):
    """A change that matters took effect two days ago."""
    time_machine.move_to(NOON, tick=False)
    return loading.load("## Sharing\n\nWith nobody.", CHANGE, material=True).version


@pytest.fixture
def three(on_record):  # noqa: F811
    """Rosa, Gia, and Stan, who gave no address."""
    on_record({}, GIA, STAN | {"email_since": ""})


def run(*options: str) -> str:
    said = StringIO()
    call_command("mail_policy_notice", *options, stdout=said, stderr=said)
    return said.getvalue()


def test_each_address_on_file_gets_one_letter_however_often_it_is_run(changed, three):
    assert "2 letters owed now, 0 owed before; 1 customers have no e-mail address." in run()
    assert "0 letters owed now, 2 owed before" in run()
    letters = Letter.objects.select_related("address_key").filter(kind="policy_notice")
    assert sorted(one.address for one in letters) == ["gia@known.example", KNOWN]


def test_two_accounts_with_one_address_get_one_letter_however_they_write_it(changed, on_record):  # noqa: F811
    on_record({}, GIA | {"email": KNOWN.upper()})
    assert "1 letters owed now, 0 owed before" in run()


def test_an_address_that_comes_again_much_later_is_counted_once(changed, on_record, monkeypatch):  # noqa: F811
    monkeypatch.setattr(mailing, "BATCH", 1)
    on_record({}, GIA | {"email": KNOWN})
    for options in (["--dry-run"], []):
        assert "1 letters owed now, 0 owed before" in run(*options)


def test_what_was_killed_half_way_goes_on_without_doubling(changed, three, monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 1)

    def killed(counted):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mailing.owe(changed, per_minute=1, language="en", dry_run=False, told=killed)
    assert Letter.objects.count() == 1
    assert "1 letters owed now, 1 owed before" in run()
    assert Letter.objects.count() == 2


def test_everyone_is_reached_though_they_are_fetched_a_few_at_a_time(changed, three, monkeypatch):
    monkeypatch.setattr("verification.customers.table.AT_A_TIME", 1)
    assert "2 letters owed now" in run()


def test_who_left_the_record_gets_none(changed, three):
    gia = Customer.objects.get(account_number_index=account_index("PV-1"))
    DataKey.objects.filter(pk=gia.customer_key_id).update(ends_at=NOON)
    run()
    assert Letter.objects.select_related("address_key").get().address == KNOWN


def test_a_dry_run_counts_the_same_and_writes_nothing(changed, three):
    assert "Nothing was written. It would be: 2 letters owed now" in run("--dry-run")
    assert not Letter.objects.exists()
    assert not DataKey.objects.filter(owner=changed.pk).exists()
    assert not Event.objects.filter(kind="policy_notice_owed").exists()


def test_what_is_printed_and_recorded_names_nobody(changed, three):
    said = run() + str(list(Event.objects.filter(about=changed.pk).values_list("detail", flat=True)))
    said += str(list(Letter.objects.values_list("key", "subject")))
    for personal in ("Rosa", "Gia", "known.example", "PV-"):
        assert personal not in said


def test_the_letter_says_the_day_where_to_read_and_how_in_another_language(changed, three):
    run()
    letter = Letter.objects.select_related("address_key").first()
    assert "Our privacy policy changed on Tuesday 10 March 2026" in letter.text
    assert "/policy/2026-03-10/\n" in letter.text
    with override("es"):
        assert gettext("Would you like to read this in English? Choose “English” on that page.") in letter.text


def test_a_change_to_come_can_be_told_before_in_the_language_that_is_named(time_machine, three):
    time_machine.move_to(NOON, tick=False)
    loading.load("## Sharing\n\nWith nobody.", date(2026, 4, 1), material=True)
    run("--language", "es")
    letter = Letter.objects.select_related("address_key").first()
    assert letter.language == "es"
    assert "/es/policy/2026-04-01/\n" in letter.text
    assert "Would you like to read this in English? Choose “English” on that page." in letter.text


def test_a_letter_goes_out_as_text_and_html(changed, three, time_machine):
    run()
    time_machine.shift(timedelta(minutes=1))
    sending.send_owed()
    assert len(mail.outbox) == 2
    (html,) = mail.outbox[0].alternatives
    assert "/policy/2026-03-10/" in html[0]


def test_letters_leave_evenly_so_that_a_code_never_stands_behind_them(changed, three):
    run("--per-minute", "1")
    later = sorted(Letter.objects.values_list("not_before", flat=True))
    assert [one - later[0] for one in later] == [timedelta(), timedelta(minutes=1)]
    ask()
    assert sending.send_owed(NOON) == 2, "the first notice, and the receipt of a request made after"


def test_letters_of_a_second_run_stand_behind_those_that_wait(changed, on_record):  # noqa: F811
    on_record({})
    run("--per-minute", "1")
    on_record(GIA)
    run("--per-minute", "1")
    first, second = sorted(Letter.objects.values_list("not_before", flat=True))
    assert second - first == timedelta(minutes=1)


def test_a_refused_notice_calls_nobody_to_the_queue(changed, three, time_machine, monkeypatch):
    def refuse(self):
        raise smtplib.SMTPRecipientsRefused({"x": (550, b"no")})

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    run()
    time_machine.shift(timedelta(minutes=1))
    sending.send_owed()
    assert "2 were refused" in run()
    assert {undelivered.to_us(NOON).state, undelivered.to_requesters(NOON).state} == {State.OK}
    assert checks.letters_left(NOON + timedelta(days=1)).state is State.OK


def test_ten_days_after_the_notice_nothing_of_the_mailing_is_left(changed, three, time_machine):
    run()
    key = DataKey.objects.get(owner=changed.pk, life=Life.CONTACT)
    last = datetime(2026, 4, 18, 23, 59, tzinfo=NOON.tzinfo)  # 8 April is the thirtieth day
    assert not DataKey.objects.over(last).filter(pk=key.pk).exists()
    assert DataKey.objects.over(last + timedelta(minutes=1)).filter(pk=key.pk).exists()
    forgetting.destroy(key)
    for letter in Letter.objects.all():
        assert (letter.address, letter.text) == (None, None)
    assert PolicyVersion.objects.get().salt is None
    assert PolicyVersion.objects.get().text


def test_once_the_thirty_days_are_over_nothing_is_mailed(changed, three, time_machine):
    time_machine.move_to(datetime(2026, 4, 9, 12, tzinfo=NOON.tzinfo), tick=False)
    with pytest.raises(CommandError, match="No material change is new or coming"):
        run()


def test_a_small_change_is_not_mailed(three, time_machine):
    time_machine.move_to(NOON, tick=False)
    loading.load("## Sharing\n\nWith nobody.", CHANGE)
    with pytest.raises(CommandError, match="No material change"):
        run()


def test_of_two_changes_one_is_to_be_named(changed, three):
    loading.load("## Sharing\n\nWith everybody.", date(2026, 4, 1), material=True)
    with pytest.raises(CommandError, match=r"name one with --effective \(2026-03-10, 2026-04-01\)"):
        run()
    assert "The version of 2026-04-01: 2 letters" in run("--effective", "2026-04-01")


def test_a_version_that_was_mailed_is_not_taken_back(changed, three):
    run()
    with pytest.raises(CommandError, match="was mailed, so it is kept"):
        call_command("load_policy", "--take-back", "2026-03-10")


class OnlyTwoMethods:
    """A source of customers that cannot go through everyone."""

    def find(self, given):
        return []

    def fetch(self, customer):
        return None


class Away(OnlyTwoMethods):
    def everyone(self):
        raise Unreachable


@pytest.mark.parametrize(
    ("source", "said"), [("OnlyTwoMethods", "cannot go through everyone"), ("Away", "does not answer")]
)
def test_a_source_that_cannot_tell_or_is_away_is_said_in_words(changed, settings, source, said):
    settings.CUSTOMER_DIRECTORY = f"tests.test_policy_mailing.{source}"
    with pytest.raises(CommandError, match=said):
        run()
    assert not Letter.objects.exists()


def test_a_pace_of_none_is_refused(changed):
    with pytest.raises(CommandError, match="from 1 on"):
        run("--per-minute", "0")
