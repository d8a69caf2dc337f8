"""Everyone who may ask: for oneself, as no customer, for another person, a child, a company (policy §6, §8, §14)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey, SealedFile
from requests import acting_for, drafts, forms, identity, intake, releasing, reminders, sign_in, stopping, workflow
from requests.answers import Draft
from requests.assurance import COMPARED_WITH, Record
from requests.intake import Acting
from requests.models import Message, Representation, RightsRequest, StopLink, Submission
from requests.models.submission import Direction
from requests.releasing import goes_to_contact_on_file
from requests.terms import Authority, Capacity, Ending, Right, Role, Status
from tests.cast import (
    FACTS,
    ROSAS_MAIL,
    STATEMENT,
    ask,
    fresh,
    office_noon,
    person,
    reads_papers,
    signed_in,
    submit,
)
from tests.hostile_files import jpeg
from tests.papers import drawn
from tests.test_coming_back import code_from, come_back
from tests.test_staff_desk import QUEUE, do
from verification import checks, clean_pages, destruction, papers
from verification.models import ALL_FACTS, Evidence, EvidenceKind, Paper

pytestmark = pytest.mark.django_db
GIAS_MAIL, STANS_MAIL = "gia@agents.example", "stan@mail.example"
PDF, PNG = b"%PDF-1.7 a permission", b"\x89PNG\r\n\x1a\n a photo"
HUB, IDENTITY, AUTHORITY = (f"/your-request/all/{page}" for page in ("", "identity/", "authority/"))
ABOUT = {
    Capacity.NON_CUSTOMER: {"encounter": "Your sales team called me on 12 May."},
    Capacity.AGENT: {
        "subject_name": "Rosa Marquez",
        "subject_email": ROSAS_MAIL,
        "authority": "signed_permission",
        "from_on": "2026-01-01",
        "until_on": "2099-12-31",
    },
    Capacity.PARENT: {"subject_name": "Nina Marquez", "authority": "guardian"},
    Capacity.COMPANY: {"subject_name": "Elm Bakery", "authority": "officer", "also_known_by": "PV-88"},
}
REACH = {"name": "Gia Holt", "email": GIAS_MAIL}


def goes_as_far_as_check(client, capacity: Capacity, right: str = "access", **reach: str) -> None:
    client.post("/ask/", {"rights": [right]})
    client.post("/ask/who/", {"capacity": capacity})
    if capacity in ABOUT:
        assert client.post("/ask/about/", ABOUT[capacity]).url == "/ask/where/"
    client.post("/ask/where/", {"residence": "US-TX"})
    assert client.post("/ask/reach/", REACH | reach).url == "/ask/check/"


def asks(client, capacity: Capacity, right: str = "access", **reach: str) -> Submission:
    """From the first page to the receipt."""
    goes_as_far_as_check(client, capacity, right, **reach)
    assert client.post("/ask/check/").url == "/ask/sent/"
    return Submission.objects.get()


def gia_asks(right: Right = Right.ACCESS, **more) -> RightsRequest:
    """Gia the agent asks for Rosa, whose address she names."""
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, ROSAS_MAIL)
    return ask(right, name="Gia Holt", email=GIAS_MAIL, capacity=Capacity.AGENT, acting=acting, **more)


def upload(content: bytes = PDF, name: str = "permission.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def gives(client, *papers_given: SimpleUploadedFile):
    return client.post(AUTHORITY, {"papers": list(papers_given) or [upload()]})


def identity_page(one: RightsRequest) -> str:
    return f"{QUEUE}{one.pk}/identity/"


def decide_authority(vera, one: RightsRequest, **given):
    """Vera has read the papers."""
    reads_papers(one, vera)
    return decides_unread(vera, one, **given)


def decides_unread(vera, one: RightsRequest, **given):
    form = {"authority": "accepted", "covers": [one.right], "until_on": ""} | given
    return signed_in(vera).post(f"{QUEUE}{one.pk}/authority/", form, follow=True)


def decide_identity(vera, one: RightsRequest, decision: str = "passed"):
    if identity.contact_on_file(one.submission) is None:
        identity.enter_contact(one.submission, "on.record@known.example", date(2021, 3, 1), by=vera)
    form = {"round": 1, "decision": decision, "method": "matched_facts", "matched": list(FACTS)}
    return signed_in(vera).post(identity_page(one), form)


def authority_of(one: RightsRequest) -> Representation:
    standing = acting_for.of(one.submission)
    assert standing is not None
    return standing


# --- Asking --------------------------------------------------------------------------------------------------
PAGES = [
    (Capacity.SELF, ["rights", "who", "where", "reach", "check"]),
    (Capacity.NON_CUSTOMER, ["rights", "who", "about", "where", "reach", "check"]),
    (Capacity.AGENT, ["rights", "who", "about", "where", "reach", "check"]),
    (Capacity.PARENT, ["rights", "who", "about", "where", "reach", "check"]),
    (Capacity.COMPANY, ["rights", "who", "about", "where", "reach", "check"]),
]


@pytest.mark.parametrize(("capacity", "pages"), PAGES)
def test_only_who_is_no_customer_asking_for_themselves_sees_one_page_more(capacity, pages):
    assert drafts.steps({"rights": ["access"], "capacity": capacity}) == pages


def test_an_opt_out_alone_is_never_asked_who_it_is_about():
    assert drafts.steps({"rights": ["opt_out"], "capacity": "agent"}) == ["rights", "details/1", "check"]


@pytest.mark.parametrize("capacity", Capacity)
def test_everyone_asks_with_few_questions_and_has_a_receipt(client, capacity):
    submission = asks(client, capacity)
    assert submission.capacity == capacity
    assert "We have your request" in client.get("/ask/sent/").content.decode()


@pytest.mark.parametrize("capacity", Capacity)
def test_no_page_needs_more_than_two_answers(capacity):
    about = forms.ABOUT_FORMS[capacity]() if capacity in ABOUT else forms.WhoForm()
    assert sum(field.required for field in about.fields.values()) <= 2
    reach = forms.ReachForm(capacity=capacity)
    one_way = 1  # of e-mail, telephone and post
    assert sum(field.required for field in reach.fields.values()) + one_way <= 2


@pytest.mark.parametrize("capacity", Capacity)
def test_what_was_answered_is_shown_before_it_is_sent(client, capacity):
    goes_as_far_as_check(client, capacity)
    page = client.get("/ask/check/").content.decode()
    for said in ABOUT.get(capacity, {}).values():
        assert said in page or said in ("signed_permission", "guardian", "officer")
    assert 'href="/ask/who/"' in page


def test_what_the_agent_wrote_is_kept_with_the_submission(client):
    standing = acting_for.of(asks(client, Capacity.AGENT))
    assert standing is not None
    assert (standing.subject_name, standing.subject_email) == ("Rosa Marquez", ROSAS_MAIL)
    assert (standing.authority, standing.from_on) == (Authority.SIGNED_PERMISSION, date(2026, 1, 1))
    assert standing.until_on == date(2099, 12, 31)


def test_who_is_no_customer_says_how_we_were_in_touch(client):
    assert asks(client, Capacity.NON_CUSTOMER).encounter == "Your sales team called me on 12 May."


def test_a_company_gives_its_customer_number(client):
    assert asks(client, Capacity.COMPANY).also_known_by == "PV-88"


def test_where_somebody_lives_is_asked_about_the_person_it_is_about(client):
    client.post("/ask/", {"rights": ["access"]})
    client.post("/ask/who/", {"capacity": "agent"})
    assert "Where does the person live that you act for?" in client.get("/ask/where/").content.decode()


def test_who_changes_their_mind_leaves_nothing_of_another_behind(client):
    goes_as_far_as_check(client, Capacity.AGENT)
    assert client.post("/ask/who/", {"capacity": "self"}).url == "/ask/where/"
    client.post("/ask/where/", {"residence": "US-TX"})
    assert GIAS_MAIL in client.get("/ask/reach/").content.decode()  # her own address stays filled in
    client.post("/ask/reach/", REACH)
    client.post("/ask/check/")
    assert acting_for.of(Submission.objects.get()) is None


def test_who_chooses_the_same_again_keeps_every_answer(client):
    goes_as_far_as_check(client, Capacity.AGENT)
    assert client.post("/ask/who/", {"capacity": "agent"}).url == "/ask/check/"


def test_the_page_about_somebody_else_is_no_page_for_a_customer(client):
    client.post("/ask/", {"rights": ["access"]})
    client.post("/ask/who/", {"capacity": "self"})
    assert client.get("/ask/about/").url == "/ask/who/"


WRONG = [
    ("authority", "parent", "Choose one from the list."),  # a parent's authority is none of an agent
    ("subject_name", "", "Enter their name."),
    ("subject_email", "rosa", "Enter an e-mail address like name@example.org."),
    ("from_on", "2099-01-01", "This day is still to come."),
    ("until_on", "2020-01-01", "until then it would be over already"),
    ("until_on", "soon", "Enter a day, like 2026-12-24."),
]


@pytest.mark.parametrize(("field", "typed", "said"), WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, field, typed, said):
    client.post("/ask/", {"rights": ["access"]})
    client.post("/ask/who/", {"capacity": "agent"})
    page = client.post("/ask/about/", ABOUT[Capacity.AGENT] | {field: typed}).content.decode()
    assert said in page
    assert ROSAS_MAIL in page or field == "subject_email"


# --- Without mail --------------------------------------------------------------------------------------------
WAYS = [{"email": GIAS_MAIL}, {"phone": "972-555-0188"}, {"postal_address": "12 Elm Street\nPlano TX 75023"}]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: next(iter(way)))
def test_one_way_to_reach_somebody_is_enough(client, way):
    submission = asks(client, Capacity.SELF, **({"email": ""} | way))
    ((name, value),) = way.items()
    assert getattr(submission, name).replace("\r", "") == value


def test_no_way_at_all_is_said_at_the_field_with_the_rest_kept(client):
    client.post("/ask/", {"rights": ["access"]})
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "US-TX"})
    page = client.post("/ask/reach/", {"name": "Gia Holt"}).content.decode()
    assert "Give us one way to reach you: an e-mail address, a telephone number or a postal address." in page
    assert "Gia Holt" in page


def test_without_mail_the_receipt_shows_a_code_that_opens_the_request(client):
    submission = asks(client, Capacity.SELF, email="", phone="972-555-0188")
    draft = drafts.Draft.objects.get()
    code = draft.answers[intake.CODE_ON_RECEIPT]
    assert code in client.get("/ask/sent/").content.decode()
    saved = client.get("/ask/sent/code/")
    assert saved["Content-Disposition"] == 'attachment; filename="primevox-code.txt"'
    assert code in saved.content.decode()
    one = submission.rights_requests.get()
    assert sign_in.enter_paper_code(one.reference, code)[1] == submission


def test_after_an_hour_nobody_is_shown_the_code(client, time_machine):
    asks(client, Capacity.SELF, email="", phone="972-555-0188")
    key = drafts.Draft.objects.get().draft_key
    assert key.ends_at is not None
    assert key.ends_at <= timezone.now() + intake.RECEIPT_SHOWN_FOR
    time_machine.move_to(timezone.now() + intake.RECEIPT_SHOWN_FOR + timedelta(seconds=1))
    assert client.get("/ask/sent/").url == client.get("/ask/sent/code/").url == "/your-request/"


def test_with_mail_there_is_no_code_to_save(client):
    asks(client, Capacity.SELF)
    assert "Your code to come back" not in client.get("/ask/sent/").content.decode()
    assert client.get("/ask/sent/code/").url == "/your-request/"


# --- Letters to the person ------------------------------------------------------------------------------------
def test_rosa_is_told_at_once_that_gia_asks_for_her():
    one = gia_asks()
    letter = Letter.objects.get(kind="acted_for")
    assert letter.address == ROSAS_MAIL
    assert "/not-me/" in letter.text
    assert authority_of(one).told_at is not None


def test_rosa_says_no_and_everything_stops(vera, mailoutbox):
    one = gia_asks()
    stopping.say_not_me(StopLink.objects.get(whose="subject"))
    assert fresh(one).frozen_at
    assert authority_of(one).objected_at
    assert not acting_for.wants_paper_since(one.submission)  # nothing is asked for while it is frozen


def test_a_contact_on_file_is_told_too_once_vera_has_entered_it(vera):
    acting = Acting("Nina Marquez", Authority.GUARDIAN)
    one = ask(email=GIAS_MAIL, capacity=Capacity.PARENT, acting=acting)
    assert not Letter.objects.filter(kind="acted_for").exists()
    workflow.enter_contact_on_file(one, ROSAS_MAIL, date(2021, 3, 1), by=vera)
    assert Letter.objects.get(kind="acted_for").address == ROSAS_MAIL
    assert authority_of(one).told_at is not None


def test_rosas_mailbox_is_not_filled_by_many_agents():
    for number in range(6):
        gia_asks(Right.ACCESS, received_at=timezone.now() - timedelta(hours=number))
    assert Letter.objects.filter(kind="acted_for", address_key__isnull=False).count() == intake.MAILS_A_DAY


# --- Identity -------------------------------------------------------------------------------------------------
FACTS_OFFERED = [
    (Capacity.SELF, {Record.ACCOUNT}),
    (Capacity.NON_CUSTOMER, {Record.ENCOUNTER}),  # no account, so no account number
    (Capacity.AGENT, {Record.ACCOUNT, Record.ENCOUNTER}),  # we do not ask whether Rosa is a customer
    (Capacity.PARENT, {Record.ACCOUNT, Record.ENCOUNTER}),
    (Capacity.COMPANY, {Record.ACCOUNT}),
]


@pytest.mark.parametrize(("capacity", "records"), FACTS_OFFERED)
def test_what_is_asked_is_what_we_can_compare(capacity, records):
    assert set(COMPARED_WITH[capacity]) == records
    form = forms.IdentityForm(2, False, capacity=capacity)
    offered = {kind.value for record in records for kind in identity.FACTS_IN[record]}
    assert set(form.fields) == offered
    assert offered <= {kind.value for kind in ALL_FACTS}


def test_who_is_no_customer_shows_who_they_are_by_the_call(client, vera, mailoutbox):
    one = ask(Right.KNOW, name="Stan", email=STANS_MAIL, capacity=Capacity.NON_CUSTOMER, encounter="You called me.")
    come_back(client, one, mailoutbox)
    page = client.get(IDENTITY).content.decode()
    assert "A telephone number of yours" in page
    assert "Account number" not in page
    client.post(IDENTITY, {"own_number": "512-555-0100", "call_day": "12 May 2026"})
    given = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": ["own_number", "call_day"]}
    signed_in(vera).post(identity_page(one), given)
    assert identity.is_shown(fresh(one))


STATEMENTS = [
    (Capacity.SELF, "that I am the person whose data"),
    (Capacity.NON_CUSTOMER, "that I am the person whose data"),
    (Capacity.AGENT, "lets me act for them"),
    (Capacity.PARENT, "parent or legal guardian of the child"),
    (Capacity.COMPANY, "may act for the company"),
]


@pytest.mark.parametrize(("capacity", "said"), STATEMENTS)
def test_everybody_signs_only_what_is_true_of_them(capacity, said):
    assert said in str(forms.IdentityForm(3, True, capacity=capacity).fields["declared"].label)


def test_an_agent_is_asked_about_rosa_and_told_so(client, mailoutbox):
    come_back(client, gia_asks(), mailoutbox)
    page = client.get(IDENTITY).content.decode()
    assert "All facts are about the person you act for, not about you." in page
    assert "of theirs" in page


# --- Authority: giving -----------------------------------------------------------------------------------------
PAPERS = [
    (PDF, "pdf"),
    (PNG, "png"),
    (b"\xff\xd8\xff\xe0 a photo", "jpg"),
    (b"\x00\x00\x00\x18ftypheic....", "heic"),
    (b"\x00\x00\x00\x18ftypisom....", ""),  # a film
    (b"<html>", ""),
    (b"GIF89a", ""),
    (b"", ""),
]


@pytest.mark.parametrize(("content", "kind"), PAPERS)
def test_a_paper_is_known_by_its_content(content, kind):
    assert papers.kind_of(content) == kind


def test_gia_shows_her_paper_on_her_page(client, mailoutbox):
    one = gia_asks()
    come_back(client, one, mailoutbox)
    assert "Show that you may act for them" in client.get(HUB).content.decode()
    assert gives(client).url == HUB
    page = client.get(HUB).content.decode()
    assert "We have your paper." in page
    assert "Show that you may act for them" not in page
    assert SealedFile.objects.get().key == Paper.objects.get(check_made=one.submission.check_made_id).original_key


def test_a_better_paper_can_follow_and_five_are_enough(client, mailoutbox):
    come_back(client, gia_asks(), mailoutbox)
    gives(client, upload(), upload(PNG, "photo.png"))
    gives(client, upload(), upload(), upload())
    assert Evidence.objects.filter(kind=EvidenceKind.AUTHORITY).count() == 5
    page = gives(client)
    assert "We cannot take more papers here." in page.content.decode()


REFUSED = [
    (upload(b"GIF89a", "x.pdf"), "is neither a photo nor a PDF"),
    (upload(b"", "x.pdf"), "is empty"),
    (upload(PDF + b"x" * 300_000, "x.pdf"), "is too big"),
]


@pytest.mark.parametrize(("paper", "said"), REFUSED)
def test_what_is_no_paper_is_refused_in_words(client, mailoutbox, settings, paper, said):
    settings.UPLOAD_MAX_BYTES = 300_000
    come_back(client, gia_asks(), mailoutbox)
    assert said in gives(client, paper).content.decode()
    assert not Evidence.objects.exists()


def test_who_asks_for_themselves_is_asked_for_no_paper(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert client.get(AUTHORITY).url == gives(client).url == HUB
    assert not Evidence.objects.exists()


def test_what_needs_no_proof_needs_no_authority(client, mailoutbox):
    one = gia_asks(Right.WITHDRAW_CONSENT)
    come_back(client, one, mailoutbox)
    assert client.get(AUTHORITY).url == HUB
    assert acting_for.why_not_answer(one) is None


def test_gia_is_reminded_of_her_paper_once_the_facts_are_there():
    one = gia_asks()
    identity.show(one.submission, FACTS, STATEMENT)
    reminders.owe(office_noon(3))
    assert Letter.objects.filter(kind="task_waiting", about=one.submission_id).count() == 1


def test_a_code_comes_after_the_authority_where_a_code_is_all_that_is_needed(client, vera, mailoutbox):
    """The code decides identity at once, and the papers go with that decision."""
    one = gia_asks(Right.RESTRICT)
    workflow.enter_contact_on_file(one, ROSAS_MAIL, date(2021, 3, 1), by=vera)
    come_back(client, one, mailoutbox)
    assert client.get(IDENTITY).url == HUB
    gives(client)
    reads_papers(one, vera)
    acting_for.decide(one.submission, True, [Right.RESTRICT], None, by=vera)
    assert "Let them give you the code." in client.get(IDENTITY, follow=True).content.decode()


# --- Authority: deciding ---------------------------------------------------------------------------------------
def with_paper(client, mailbox) -> RightsRequest:
    """Gia has shown a paper and facts about Rosa."""
    one = gia_asks()
    come_back(client, one, mailbox)
    gives(client)
    identity.show(one.submission, FACTS, STATEMENT)
    return fresh(one)


def test_vera_opens_a_paper_with_a_reason_and_the_look_is_recorded(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    paper = Evidence.objects.get(kind=EvidenceKind.AUTHORITY)
    desk, address = signed_in(vera), f"{QUEUE}{one.pk}/papers/{paper.pk}/"
    assert address not in desk.get(identity_page(one)).content.decode(), "it is not drawn yet"
    drawn(paper, jpeg())
    assert address in desk.get(identity_page(one)).content.decode()
    desk.get(address)
    assert not Event.objects.filter(kind="paper_looked_at").exists()
    opened = desk.post(address, {"reason": "authority"})
    assert opened.content.decode().count("data:image/jpeg;base64,") == 1
    look = Event.objects.get(kind="paper_looked_at")
    assert (look.actor, look.detail) == (vera.as_actor, {"paper": str(paper.pk), "reason": "authority"})


@pytest.mark.parametrize("name", ["tess", "abe", "otto", "ada"])
def test_nobody_but_a_verifier_opens_a_paper_or_decides(name, client, request, mailoutbox):
    one = with_paper(client, mailoutbox)
    desk = signed_in(request.getfixturevalue(name))
    paper = Evidence.objects.get(kind=EvidenceKind.AUTHORITY)
    assert desk.post(f"{QUEUE}{one.pk}/papers/{paper.pk}/").status_code in (403, 404)
    assert desk.post(f"{QUEUE}{one.pk}/authority/", {"authority": "not_accepted"}).status_code in (403, 404)
    assert authority_of(one).accepted is None


def test_a_paper_of_another_case_is_not_there(client, vera, rosas_request, mailoutbox):
    with_paper(client, mailoutbox)
    paper = Evidence.objects.get(kind=EvidenceKind.AUTHORITY)
    assert signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/papers/{paper.pk}/").status_code == 404


@pytest.mark.parametrize("decision", ["passed", "not_shown", "no_record"])
def test_the_authority_is_decided_before_identity(client, vera, mailoutbox, decision):
    one = with_paper(client, mailoutbox)
    assert "Decide the authority first" in decide_identity(vera, one, decision).content.decode()
    assert not identity.check_of(fresh(one)).is_decided
    decide_authority(vera, one)
    decide_identity(vera, one, decision)
    assert identity.check_of(fresh(one)).is_decided


def test_asking_for_other_facts_needs_no_decision_on_the_authority(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_identity(vera, one, "again")
    assert identity.check_of(fresh(one)).round == 2
    assert acting_for.papers_of(fresh(one).submission)  # and the paper is still there


UNREAD = "First open a paper."


@pytest.mark.parametrize("decision", ["accepted", "not_accepted"])
def test_nobody_decides_on_a_paper_that_they_have_not_opened(client, vera, mailoutbox, decision):
    one = with_paper(client, mailoutbox)
    assert UNREAD in signed_in(vera).get(identity_page(one)).content.decode()
    page = decides_unread(vera, one, authority=decision, until_on="2099-12-31").content.decode()
    assert 'class="error-summary"' in page
    assert UNREAD in page
    assert "2099-12-31" in page, "what was typed is kept"
    assert authority_of(one).accepted is None
    decide_authority(vera, one, authority=decision)
    assert authority_of(one).accepted is (decision == "accepted")


def test_a_look_of_a_colleague_is_not_ones_own(client, vera, mailoutbox):
    one, victor = with_paper(client, mailoutbox), person("Victor", Role.VERIFIER)
    reads_papers(one, victor)
    with pytest.raises(acting_for.AuthorityUnread):
        acting_for.decide(one.submission, True, [Right.ACCESS], None, by=vera)


def test_a_paper_that_came_since_the_look_is_opened_too(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    reads_papers(one, vera)
    gives(client, upload(PNG))
    assert UNREAD in decides_unread(vera, one).content.decode()
    decide_authority(vera, one)
    assert UNREAD not in signed_in(vera).get(identity_page(one)).content.decode()
    assert authority_of(one).accepted


def asks_as(capacity: Capacity, authority: Authority) -> RightsRequest:
    return ask(name="Gia Holt", email=GIAS_MAIL, capacity=capacity, acting=Acting("Nina Marquez", authority))


KINDS = [(capacity, authority) for capacity, kinds in acting_for.AUTHORITIES.items() for authority in kinds]


@pytest.mark.parametrize(("capacity", "authority"), KINDS)
def test_without_a_paper_some_kinds_are_accepted_with_a_reason_and_the_others_not(vera, capacity, authority):
    one = asks_as(capacity, authority)
    how = "Her name stands with the account since 2019."
    can_be = authority in {Authority.PARENT, Authority.OFFICER, Authority.ACCOUNT_MANAGER}
    said = "Write how you know that they may act." if can_be else "No paper is here, so this cannot be accepted."
    assert said in decides_unread(vera, one, reason=" ").content.decode()
    decides_unread(vera, one, reason=how)
    assert bool(authority_of(one).accepted) is can_be
    notes = [note.text for note in Message.objects.filter(direction=Direction.INTERNAL, written_by=vera)]
    assert notes == ([f"How the authority was seen: {how}"] if can_be else [])


def test_what_has_no_paper_can_always_be_not_accepted(vera):
    one = gia_asks()
    decides_unread(vera, one, authority="not_accepted")
    assert authority_of(one).accepted is False


def test_a_paper_takes_the_place_of_the_reason(client, vera, mailoutbox):
    one = asks_as(Capacity.PARENT, Authority.PARENT)
    assert "How you know that they may act" in signed_in(vera).get(identity_page(one)).content.decode()
    come_back(client, one, mailoutbox)
    gives(client)
    assert "How you know that they may act" not in signed_in(vera).get(identity_page(one)).content.decode()


@pytest.mark.parametrize(("capacity", "authority"), KINDS)
def test_the_desk_says_in_the_third_person_who_acts_for_whom(vera, capacity, authority):
    page = signed_in(vera).get(identity_page(asks_as(capacity, authority))).content.decode()
    whom = {Capacity.AGENT: "person", Capacity.PARENT: "child", Capacity.COMPANY: "company"}[capacity]
    assert f"Whether they may act for this {whom}" in page
    assert f"Accepted: they may act for this {whom}" in page
    assert "I am " not in page
    assert "I manage" not in page


def test_vera_reads_what_was_given_in_the_third_person(vera):
    one = ask(Right.KNOW, capacity=Capacity.NON_CUSTOMER, encounter="You called me.")
    identity.show(
        one.submission, {EvidenceKind.OWN_NUMBER: "512-555-0100", EvidenceKind.SITE_ADDRESS: STANS_MAIL}, None
    )
    page = signed_in(vera).post(identity_page(one)).content.decode()
    assert "A telephone number of theirs" in page
    assert "An address that they typed" in page
    assert "yours" not in page


def test_vera_says_which_rights_it_covers_and_until_when(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one, until_on="2099-12-31")
    standing = authority_of(one)
    assert (standing.accepted, standing.covers, standing.until_on) == (True, ["access"], date(2099, 12, 31))
    assert standing.decided_by == vera


def test_an_authority_that_covers_nothing_is_not_accepted(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    page = decide_authority(vera, one, covers=[])
    assert "Choose at least one right that it covers." in page.content.decode()
    assert authority_of(one).accepted is None


def test_gia_is_told_that_there_is_news_and_reads_it_on_her_page(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one, authority="not_accepted")
    letter = Letter.objects.get(kind="authority_decided")
    assert letter.address == GIAS_MAIL
    assert letter.subject == "There is news about your request"
    assert "the proof of your authority is not enough" in client.get(HUB).content.decode()


def test_vera_can_ask_for_a_better_proof(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one, authority="not_accepted")
    signed_in(vera).post(f"{QUEUE}{one.pk}/authority/", {"anew": "1"})
    assert authority_of(one).accepted is None
    assert "Show that you may act for them" in client.get(HUB).content.decode()
    gives(client, upload(PNG))
    assert len(acting_for.papers_of(fresh(one).submission)) == 2


def test_a_better_proof_after_identity_was_decided_goes_with_the_rest_of_the_proof(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one, authority="not_accepted")
    decide_identity(vera, one)
    acting_for.ask_anew(one.submission, by=vera)
    gives(client, upload(PNG))
    paper = acting_for.papers_of(fresh(one).submission)[-1].paper
    assert (paper.original_key.ends_at, paper.pages_key.ends_at) == (None, None)
    DataKey.objects.filter(pk=paper.proof_key_id).update(ends_at=timezone.now())
    destruction.destroy_owed()
    keys = DataKey.objects.filter(pk__in=[paper.original_key_id, paper.pages_key_id, paper.proof_key_id])
    assert [key.wrapped for key in keys] == [None] * 3


def test_a_second_decision_is_told_to_who_comes_second(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one)
    page = decide_authority(vera, one, authority="not_accepted")
    assert "somebody else was faster" in page.content.decode()
    assert authority_of(one).accepted


def test_the_papers_go_with_the_decision_on_identity(client, vera, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one)
    decide_identity(vera, one)
    keys = clean_pages.keys_of([one.submission.check_made_id])
    assert len(keys) == 2
    assert all(key.ends_at and key.ends_at <= timezone.now() for key in keys)


# --- The answer -------------------------------------------------------------------------------------------------
def answered_for_rosa(client, mailbox, vera, abe, bea) -> RightsRequest:
    one = with_paper(client, mailbox)
    workflow.enter_contact_on_file(one, ROSAS_MAIL, date(2021, 3, 1), by=vera)
    decide_authority(vera, one)
    checks.decide(identity.check_of(fresh(one)), "matched_facts", FACTS, by=vera)
    one = fresh(one)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    workflow.release(one, by=bea)
    return fresh(one)


def test_without_an_accepted_authority_nothing_is_answered(client, vera, abe, mailoutbox):
    one = with_paper(client, mailoutbox)
    decide_authority(vera, one, authority="not_accepted")
    decide_identity(vera, one)
    workflow.take(fresh(one), by=abe)
    with pytest.raises(workflow.NotAllowed, match="authority does not cover"):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    refusal = Draft(Ending.REFUSED, reason="She did not sign it.", grounds=("policy_6",))
    workflow.answer(fresh(one), refusal, by=abe)
    assert fresh(one).status == Status.IN_REVIEW


def test_the_answer_goes_to_rosa_and_gias_mailbox_opens_nothing(client, vera, abe, bea, mailoutbox):
    one = answered_for_rosa(client, mailoutbox, vera, abe, bea)
    assert goes_to_contact_on_file(one)
    ready = Letter.objects.get(kind="answer_ready")
    assert ready.address == ROSAS_MAIL
    opened = client.post(f"/your-request/{one.reference}/answer/open/")
    assert opened.url.endswith("/answer/code/")  # a fresh code of her own does not do
    assert client.get(f"/your-request/{one.reference}/answer/").url == HUB
    client.post(opened.url, {"code": code_from(mailoutbox, to=ROSAS_MAIL)})
    assert "Name: Rosa Marquez" in client.get(f"/your-request/{one.reference}/answer/").content.decode()


# --- The desk ----------------------------------------------------------------------------------------------------
def test_the_case_page_says_who_asks_for_whom(client, tess, mailoutbox):
    one = with_paper(client, mailoutbox)
    page = do(signed_in(tess), one, "show_contact", why="call").content.decode()
    for said in ("For somebody else", "Rosa Marquez", ROSAS_MAIL, "A permission that they signed: not decided yet"):
        assert said in page


def test_the_case_page_says_how_somebody_can_be_reached(tess):
    given = {"email": "", "phone": "512-555-0100", "postal_address": "12 Elm Street", "encounter": "You called me."}
    one = submit(Right.KNOW, capacity=Capacity.NON_CUSTOMER, **given).rights_requests.get()
    page = do(signed_in(tess), one, "show_contact", why="call").content.decode()
    for said in ("For themselves, not a customer", "512-555-0100", "12 Elm Street", "You called me."):
        assert said in page


@pytest.mark.parametrize(
    ("capacity", "offered"), [(Capacity.SELF, False), (Capacity.NON_CUSTOMER, False), (Capacity.AGENT, True)]
)
def test_only_who_asks_for_another_can_be_refused_for_want_of_authority(capacity, offered):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION) if capacity is Capacity.AGENT else None
    one = ask(Right.ACCESS, capacity=capacity, acting=acting)
    assert ("policy_6" in {ground.id for ground in releasing.grounds_offered(one)}) is offered
