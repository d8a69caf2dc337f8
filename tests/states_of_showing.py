"""The pages on which somebody shows who they are, whom they may act for, or a document."""

import uuid

from django.http import HttpResponseBase

from requests import acting_for, documents, identity
from requests.models import RightsRequest
from requests.terms import Capacity, Right
from tests.cast import FACTS, fresh, reads_papers
from tests.papers import drawn
from tests.situation import (
    AUTHORITY,
    HUB,
    NO_PAPER,
    TWO_FACTS,
    TYPED_NAME,
    TYPED_TEXT,
    WITHOUT_MAIL,
    WRITTEN_BY_US,
    Situation,
    sealed,
    state,
    states_from,
    upload,
)
from verification import checks
from verification.models import Evidence, Paper, PaperState, WhyRefused

IDENTITY, DOCUMENT, OF_AUTHORITY = (f"{HUB}{page}/" for page in ("identity", "document", "authority"))


# --- Somebody asks for somebody else -----------------------------------------------------------------------------
def _hub_of(here: Situation, capacity: Capacity) -> HttpResponseBase:
    return here.hub_of(here.gia_asks(capacity, Right.ACCESS, Right.DELETE, Right.RESTRICT))


states_from(AUTHORITY, _hub_of, "hub_for_{}")


def _paper_given(here: Situation, capacity: Capacity) -> RightsRequest:
    one = here.gia_asks(capacity, Right.ACCESS)
    acting_for.give_papers(one.submission, [sealed()])
    return one


def _hub_with_paper(here: Situation, capacity: Capacity) -> HttpResponseBase:
    return here.hub_of(_paper_given(here, capacity))


states_from(AUTHORITY, _hub_with_paper, "hub_for_{}_with_a_paper")


@state
def hub_authority_accepted(here: Situation) -> HttpResponseBase:
    return here.hub_of(_decided(here, accepted=True))


@state
def hub_authority_refused(here: Situation) -> HttpResponseBase:
    return here.hub_of(_decided(here, accepted=False))


def _decided(here: Situation, *, accepted: bool) -> RightsRequest:
    one = _paper_given(here, Capacity.AGENT)
    drawn(Evidence.objects.get(check_made=one.submission.check_made_id))
    reads_papers(one, here.team.vera)
    acting_for.decide(one.submission, accepted, [Right.ACCESS], None, by=here.team.vera)
    return fresh(one)


def _authority(here: Situation, capacity: Capacity) -> HttpResponseBase:
    return here.has_come_back(here.gia_asks(capacity, Right.ACCESS)).opens(OF_AUTHORITY)


states_from(AUTHORITY, _authority, "authority_{}")


@state
def authority_with_nothing(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.gia_asks(Capacity.AGENT)).sends(OF_AUTHORITY)


@state
def authority_with_what_is_no_paper(here: Situation) -> HttpResponseBase:
    session = here.has_come_back(here.gia_asks(Capacity.AGENT))
    return session.sends(OF_AUTHORITY, papers=[upload("letter.exe", NO_PAPER)])


@state
def authority_with_a_paper(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_paper_given(here, Capacity.AGENT)).opens(OF_AUTHORITY)


# --- Showing who it is -------------------------------------------------------------------------------------------
def _asked_again(here: Situation) -> RightsRequest:
    one = here.shown(Right.ACCESS)
    identity.ask_again(one.submission, by=here.team.vera)
    return fresh(one)


@state
def hub_is_asked_again(here: Situation) -> HttpResponseBase:
    return here.hub_of(_asked_again(here))


@state
def identity_of_two_facts(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.CORRECT)).opens(IDENTITY)


@state
def identity_with_a_statement_that_stays(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.ACCESS, residence="US-CA")).opens(IDENTITY)


@state
def identity_of_no_customer(here: Situation) -> HttpResponseBase:
    more = {"capacity": Capacity.NON_CUSTOMER, "encounter": TYPED_TEXT}
    return here.has_come_back(here.asks(Right.ACCESS, **more)).opens(IDENTITY)


