"""A document as the last resort: asked for with a reason, sent by the requester, looked at by a verifier."""

import base64
import io
import re
import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import acting_for, attachments, documents, identity, raising, stopping, words, workflow
from requests.models import LevelChange, RightsRequest, StopLink
from requests.terms import Right
from requests.workflow import NotAllowed
from tests import hostile_files as made
from tests.cast import FACTS, STATEMENT, ask, fresh, prove, signed_in, submit
from tests.papers import drawn, received
from tests.test_coming_back import come_back
from tests.test_pages import NEVER, looked_at
from tests.test_staff_desk import QUEUE
from tests.test_who_asks import gia_asks
from verification import checks, clean_pages, destruction, watermark
from verification.levels import AssuranceLevel
from verification.models import CheckState, Evidence, Paper, PaperState, WhyRefused

HUB, PAGE = "/your-request/all/", "/your-request/all/document/"
WHY = "Your name is common, and two customers fit."


@pytest.fixture
def asked(rosas_request, vera) -> RightsRequest:
    """Vera asks Rosa for a document."""
    documents.ask_for(rosas_request, WHY, by=vera)
    return fresh(rosas_request)


def upload(content: bytes | None = None, name: str = "license.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.jpeg() if content is None else content)


def gives(client, *files: SimpleUploadedFile):
    return client.post(PAGE, {"papers": list(files) or [upload()]}, follow=True)


@pytest.fixture
def rosa(client, asked, mailoutbox):
    """Rosa has come back to her page."""
    come_back(client, asked, mailoutbox)
    return client


def words_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- Asking ------------------------------------------------------------------------------------------------------
def test_asking_raises_the_request_to_t4_and_the_requester_reads_why(rosa, asked):
    assert (asked.needs, asked.submission.check_made.asked) == (AssuranceLevel.T4, AssuranceLevel.T4)
    assert "Please show a document" in words_of(rosa.get(HUB))
    page = looked_at(rosa.get(PAGE))
    assert WHY in page.html
    assert Letter.objects.filter(kind="task_waiting", about=asked.submission_id).exists()
    assert not any(WHY in letter.text for letter in Letter.objects.exclude(text=None))


def test_nothing_less_suffices_afterwards(asked, vera):
    one = asked
    identity.show(one.submission, FACTS, STATEMENT)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    assert not identity.is_shown(fresh(one))


def test_less_again_needs_two_persons(asked, vera, abe):
    raising.lower_level(asked, AssuranceLevel.T3, "They came to our office.", by=vera)
    assert fresh(asked).needs == AssuranceLevel.T4
    with pytest.raises(NotAllowed):
        raising.confirm_lower_level(asked, by=vera)
    raising.confirm_lower_level(fresh(asked), by=abe)
    assert fresh(asked).needs == AssuranceLevel.T3


def test_what_was_shown_on_less_is_asked_for_anew(rosas_request, vera):
    one = prove(rosas_request, vera)
    documents.ask_for(one, WHY, by=vera)
    check = identity.check_of(fresh(one))
    assert (check.state, check.reached, check.asked) == (CheckState.OPEN, AssuranceLevel.T0, AssuranceLevel.T4)


@pytest.mark.parametrize("name", ["tess", "abe", "otto", "ada"])
def test_only_a_verifier_asks(rosas_request, request, name):
    with pytest.raises(NotAllowed):
        documents.ask_for(rosas_request, WHY, by=request.getfixturevalue(name))
    assert not LevelChange.objects.exists()


@pytest.mark.parametrize("why", ["", "   "])
def test_without_a_reason_nobody_is_asked(rosas_request, vera, why):
    with pytest.raises(NotAllowed):
        documents.ask_for(rosas_request, why, by=vera)
    assert fresh(rosas_request).needs == AssuranceLevel.T3


def test_nobody_is_asked_twice_or_for_a_right_that_needs_no_proof(asked, vera):
    with pytest.raises(NotAllowed):
        documents.ask_for(asked, WHY, by=vera)
    with pytest.raises(NotAllowed):
        documents.ask_for(ask(Right.OPT_OUT), WHY, by=vera)


def test_the_desk_offers_the_step_and_takes_it(rosas_request, vera):
    desk = signed_in(vera)
    address = f"{QUEUE}{rosas_request.pk}/do/ask_for_document/"
    refused = desk.post(address, {"ask_for_document-text": ""})
    assert "Write why a document is needed" in words_of(refused)
    desk.post(address, {"ask_for_document-text": WHY})
    assert fresh(rosas_request).needs == AssuranceLevel.T4
    assert WHY in words_of(desk.get(f"{QUEUE}{rosas_request.pk}/change/"))


def test_another_right_of_the_same_person_keeps_its_level(vera):
    first, second = (fresh(one) for one in submit(Right.ACCESS, Right.KNOW).rights_requests.order_by("right"))
    documents.ask_for(first, WHY, by=vera)
    assert [fresh(one).needs for one in (first, second)] == [AssuranceLevel.T4, AssuranceLevel.T2]


# --- Giving ------------------------------------------------------------------------------------------------------
def test_the_page_is_there_only_when_a_document_was_asked_for(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert client.get(PAGE).url == HUB
    assert client.post(PAGE, {"papers": [upload()]}).url == HUB
    assert not Paper.objects.exists()


def test_rosa_sends_a_document_and_reads_what_became_of_it(rosa, asked):
    page = words_of(gives(rosa))
    assert "We have your file." in page
    assert "Not scanned for viruses yet." in page
    assert identity.check_of(fresh(asked)).state == CheckState.GIVEN
    clean_pages.draw_owed()
    page = words_of(rosa.get(PAGE))
    assert "We drew a clean copy of it, 1 page. The original is deleted." in page
    assert "license.jpg" not in page
    assert "We look at the document that you sent." in words_of(rosa.get(HUB))
    assert "We drew a clean copy of your paper" in words_of(rosa.get(HUB))


def test_rosa_takes_it_back(rosa, asked, django_capture_on_commit_callbacks):
    gives(rosa)
    clean_pages.draw_owed()
    paper = Paper.objects.get()
    assert rosa.get(f"{PAGE}{paper.pk}/").url == PAGE, "nothing is taken back by following a link"
    assert Paper.objects.get().state == PaperState.CLEAN
    with django_capture_on_commit_callbacks(execute=True):
        page = words_of(rosa.post(f"{PAGE}{paper.pk}/", follow=True))
    assert "You took it back. We deleted it." in page
    assert "What you sent" not in page
    assert Paper.objects.get().state == PaperState.REMOVED
    assert identity.check_of(fresh(asked)).state == CheckState.OPEN
    assert "Please show a document" in words_of(rosa.get(HUB))


def test_what_is_not_hers_she_cannot_take_back(rosa, asked, vera):
    other = ask(Right.ACCESS)
    documents.ask_for(other, WHY, by=vera)
    documents.give(fresh(other).submission, [received("x.jpg", made.jpeg())])
    theirs = Paper.objects.get()
    pages = [words_of(rosa.post(f"{PAGE}{pk}/", follow=True)) for pk in (theirs.pk, uuid.uuid4())]
    assert all("That file is not here any more." in page for page in pages)
    assert Paper.objects.get().state == PaperState.WAITING


CAUSES = [
    (b"", "is empty"),
    (b"GIF89a", "neither a photo nor a PDF"),
    (made.padded(b"\xff\xd8\xff", 300_001), "is too big"),
]


@pytest.mark.parametrize(("content", "said"), CAUSES, ids=[said for _content, said in CAUSES])
def test_at_the_door_the_page_says_what_is_wrong(rosa, asked, settings, content, said):
    settings.UPLOAD_MAX_BYTES = 300_000
    page = gives(rosa, upload(content))
    assert said in words_of(page)
    assert looked_at(page).one("title").text.startswith("Error:")
    assert not Paper.objects.exists()


def test_without_a_file_the_page_says_so(rosa, asked):
    assert "No file arrived." in words_of(rosa.post(PAGE, {}))


LATER = [
    (made.locked_pdf, "locked with a password"),
    (lambda: made.jpeg()[:9000], "could not read it"),
    (lambda: made.pages_pdf(11), "too many pages"),
    (lambda: made.png_of(50_000, 50_000, 8, 2), "too large"),
]


@pytest.mark.parametrize(("content", "said"), LATER, ids=[said for _content, said in LATER])
def test_what_is_found_later_stands_on_the_page_and_a_mail_says_there_is_news(rosa, asked, content, said):
    gives(rosa, upload(content()))
    letters = Letter.objects.filter(kind="task_waiting").count()
    clean_pages.draw_owed()
    page = words_of(rosa.get(PAGE))
    assert said in page
    assert "We deleted it." in page
    assert Letter.objects.filter(kind="task_waiting").count() == letters + 1
    assert identity.check_of(fresh(asked)).state == CheckState.OPEN


def test_every_cause_has_words_for_the_requester_and_for_staff():
    assert set(words.WHY_REFUSED) == set(words.WHY_REFUSED_FOR_STAFF) == set(WhyRefused)
    assert not [said for said in words.WHY_REFUSED.values() if NEVER.search(str(said))]
    assert set(words.PAPER_FLAGS) == set(clean_pages.Flag)


def test_five_files_are_enough(rosa, asked):
    gives(rosa, *[upload() for _ in range(4)])
    assert "no more than 1 at a time" in words_of(gives(rosa, upload(), upload()))
    page = words_of(gives(rosa, upload()))
    assert "You sent as many files as we can take." in page
    assert 'type="file"' not in page


def test_papers_count_towards_what_one_submission_can_send_until_they_are_gone(rosa, asked, vera, monkeypatch):
    size = len(made.jpeg())
    monkeypatch.setattr(attachments, "MOST_BYTES", 2 * size + 40)
    gives(rosa, upload())
    assert "there is room for" in words_of(gives(rosa, upload(), upload()))
    gives(rosa, upload())
    assert attachments.room(asked.submission) == 40
    checks.not_shown(identity.check_of(fresh(asked)), "document", by=vera)
    assert attachments.room(asked.submission) == 2 * size + 40


def test_after_the_decision_nothing_is_taken_any_more(rosa, asked, vera):
    checks.not_shown(identity.check_of(asked), "document", by=vera)
    assert rosa.post(PAGE, {"papers": [upload()]}).url == HUB
    assert not Paper.objects.exists()


def test_while_frozen_nothing_is_taken(rosa, asked):
    stopping.say_not_me(StopLink.objects.filter(submission=asked.submission).first(), "")
    assert rosa.post(PAGE, {"papers": [upload()]}).url == HUB
    assert not Paper.objects.exists()


def test_a_stranger_finds_no_page(client, asked):
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {"papers": [upload()]}).status_code == 403


def test_gia_reads_what_became_of_her_paper_and_that_another_is_wanted(client, db, mailoutbox):
    one = gia_asks()
    come_back(client, one, mailoutbox)
    page = "/your-request/all/authority/"
    client.post(page, {"papers": [upload(made.locked_pdf(), "permission.pdf")]})
    assert acting_for.wants_paper_since(fresh(one).submission) is None
    clean_pages.draw_owed()
    assert "locked with a password" in words_of(client.get(page))
    assert acting_for.wants_paper_since(fresh(one).submission) is not None
    client.post(page, {"papers": [upload()]})
    clean_pages.draw_owed()
    assert "We drew a clean copy of it, 1 page." in words_of(client.get(page))
    assert acting_for.wants_paper_since(fresh(one).submission) is None


# --- Looking -----------------------------------------------------------------------------------------------------
@pytest.fixture
def given(asked) -> Evidence:
    """Rosa's license, drawn anew."""
    documents.give(asked.submission, [received("x.jpg", made.jpeg())])
    piece = Evidence.objects.get(kind="document")
    drawn(piece, made.jpeg(), made.jpeg(made.drawn("L")))
    return piece


def viewer(one: RightsRequest, piece: Evidence) -> str:
    return f"{QUEUE}{one.pk}/papers/{piece.pk}/"


def pictures(response, kind: str = "jpeg") -> list[bytes]:
    found = re.findall(f"data:image/{kind};base64,([A-Za-z0-9+/=]+)", response.content.decode())
    return [base64.b64decode(one) for one in found]


def test_before_a_reason_is_sent_nothing_can_be_made_out_and_nothing_is_recorded(asked, given, vera):
    page = signed_in(vera).get(viewer(asked, given))
    assert pictures(page) == []
    (blurred,) = pictures(page, "png")
    assert max(Image.open(io.BytesIO(blurred)).size) <= watermark.MOSAIC
    assert not Event.objects.filter(kind="paper_looked_at").exists()


def test_without_a_reason_it_stays_blurred(asked, given, vera):
    desk = signed_in(vera)
    for reason in ({}, {"reason": ""}, {"reason": "curious"}):
        assert pictures(desk.post(viewer(asked, given), reason)) == []
    assert not Event.objects.filter(kind="paper_looked_at").exists()


def test_with_a_reason_each_look_is_recorded_and_the_pages_bear_the_name(asked, given, vera):
    desk = signed_in(vera)
    first = desk.post(viewer(asked, given), {"reason": "compare"})
    desk.post(viewer(asked, given), {"reason": "again"})
    looks = Event.objects.filter(kind="paper_looked_at").order_by("at")
    assert [(look.actor, look.detail["reason"]) for look in looks] == [
        (vera.as_actor, "compare"),
        (vera.as_actor, "again"),
    ]
    shown = pictures(first)
    assert len(shown) == 2
    assert shown[0] != made.jpeg(), "the words stand across it"
    assert "no-store" in first["Cache-Control"]
    policy = first["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "download" not in words_of(first)
    assert "<script" not in first.content.decode().split("<main", 1)[-1].split("</main", 1)[0]


def test_another_name_or_time_gives_another_picture():
    page = made.jpeg()
    marks = {watermark.marked(page, said) for said in ("Vera · 10:00", "Vera · 10:01", "Abe · 10:00")}
    assert len(marks | {page}) == 4
    assert {Image.open(io.BytesIO(mark)).size for mark in marks} == {Image.open(io.BytesIO(page)).size}


@pytest.mark.parametrize("size", [(1, 1), (2000, 3), (30, 2000), (2000, 2000)])
def test_pages_of_every_shape_can_be_marked(size):
    page = made.jpeg(Image.new("RGB", size, "white"))
    assert Image.open(io.BytesIO(watermark.marked(page, "Vera"))).size == size


def test_a_name_that_our_letters_cannot_write_is_said_by_another(vera):
    at = timezone.now()
    vera.first_name = "Вера"
    assert watermark.says(vera, at).startswith("vera ·")
    vera.username = "вера"
    assert watermark.says(vera, at).startswith(vera.as_actor)


@pytest.mark.parametrize("name", ["tess", "abe", "otto", "ada"])
def test_nobody_but_a_verifier_looks(asked, given, request, name):
    desk = signed_in(request.getfixturevalue(name))
    for answer in (desk.get(viewer(asked, given)), desk.post(viewer(asked, given), {"reason": "compare"})):
        assert answer.status_code in (403, 404)
    assert not Event.objects.filter(kind="paper_looked_at").exists()


def test_a_paper_is_found_only_in_its_own_case(asked, given, vera):
    assert signed_in(vera).get(viewer(ask(Right.ACCESS), given)).status_code == 404
    assert signed_in(vera).get(f"{QUEUE}{asked.pk}/papers/{uuid.uuid4()}/").status_code == 404


def test_what_waits_was_refused_or_is_gone_is_not_opened(asked, vera):
    documents.give(asked.submission, [received("x.jpg", made.jpeg()), received("y.pdf", made.locked_pdf())])
    desk = signed_in(vera)
    for piece in Evidence.objects.filter(kind="document"):
        answer = desk.post(viewer(asked, piece), {"reason": "compare"})
        assert pictures(answer) == []
        assert "cannot be opened now" in words_of(answer) or "Not scanned and drawn yet" in words_of(answer)
    clean_pages.draw_owed()
    page = words_of(desk.get(f"{QUEUE}{asked.pk}/identity/"))
    assert "it was locked with a password" in page
    assert "1 clean page. The original is destroyed." in page
    checks.no_record(identity.check_of(fresh(asked)), by=vera)
    destruction.destroy_owed()
    assert "Destroyed with the decision." in words_of(desk.get(f"{QUEUE}{asked.pk}/identity/"))


def test_without_a_scanner_the_desk_says_so(asked, given, vera, settings):
    desk = signed_in(vera)
    assert "no scanner is configured" in words_of(desk.get(viewer(asked, given)))
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert "no scanner is configured" not in words_of(desk.get(viewer(asked, given)))


def test_what_waits_too_long_is_said_to_staff(asked, vera):
    documents.give(asked.submission, [received("x.jpg", made.jpeg())])
    with travel(timezone.now() + timedelta(minutes=10)):
        assert "longer than usual" in words_of(signed_in(vera).get(f"{QUEUE}{asked.pk}/identity/"))


def test_a_paper_of_another_open_request_is_marked_and_named(asked, given, vera):
    other = ask(Right.ACCESS)
    documents.ask_for(other, WHY, by=vera)
    documents.give(fresh(other).submission, [received("x.jpg", made.jpeg())])
    page = words_of(signed_in(vera).get(viewer(asked, given)))
    assert "The same paper was given in another request" in page
    assert f"/{other.pk}/" in page


def test_from_asking_to_t4(rosa, asked, vera):
    """The whole way: Rosa sends it, the worker draws it, Vera looks and decides, everything goes."""
    gives(rosa)
    clean_pages.draw_owed()
    piece, desk = Evidence.objects.get(kind="document"), signed_in(vera)
    form = {"decision": "passed", "method": "document", "round": identity.check_of(fresh(asked)).round}
    unread = desk.post(f"{QUEUE}{asked.pk}/identity/", form)
    assert "once you have looked at its clean pages yourself" in words_of(unread)
    desk.post(viewer(asked, piece), {"reason": "compare"})
    workflow.enter_contact_on_file(fresh(asked), "rosa@mail.example", date(2021, 3, 1), by=vera)
    desk.post(f"{QUEUE}{asked.pk}/identity/", form)
    one = fresh(asked)
    assert identity.is_shown(one)
    assert (one.submission.check_made.reached, one.submission.check_made.method) == (AssuranceLevel.T4, "document")
    destruction.destroy_owed()
    assert set(clean_pages.keys_of([one.submission.check_made_id]).values_list("wrapped", flat=True)) == {None}
    assert rosa.get(PAGE).url == HUB
