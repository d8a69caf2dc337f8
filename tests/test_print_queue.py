"""Letters to people without mail: printed, posted, and counted from the day of posting."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.health.checks import State
from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from requests import (
    clock,
    continuation,
    notices,
    post,
    print_queue,
    reminders,
    stopping,
    undelivered,
    waiting,
    workflow,
)
from requests.answers import Draft
from requests.models import Message, RightsRequest
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, ExtensionReason, Right, Role
from requests.workflow import NotAllowed
from tests.cast import fresh, office_noon, person, signed_in, submit

pytestmark = pytest.mark.django_db
PAGE = "/admin/requests/rightsrequest/letters/"
CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b")
ON_PAPER = {"email": "", "postal_address": "12 Elm Street\nPlano, TX 75074"}


@pytest.fixture
def by_post(db) -> RightsRequest:
    """Rosa gave a postal address and nothing else."""
    return fresh(submit(Right.ACCESS, **ON_PAPER).rights_requests.get())


def letter(kind: str = "receipt") -> Letter:
    return Letter.objects.get(kind=kind)


def goes(kind: str, tess, days_later: int = 0) -> Letter:
    """Tess prints it and posts it, that many days after today."""
    print_queue.print_all([letter(kind).pk], by=tess)
    print_queue.post_all([letter(kind).pk], timezone.localdate() + timedelta(days=days_later), by=tess)
    return letter(kind)


# --- What waits ----------------------------------------------------------------------------------------------------
def test_a_letter_to_somebody_without_mail_waits_to_be_printed(by_post):
    waits = print_queue.waiting().get()
    assert (waits.kind, waits.by_post) == ("receipt", True)
    assert waits.address == "Rosa Marquez\n12 Elm Street\nPlano, TX 75074"
    assert reverse("requests:paper") in waits.text


def test_no_worker_ever_mails_it_and_health_does_not_miss_it_as_mail(by_post):
    sending.send_owed(timezone.now() + timedelta(days=9))
    assert mail.outbox == []
    assert not Letter.objects.overdue(timezone.now() + timedelta(days=9)).exists()


@pytest.mark.parametrize("given", [{}, {"email": "", "phone": "972-555-0143"}])
def test_nothing_is_printed_for_who_has_mail_or_no_address(given):
    submit(Right.ACCESS, **given)
    assert not print_queue.waiting().exists()


def test_receipts_questions_and_endings_come_to_them_on_paper(tess):
    one = fresh(submit(Right.OPT_OUT, **ON_PAPER).rights_requests.get())
    workflow.take(one, by=tess)
    workflow.ask(fresh(one), "Which number?", by=tess)
    workflow.reply(fresh(one), "Mine.")
    workflow.withdraw(fresh(one), by=tess, why="By telephone.")
    kinds = set(print_queue.waiting().values_list("kind", flat=True))
    assert {"receipt", "message_waiting", "closed"} <= kinds
    assert all(each.by_post for each in Letter.objects.filter(about=one.submission_id))


def test_paper_names_a_number_and_no_link_to_stop_everything(by_post):
    said = letter().text
    assert "not-me" not in said
    assert "Call us, and we stop everything at once" in said
    assert not by_post.submission.stop_links.exists()


# --- Printing ------------------------------------------------------------------------------------------------------
def test_the_first_letter_bears_a_code_that_is_kept_nowhere(by_post, tess):
    (printed,) = print_queue.print_all([letter().pk], by=tess)
    assert continuation.opens(by_post.reference, printed.code) == by_post.submission
    assert printed.code not in letter().text
    assert Event.objects.get(kind="letter_printed").detail == {"letter": str(letter().pk), "code": True}


def test_printed_again_before_it_is_posted_it_bears_another_code(by_post, tess):
    (first,) = print_queue.print_all([letter().pk], by=tess)
    (second,) = print_queue.print_all([letter().pk], by=tess)
    assert second.code != first.code
    assert continuation.opens(by_post.reference, first.code) is None


def test_a_later_letter_bears_no_code(by_post, tess):
    goes("receipt", tess)
    workflow.take(by_post, by=tess)
    workflow.tell(fresh(by_post), "We are at it.", by=tess)
    (printed,) = print_queue.print_all([letter("message").pk], by=tess)
    assert printed.code == ""


def test_a_code_in_place_of_another_is_for_verifiers(by_post, tess, vera):
    goes("receipt", tess)
    workflow.tell(by_post, "We are at it.", by=tess)
    with pytest.raises(NotAllowed):
        print_queue.print_all([letter("message").pk], with_new_code=True, by=tess)
    (printed,) = print_queue.print_all([letter("message").pk], with_new_code=True, by=vera)
    assert continuation.opens(by_post.reference, printed.code) == by_post.submission


def test_nothing_is_printed_while_frozen_and_no_code_is_lost_by_trying(by_post, tess, vera):
    other = submit(Right.KNOW, **ON_PAPER)
    stopping.freeze(by_post, "Somebody called.", by=vera)
    with pytest.raises(NotAllowed, match="frozen"):
        print_queue.print_all(Letter.objects.values_list("pk", flat=True), by=tess)
    other.refresh_from_db()
    assert other.continuation_digest == ""
    assert not Letter.objects.exclude(printed_at=None).exists()


# --- Posting -------------------------------------------------------------------------------------------------------
def test_what_was_posted_is_remembered_with_who_and_when(by_post, tess):
    gone = goes("receipt", tess)
    assert gone.posted_by == tess
    assert timezone.localdate(gone.sent_at) == timezone.localdate()
    assert not print_queue.waiting().exists()
    assert Event.objects.get(kind="letter_posted").actor == tess.as_actor


@pytest.mark.parametrize("days", [-1, 1])
def test_it_was_posted_neither_before_it_was_written_nor_tomorrow(by_post, tess, days):
    print_queue.print_all([letter().pk], by=tess)
    with pytest.raises(NotAllowed):
        print_queue.post_all([letter().pk], timezone.localdate() + timedelta(days=days), by=tess)


def test_what_was_never_printed_was_never_posted(by_post, tess):
    with pytest.raises(NotAllowed, match="Print it first"):
        print_queue.post_all([letter().pk], timezone.localdate(), by=tess)


def test_a_new_date_counts_once_its_letter_was_posted(by_post, tess):
    workflow.take(by_post, by=tess)
    due = fresh(by_post).leading_on
    workflow.extend(fresh(by_post), DateKind.TARGET, ExtensionReason.COMPLEX, due + timedelta(days=5), by=tess)
    clock.count_extensions_told()
    assert fresh(by_post).leading_on == due
    goes("more_time", tess)
    clock.count_extensions_told()
    assert fresh(by_post).leading_on == due + timedelta(days=5)


def test_what_came_back_waits_for_somebody_to_reach_them(by_post, tess):
    goes("receipt", tess)
    print_queue.came_back(letter().pk, by=tess)
    assert undelivered.of(by_post.submission_id).exists()
    page = signed_in(tess).get(f"/admin/requests/rightsrequest/{by_post.pk}/change/").content.decode()
    assert "on paper: it came back" in page
    with pytest.raises(NotAllowed):
        print_queue.came_back(letter().pk, by=tess)


def test_who_was_told_otherwise_needs_no_letter_and_how_is_noted(by_post, tess):
    with pytest.raises(NotAllowed):
        print_queue.told_otherwise(letter().pk, " ", by=tess)
    print_queue.told_otherwise(letter().pk, "By telephone, 10:00.", by=tess)
    assert not print_queue.waiting().exists()
    assert Message.objects.get(direction=Direction.INTERNAL).text == "By telephone, 10:00."
    with pytest.raises(NotAllowed):
        print_queue.told_otherwise(letter().pk, "Again.", by=tess)


# --- Waiting for who has no mail -----------------------------------------------------------------------------------
def asked(tess) -> RightsRequest:
    """No law sets a date, so there is room for the whole plan."""
    one = fresh(submit(Right.OPT_OUT, residence="", **ON_PAPER).rights_requests.get())
    workflow.take(one, by=tess)
    workflow.ask(fresh(one), "Which number?", by=tess)
    return fresh(one)


def test_a_question_that_lies_here_unposted_waits_for_nobody(tess):
    one = asked(tess)
    assert waiting.question_of(one) is None
    gone = goes("message_waiting", tess)
    assert waiting.question_of(fresh(one)).since == gone.sent_at + post.DELIVERY


def test_a_question_on_paper_gives_our_target_the_days_of_the_post_more(tess):
    on_paper, by_mail = asked(tess), fresh(submit(Right.OPT_OUT, residence="").rights_requests.get())
    workflow.take(by_mail, by=tess)
    workflow.ask(fresh(by_mail), "Which number?", by=tess)
    promised = [one.extensions.get().promised_on for one in (on_paper, by_mail)]
    assert promised[0] - promised[1] == post.PRINTING + post.DELIVERY


def test_after_reminders_and_a_posted_notice_silence_may_end_it(tess, time_machine):
    one, start = asked(tess), timezone.now()
    goes("message_waiting", tess)
    goes_on_until(time_machine, start, days=5 + 14)
    notice = Letter.objects.get(kind="closing_notice")
    assert notice.by_post
    assert waiting.notice_ended_at(fresh(one)) is None
    goes("closing_notice", tess)
    over = waiting.notice_ended_at(fresh(one))
    assert timezone.localdate(over) > timezone.localdate() + timedelta(days=7) + post.DELIVERY
    said = re.search(r"hear nothing by (.+?), we may", " ".join(notice.text.split())).group(1)
    last_day = timezone.localdate(over) - timedelta(days=1)
    assert str(last_day.day) in said
    time_machine.move_to(over + timedelta(hours=12))
    workflow.answer(fresh(one), Draft(Ending.NO_ANSWER), by=tess)
    assert fresh(one).ending == Ending.NO_ANSWER


def goes_on_until(time_machine, start, days: int) -> None:
    """Every noon a sweep looks."""
    for day in range(1, days + 1):
        time_machine.move_to(start + timedelta(days=day))
        reminders.owe(office_noon())


def test_an_answer_on_the_way_ends_the_notice(tess, time_machine):
    one, start = asked(tess), timezone.now()
    goes("message_waiting", tess)
    goes_on_until(time_machine, start, days=5 + 14)
    goes("closing_notice", tess)
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    workflow.reply(fresh(one), "This one.")
    assert waiting.notice_ended_at(fresh(one)) is None


def test_the_notice_on_paper_is_the_portals_and_not_told_by_hand_as_well(tess):
    one = asked(tess)
    goes("message_waiting", tess)
    assert "printed for the post" in notices.why_not_give(fresh(one))


# --- Told in time --------------------------------------------------------------------------------------------------
def test_a_letter_to_print_is_told_above_the_queue_and_is_red_after_a_working_day(by_post, tess):
    now = timezone.now()
    assert print_queue.letters_are_posted(now).state is State.NOTICE
    assert print_queue.letters_are_posted(now + timedelta(days=1)).state is State.NOTICE
    assert print_queue.letters_are_posted(now + timedelta(days=2)).state is State.RED
    assert PAGE in signed_in(tess).get("/admin/requests/rightsrequest/").content.decode()
    goes("receipt", tess)
    assert print_queue.letters_are_posted(now + timedelta(days=2)).state is State.OK


# --- The page ------------------------------------------------------------------------------------------------------
@override_settings(COMPLIANCE_POSTAL_ADDRESS="1 Office Way\nDallas, TX 75201")
def test_on_the_page_tess_prints_and_says_when_she_posted(by_post, tess):
    browser = signed_in(tess)
    assert "12 Elm" not in browser.get(PAGE).content.decode()
    sheet = browser.post(PAGE, {"letter": str(letter().pk), "print": "1"}).content.decode()
    code = CODE.search(sheet).group()
    assert continuation.opens(by_post.reference, code)
    assert "<bdi>12 Elm Street</bdi>" in sheet
    assert "Primevox · 1 Office Way · Dallas, TX 75201" in sheet
    today = timezone.localdate().isoformat()
    page = browser.post(PAGE, {"letter": str(letter().pk), "posted_on": today, "posted": "1"}, follow=True)
    assert "1 letter counts as posted." in page.content.decode()
    page = browser.post(PAGE, {"came_back": str(letter().pk)}, follow=True).content.decode()
    assert "It is noted." in page


def test_mistakes_on_the_page_are_told_and_what_was_typed_stays(by_post, tess):
    browser, pk = signed_in(tess), str(letter().pk)
    for given, said in [
        ({"print": "1"}, "Tick at least one letter"),
        ({"print": "1", "letter": "x"}, "Tick at least one letter"),
        ({"posted": "1", "letter": pk, "posted_on": ""}, "Enter a day"),
        ({"posted": "1", "letter": pk, "posted_on": "2026-09-15"}, "Print it first."),
        ({"posted": "1", "posted_on": "2026-09-15"}, "Tick at least one letter"),
        ({"told": pk, "how": ""}, "Write how and when you told them."),
        ({"told": str(uuid.uuid4()), "how": "By telephone."}, "no longer waits"),
        ({"came_back": "x"}, "no longer listed"),
        ({"new_code": pk}, "Your role cannot do this."),
    ]:
        page = browser.post(PAGE, given, follow=True).content.decode()
        assert said in page, given
        assert given.get("how", "") in page
    assert browser.post(PAGE, {}).status_code == 302
    assert not Letter.objects.exclude(printed_at=None).exists()


def test_vera_prints_with_a_new_code_on_the_page(by_post, tess, vera):
    goes("receipt", tess)
    workflow.tell(by_post, "We are at it.", by=tess)
    page = signed_in(vera).post(PAGE, {"new_code": str(letter("message").pk)}).content.decode()
    assert continuation.opens(by_post.reference, CODE.search(page).group())


def test_a_letter_is_printed_in_the_language_of_its_reader(tess):
    submit(Right.ACCESS, language="es", **ON_PAPER)
    sheet = signed_in(tess).post(PAGE, {"letter": str(letter().pk), "print": "1"}).content.decode()
    assert '<article class="sheet" lang="es"' in sheet
    assert "de septiembre de 2026" in sheet


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_reads_prints_nothing(by_post, role):
    someone = person("Someone", role)
    assert signed_in(someone).get(PAGE).status_code == 403
    with pytest.raises(NotAllowed):
        print_queue.print_all([letter().pk], by=someone)