def _identity_for(here: Situation, capacity: Capacity) -> HttpResponseBase:
    return here.has_come_back(here.gia_asks(capacity, Right.ACCESS)).opens(IDENTITY)


states_from(AUTHORITY, _identity_for, "identity_for_{}")


@state
def identity_again(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_asked_again(here)).opens(IDENTITY)


@state
def identity_one_more_fact(here: Situation) -> HttpResponseBase:
    one = here.shown(Right.ACCESS)
    checks.decide(identity.check_of(one), "matched_facts", TWO_FACTS, by=here.team.vera)
    identity.ask_again(fresh(one).submission, by=here.team.vera)
    return here.has_come_back(one).opens(IDENTITY)


@state
def identity_with_many_errors(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.ACCESS)).sends(IDENTITY, account_number="x" * 300)


@state
def identity_shown(here: Situation) -> HttpResponseBase:
    facts = {kind.value: value for kind, value in FACTS.items()}
    session = here.has_come_back(here.asks(Right.ACCESS))
    return session.sends(IDENTITY, **facts, signed_name=TYPED_NAME, declared="on")


@state
def identity_code_before(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.RESTRICT)).opens(IDENTITY)


@state
def identity_code_sent(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.RESTRICT)).sends(f"{IDENTITY}code/", send="1")


@state
def identity_code_without_mail(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.RESTRICT, **WITHOUT_MAIL)).sends(f"{IDENTITY}code/", send="1")


@state
def identity_code_that_does_not_match(here: Situation) -> HttpResponseBase:
    identity_code_sent(here)
    return here.sends(f"{IDENTITY}code/", code="000000")


# --- A document ----------------------------------------------------------------------------------------------------
def _document_asked(here: Situation) -> RightsRequest:
    one = here.asks(Right.ACCESS)
    documents.ask_for(one, WRITTEN_BY_US, by=here.team.vera)
    return fresh(one)


@state
def hub_asks_for_a_document(here: Situation) -> HttpResponseBase:
    return here.hub_of(_document_asked(here))


@state
def document(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_document_asked(here)).opens(DOCUMENT)


@state
def document_with_nothing(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_document_asked(here)).sends(DOCUMENT)


@state
def document_with_what_is_no_paper(here: Situation) -> HttpResponseBase:
    files = [upload("letter.exe", NO_PAPER), upload("too-much.pdf", b"")]
    return here.has_come_back(_document_asked(here)).sends(DOCUMENT, papers=files)


@state
def document_given(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_document_asked(here)).sends(DOCUMENT, papers=[upload(), upload()])


@state
def document_drawn(here: Situation) -> HttpResponseBase:
    one = _document_asked(here)
    documents.give(one.submission, [sealed()])
    drawn(Evidence.objects.get())
    return here.has_come_back(one).opens(DOCUMENT)


def _document_refused(here: Situation, why: WhyRefused) -> HttpResponseBase:
    one = _document_asked(here)
    documents.give(one.submission, [sealed()])
    Paper.objects.update(state=PaperState.REFUSED, why_refused=why)
    return here.has_come_back(one).opens(DOCUMENT)


states_from(WhyRefused, _document_refused, "document_refused_{}")


@state
def document_taken_back(here: Situation) -> HttpResponseBase:
    one = _document_asked(here)
    documents.give(one.submission, [sealed()])
    return here.has_come_back(one).sends(f"{DOCUMENT}{Paper.objects.get().pk}/")


@state
def document_that_is_not_there(here: Situation) -> HttpResponseBase:
    return here.has_come_back(_document_asked(here)).sends(f"{DOCUMENT}{uuid.uuid4()}/")


@state
def document_as_many_as_we_take(here: Situation) -> HttpResponseBase:
    one = _document_asked(here)
    documents.give(one.submission, [sealed() for _ in range(checks.MOST_PAPERS)])
    return here.has_come_back(one).opens(DOCUMENT)


@state
def hub_looks_at_a_document(here: Situation) -> HttpResponseBase:
    one = _document_asked(here)
    documents.give(one.submission, [sealed()])
    return here.hub_of(one)
