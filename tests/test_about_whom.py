"""Words for who asks for another: no page or mail calls Gia the one it is about, nor a company a person."""

import re
from datetime import date

import pytest
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests import about_whom, identity, letters, workflow
from requests.answers import Draft
from requests.intake import Acting
from requests.models import Representation, Submission
from requests.terms import Authority, Capacity, Ending, Right
from tests.asking import answers_details
from tests.cast import FACTS, STATEMENT, fresh, prove, submit
from tests.test_pages import looked_at
from verification import checks, codes, destruction
from verification.models import CodePurpose

pytestmark = pytest.mark.django_db
HUB = "/your-request/all/"
AUTHORITY = {
    Capacity.AGENT: Authority.SIGNED_PERMISSION,
    Capacity.PARENT: Authority.PARENT,
    Capacity.COMPANY: Authority.OFFICER,
}
FOR_ANOTHER = list(AUTHORITY)
ALL_RIGHTS = [right.value for right in Right if right not in (Right.OPT_OUT, Right.UNSURE)]
OF_ONESELF = re.compile(
    r"\bI am not the\b|\bmy (?:data|consent|sensitive)|about me\b|that it is (?:you|me)\b|that it was you\b"
    r"|who you are\b|checking who sent it|(?<!not )about you\b|your data\b|\bfind you\b|in your name",
    re.I,
)
OF_A_PERSON = re.compile(
    r"\btheir name|(?<!second )person\b|show (?:us )?who it is|\bthey live|\bagainst their will", re.I
)


def session_of(client, submission: Submission) -> None:
    """Such as a code opens."""
    now, session = timezone.now().timestamp(), client.session
    session.update({"submission": str(submission.pk), "since": now, "seen": now, "proofs": {"typed": now}})
    session.save()


def main_of(page) -> str:
    """What stands in the main part of a page, as it is read."""
    html = looked_at(page).html.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def gia_asks(capacity: Capacity, *rights: Right, **more) -> Submission:
    given = {"name": "Gia Holt", "email": "gia@agents.example"} | more
    return submit(*rights, capacity=capacity, acting=Acting("Elm", AUTHORITY[capacity]), **given)


def asks_page_by_page(client, capacity: Capacity) -> list[str]:
    """Every page from the first question that knows for whom she asks to the receipt."""
    about = {"subject_name": "Elm", "authority": AUTHORITY[capacity]}
    reach = {"name": "Gia Holt", "email": "gia@agents.example"}
    client.post("/ask/", {"rights": ALL_RIGHTS})
    answers_details(client)
    client.post("/ask/who/", {"capacity": capacity})
    pages = [main_of(client.get("/ask/about/"))]
    client.post("/ask/about/", about)
    client.post("/ask/where/", {"residence": "US-TX"})
    client.post("/ask/reach/", reach)
    details = [f"details/{number}/" for number in range(1, len(ALL_RIGHTS) - 1)]  # two need no word
    pages += [main_of(client.get(f"/ask/{step}")) for step in ("", *details, "about/", "where/", "reach/", "check/")]
    return [*pages, main_of(client.post("/ask/check/", follow=True))]


def assert_fits(said: str, capacity: Capacity) -> None:
    assert not (found := OF_ONESELF.search(said)), f"{found}: {said}"
    if capacity is Capacity.COMPANY:
        assert not (found := OF_A_PERSON.search(said)), f"{found}: {said}"


# --- Pages ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("capacity", FOR_ANOTHER)
def test_no_question_and_no_receipt_takes_gia_for_the_one_it_is_about(client, capacity):
    for said in asks_page_by_page(client, capacity):
        assert_fits(said, capacity)


@pytest.mark.parametrize("capacity", FOR_ANOTHER)
def test_no_page_that_she_comes_back_to_does(client, capacity):
    submission = gia_asks(capacity, Right.ACCESS, Right.DELETE, residence="US-CA")
    session_of(client, submission)
    one = submission.rights_requests.first()
    places = [HUB, *(f"{HUB}{page}/" for page in ("identity", "authority"))]
    places += [f"/your-request/{one.reference}/{page}/" for page in ("message", "withdraw")]
    for place in places:
        assert_fits(main_of(client.get(place)), capacity)


def accepted(submission: Submission, vera) -> None:
    """Vera has found that Gia may act."""
    rights = [one.right for one in submission.rights_requests.all()]
    standing = Representation.objects.filter(submission=submission)
    standing.update(accepted=True, covers=rights, decided_by=vera, decided_at=timezone.now())


@pytest.mark.parametrize("capacity", FOR_ANOTHER)
def test_a_code_to_a_contact_is_asked_for_in_words_that_fit(client, vera, capacity):
    submission = gia_asks(capacity, Right.RESTRICT)
    accepted(submission, vera)
    session_of(client, submission)
    page = f"{HUB}identity/code/"
    for shown in (client.get(HUB), client.get(page), client.post(page, {"send": "1"}, follow=True)):
        assert_fits(main_of(shown), capacity)


