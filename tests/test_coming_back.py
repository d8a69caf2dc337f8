"""Coming back: reference, code, hub, answer."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import time_format

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from requests import access, identity, references, sign_in, workflow
from requests.answers import Draft
from requests.models import SignIn
from requests.terms import Ending, Right, Status
from tests.cast import ask, fresh, prove, submit
from tests.test_pages import looked_at
from verification import checks, codes
from verification.models import Evidence

pytestmark = pytest.mark.django_db
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)


def code_from(mailbox, to: str | None = None) -> str:
    """What the worker mailed last."""
    sending.send_owed()
    mails = [mail for mail in mailbox if to is None or mail.to == [to]]
    return next(found.group(1) for mail in reversed(mails) if (found := CODE.search(mail.body)))


def come_back(client, one, mailbox) -> None:
    client.post("/your-request/", {"reference": references.spoken(one.reference)})
    sign_in.answer_waiting()
    assert client.post("/your-request/code/", {"code": code_from(mailbox)}).url == "/your-request/all/"


def test_rosa_comes_back_with_reference_and_code(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert references.spoken(rosas_request.reference) in page


def test_what_happened_to_several_requests_at_once_is_one_line(client, mailoutbox):
    submission = submit(Right.ACCESS, Right.DELETE, Right.KNOW)
    come_back(client, submission.rights_requests.first(), mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert page.count("We received your request.") == 1


def test_of_several_requests_only_the_first_that_waits_for_her_is_unfolded(client, mailoutbox):
    submission = submit(Right.OPT_OUT, Right.ACCESS, Right.DELETE)
    come_back(client, submission.rights_requests.first(), mailoutbox)
    page = looked_at(client.get("/your-request/all/"))
    cases, folds = page.all("section", class_="case"), page.all("details", class_="case-more")
    waits = ["Waiting for you" in case.text for case in cases]
    assert sorted(waits) == [False, True, True]
    assert ["open" in fold.attrs for fold in folds].index(True) == waits.index(True)
    assert sum("open" in fold.attrs for fold in folds) == 1


def test_a_request_that_is_the_only_one_is_not_folded(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert not looked_at(client.get("/your-request/all/")).all("details", class_="case-more")


def test_of_what_happened_the_latest_is_seen_at_once_and_the_rest_unfolds(client, rosas_request, mailoutbox):
    for number in range(8):
        workflow.reply(rosas_request, f"Message {number}.", [])
    come_back(client, rosas_request, mailoutbox)
    page = looked_at(client.get("/your-request/all/"))
    assert "Message 0." in page.one("details", class_="earlier").text
    latest = page.all("ol", class_="timeline")[-1].text
    assert "Message 7." in latest
    assert "Message 0." not in latest
    seen = [page.html.index(f"Message {number}.") for number in range(8)]
    assert seen == sorted(seen)


def test_the_code_confirms_her_contact(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert fresh(rosas_request).submission.contact_confirmed_at


def test_a_code_works_once(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    code = CODE.search(mailoutbox[-1].body).group(1)
    client.post("/your-request/leave/")
    client.post("/your-request/", {"reference": rosas_request.reference})
    assert client.post("/your-request/code/", {"code": code}).status_code == 200


def same(page) -> str:
    """A page without what is different each time for everybody."""
    text = page.content.decode().replace(page.wsgi_request.path, "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r"\d{1,2}:\d{2}( [ap]\.m\.)?", "", text)


def test_stan_cannot_tell_rosas_request_from_one_that_does_not_exist(client, rosas_request):
    pages = []
    for reference in (rosas_request.reference, references.new_reference()):
        asked = client.post("/your-request/", {"reference": reference})
        code_page = client.get("/your-request/code/")
        wrong = client.post("/your-request/code/", {"code": "000000"})
        pages.append((asked.status_code, asked.url, same(code_page), same(wrong)))
        client.cookies.clear()
    assert pages[0] == pages[1]


def test_after_five_tries_the_door_stays_shut(client, rosas_request, mailoutbox):
    client.post("/your-request/", {"reference": rosas_request.reference})
    sign_in.answer_waiting()
    code = code_from(mailoutbox)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        client.post("/your-request/code/", {"code": wrong})
    assert client.post("/your-request/code/", {"code": code}).status_code == 200
    assert SignIn.objects.get().tries == 5


def test_nothing_is_shown_without_a_session(client, rosas_request):
    for page in ("all/", "all/identity/", f"{rosas_request.reference}/answer/", f"{rosas_request.reference}/message/"):
        assert client.get(f"/your-request/{page}").url == "/your-request/"


def test_another_persons_request_and_none_are_the_same_to_rosa(client, rosas_request, mailoutbox):
    stans = ask(Right.ACCESS, email="stan@mail.example")
    come_back(client, rosas_request, mailoutbox)
    theirs = client.get(f"/your-request/{stans.reference}/message/")
    nobodys = client.get(f"/your-request/{references.new_reference()}/message/")
    assert (theirs.status_code, same(theirs)) == (404, same(nobodys))


def test_an_idle_session_ends(client, rosas_request, mailoutbox, time_machine):
    come_back(client, rosas_request, mailoutbox)
    time_machine.move_to(timezone.now() + access.IDLE + timedelta(seconds=1))
    assert client.get("/your-request/all/").url == "/your-request/"


def test_what_rosa_typed_when_her_session_was_over_is_given_back_and_kept_nowhere(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    client.post("/your-request/leave/")
    page = client.post(f"/your-request/{rosas_request.reference}/message/", {"message": "A long <b>story</b> of mine"})
    assert page.status_code == 403
    assert "A long &lt;b&gt;story&lt;/b&gt; of mine" in page.content.decode()
    assert not rosas_request.messages.exists()


def test_a_slip_of_the_fingers_costs_no_try(client, rosas_request):
    client.post("/your-request/", {"reference": rosas_request.reference})
    for slip in ("12345", "abc def", ""):
        client.post("/your-request/code/", {"code": slip})
    assert SignIn.objects.get().tries == 0


def test_rosa_shows_who_she_is_and_what_she_typed_is_not_told_right_or_wrong(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    facts = {"account_number": "1", "service_address": "2", "phone_on_account": "3"}
    signed = {"signed_name": "Rosa Marquez", "declared": "on"}
    assert client.post("/your-request/all/identity/", facts | signed).url == "/your-request/all/"
    assert Evidence.objects.count() == 4


def test_too_few_facts_are_said_next_to_the_field_and_the_rest_is_kept(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    page = client.post("/your-request/all/identity/", {"account_number": "PV-1"}).content.decode()
    assert "at least 3 of these facts" in page
    assert 'value="PV-1"' in page
    assert not Evidence.objects.exists()


def test_a_wrong_check_character_is_said_before_anything_is_asked(client):
    page = client.post("/your-request/", {"reference": "AAA-AAA-AAB"}).content.decode()
    assert "Check the reference" in page
    assert not SignIn.objects.exists()


def test_rosa_takes_her_request_back(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    address = f"/your-request/{rosas_request.reference}/withdraw/"
    assert "Take this request back?" in client.get(address).content.decode()
    assert fresh(rosas_request).status == Status.RECEIVED
    client.post(address)
    assert fresh(rosas_request).ending == Ending.WITHDRAWN


def test_rosa_reads_her_answer_with_a_code_that_came_to_the_contact_on_file(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    opened = client.post(f"/your-request/{answered.reference}/answer/open/")
    assert opened.url == f"/your-request/{answered.reference}/answer/"  # her address is the one on file
    assert "Name: Rosa Marquez" in client.get(opened.url).content.decode()
    assert Event.objects.filter(about=answered.pk, kind="answer_read").count() == 1


def test_a_typed_mailbox_that_is_not_on_file_does_not_open_the_answer(client, vera, abe, bea, mailoutbox):
    one = prove(ask(Right.ACCESS, email="stan@look-alike.example"), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="The secret."), by=abe)
    workflow.release(one, by=bea)
    come_back(client, one, mailoutbox)
    opened = client.post(f"/your-request/{one.reference}/answer/open/")
    assert opened.url.endswith("/answer/code/")
    assert client.get(f"/your-request/{one.reference}/answer/").url == "/your-request/all/"
    code = code_from(mailoutbox, to="rosa@mail.example")
    assert client.post(opened.url, {"code": code}).url.endswith("/answer/")
    assert "The secret." in client.get(f"/your-request/{one.reference}/answer/").content.decode()


def test_opening_an_answer_by_get_does_nothing(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    assert client.get(f"/your-request/{answered.reference}/answer/open/").url == "/your-request/all/"
    assert not Event.objects.filter(kind="answer_read").exists()


def test_a_code_to_a_contact_on_file_shows_who_rosa_is_for_t1(client, vera, mailoutbox):
    one = ask(Right.RESTRICT, email="new@mail.example")
    identity.enter_contact(one.submission, "rosa@mail.example", date(2020, 1, 1), by=vera)
    come_back(client, one, mailoutbox)
    client.post("/your-request/all/identity/code/", {"send": "1"})
    code = code_from(mailoutbox, to="rosa@mail.example")
    client.post("/your-request/all/identity/code/", {"code": code})
    assert identity.is_shown(fresh(one))


def test_a_code_that_comes_a_moment_after_the_decision_lets_rosa_go_on(client, vera, mailoutbox, monkeypatch):
    one = ask(Right.RESTRICT, email="new@mail.example")
    identity.enter_contact(one.submission, "rosa@mail.example", date(2020, 1, 1), by=vera)
    come_back(client, one, mailoutbox)
    client.post("/your-request/all/identity/code/", {"send": "1"})
    really = codes.attempt

    def and_vera_is_faster(*given):
        checks.decide(identity.check_of(fresh(one)), "callback", [], by=vera)
        return really(*given)

    monkeypatch.setattr(codes, "attempt", and_vera_is_faster)
    typed = {"code": code_from(mailoutbox, to="rosa@mail.example")}
    assert client.post("/your-request/all/identity/code/", typed).url == "/your-request/all/"
    assert identity.check_of(fresh(one)).method == "callback"


def test_asking_for_a_code_looks_the_same_whether_a_contact_is_on_file_or_not(client, mailoutbox):
    one = ask(Right.RESTRICT)
    come_back(client, one, mailoutbox)
    before = len(mailoutbox)
    page = client.post("/your-request/all/identity/code/", {"send": "1"}, follow=True)
    sending.send_owed()
    assert "If we already have a way to reach this person" in page.content.decode()
    assert len(mailoutbox) == before


UNTIL = re.compile(r"You can use the code until ([^,]+), Texas time")


def until_on(page) -> str | None:
    found = UNTIL.search(page.content.decode())
    return found.group(1) if found else None


def ten_minutes_from_now() -> str:
    return time_format(timezone.localtime(timezone.now() + codes.LIFETIME), "TIME_FORMAT")


def is_not_fresh_any_more(client) -> None:
    """The code that let her in was typed too long ago to open what was sent to her."""
    session = client.session
    session["proofs"] = {}
    session.save()


@pytest.mark.parametrize("is_known", [True, False])
def test_how_long_a_code_is_good_is_said_and_tells_nothing_of_a_contact_on_file(
    client, vera, mailoutbox, time_machine, is_known
):
    one = ask(Right.RESTRICT, email="new@mail.example")
    if is_known:
        identity.enter_contact(one.submission, "rosa@mail.example", date(2020, 1, 1), by=vera)
    come_back(client, one, mailoutbox)
    time_machine.move_to(timezone.now(), tick=False)
    until = ten_minutes_from_now()
    page = "/your-request/all/identity/code/"
    assert until_on(client.get(page)) is None, "nothing was asked for yet"
    assert until_on(client.post(page, {"send": "1"}, follow=True)) == until
    time_machine.move_to(timezone.now() + timedelta(minutes=2), tick=False)
    assert until_on(client.post(page, {"code": "000000"})) == until
    for _ in range(6):  # more than are sent in an hour
        latest = client.post(page, {"send": "1"}, follow=True)
    assert until_on(latest) == ten_minutes_from_now()


def test_the_code_for_an_answer_and_for_files_says_until_when_it_is_good(client, answered, mailoutbox, time_machine):
    come_back(client, answered, mailoutbox)
    is_not_fresh_any_more(client)
    time_machine.move_to(timezone.now(), tick=False)
    until = ten_minutes_from_now()
    case = f"/your-request/{answered.reference}"
    assert until_on(client.post(f"{case}/answer/open/", follow=True)) == until
    assert until_on(client.post(f"{case}/files/code/", {"send": "1"}, follow=True)) == until


def test_whose_code_went_to_the_address_they_gave_reads_when_there_is_none_any_more(
    client, abe, bea, mailoutbox, time_machine
):
    one = ask(Right.UNSURE)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.NOT_A_REQUEST, reason="Only hello."), by=abe)
    workflow.release(one, by=bea)
    come_back(client, one, mailoutbox)
    is_not_fresh_any_more(client)
    time_machine.move_to(timezone.now(), tick=False)
    until = ten_minutes_from_now()
    page = client.post(f"/your-request/{one.reference}/answer/open/", follow=True)
    assert until_on(page) == until
    time_machine.move_to(timezone.now() + timedelta(minutes=11), tick=False)
    page = client.get(f"/your-request/{one.reference}/answer/code/")
    assert until_on(page) is None
    assert "The code is out of date" in page.content.decode()