@pytest.mark.parametrize("capacity", FOR_ANOTHER)
@pytest.mark.parametrize("ending", [Ending.FULFILLED, Ending.NOTHING_HELD, Ending.IDENTITY_NOT_SHOWN])
def test_how_it_went_and_the_letter_are_not_told_as_if_they_were_hers(client, vera, abe, bea, capacity, ending):
    submission = gia_asks(capacity)
    accepted(submission, vera)
    Submission.objects.update(contact_confirmed_at=timezone.now())
    one = fresh(submission.rights_requests.get())
    workflow.take(one, by=abe)
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, "office@on-file.example", date(2021, 3, 1), by=vera)
    if ending is Ending.FULFILLED:
        checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    elif ending is Ending.NOTHING_HELD:
        checks.no_record(identity.check_of(one), by=vera)
    else:
        checks.not_shown(identity.check_of(one), "matched_facts", by=vera)
    session_of(client, submission)
    assert_fits(main_of(client.get(HUB)), capacity)
    draft = Draft(ending, text="Account: PV-004417" if ending is Ending.FULFILLED else "")
    workflow.answer(fresh(one), draft, by=abe)
    workflow.release(fresh(one), by=bea)
    destruction.destroy(identity.check_of(fresh(one)))
    session_of(client, submission)
    assert_fits(main_of(client.get(HUB)), capacity)
    assert_fits(str(draft.letter(fresh(one))), capacity)
    for page in ("answer/code", "files/code", "appeal"):
        assert_fits(main_of(client.get(f"/your-request/{one.reference}/{page}/", follow=True)), capacity)


@pytest.mark.parametrize("capacity", [Capacity.SELF, Capacity.NON_CUSTOMER])
def test_who_asks_for_herself_is_still_spoken_to_as_herself(client, capacity):
    submission = submit(Right.ACCESS, capacity=capacity)
    session_of(client, submission)
    said = main_of(client.get(HUB))
    for words_of_hers in ("Get a copy of my data", "Show us that it is you", "We need to check who you are."):
        assert words_of_hers in said


def test_a_company_can_sign_its_permission_and_rosa_hers():
    kind = Authority.SIGNED_PERMISSION
    said = [about_whom.of(capacity).authority(kind) for capacity in (Capacity.COMPANY, Capacity.AGENT)]
    assert said == ["A permission that the company signed", "A permission that they signed"]


def test_before_she_says_for_whom_the_list_says_how_to_read_it(client):
    assert "“me” and “my” mean them" in main_of(client.get("/ask/"))


# --- Mails ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("capacity", FOR_ANOTHER)
def test_no_mail_to_gia_takes_her_for_the_one_it_is_about(vera, capacity):
    submission = gia_asks(capacity)
    accepted(submission, vera)
    letters.check_result(submission, "a check")
    letters.authority_decided(submission, "an authority")
    workflow.withdraw(submission.rights_requests.get(), by=workflow.REQUESTER)
    sent = list(Letter.objects.filter(about=submission.pk))
    assert {letter.kind for letter in sent} == {"receipt", "check_result", "authority_decided", "closed"}
    for letter in sent:
        what_for = letter.text.split("Was this not you?")[0]
        assert_fits(what_for, capacity)


@pytest.mark.parametrize("capacity", FOR_ANOTHER)
@pytest.mark.parametrize("right", [Right.RESTRICT, Right.ACCESS])
def test_the_receipt_says_what_she_can_show_next(capacity, right):
    gia_asks(capacity, right)
    assert "show us that you may make it" in Letter.objects.get(kind="receipt").text


@pytest.mark.parametrize("capacity", FOR_ANOTHER)
@pytest.mark.parametrize("purpose", [CodePurpose.CHECK, CodePurpose.ANSWER])
def test_a_code_to_those_she_acts_for_tells_them_that_it_is_theirs_to_give(vera, capacity, purpose):
    submission = gia_asks(capacity)
    identity.enter_contact(submission, "office@on-file.example", date(2021, 3, 1), by=vera)
    made, digits = codes.issue(submission.pk, purpose, to_contact_on_file=True)
    letters.code(submission, made, digits, identity.contact_on_file(submission))
    said = Letter.objects.get(kind="check_code" if purpose is CodePurpose.CHECK else "code_on_file").text
    assert re.search(r"[Gg]ive (it to )?them", said)
    assert "made a privacy request in your name" not in said


def test_those_she_acts_for_learn_how_to_get_the_code_that_opens_the_answer(vera, abe, bea):
    submission = gia_asks(Capacity.AGENT)
    accepted(submission, vera)
    one = prove(fresh(submission.rights_requests.get()), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Account: PV-004417"), by=abe)
    workflow.release(fresh(one), by=bea)
    assert (
        "have the code sent to the address that you already had with us" in Letter.objects.get(kind="answer_ready").text
    )
