"""The pages of somebody who has come back, while requests are open: where they stand, and what is asked."""

from datetime import timedelta
from decimal import Decimal

from django.http import HttpResponseBase
from django.utils import timezone

from requests import access, continuation, fees, holds, identity, stopping, which_right, workflow
from requests.answers import Draft
from requests.models import RightsRequest
from requests.terms import DateKind, Ending, ExtensionReason, Right
from tests.cast import deliver, fresh, prove
from tests.situation import (
    FILE_NAME,
    HUB,
    NO_PAPER,
    TWO_FACTS,
    TYPED_TEXT,
    WITHOUT_MAIL,
    WRITTEN_BY_US,
    Situation,
    sealed,
    state,
    upload,
)
from verification import checks


# --- Where it stands -------------------------------------------------------------------------------------------
@state
def hub_waits_for_proof(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.asks(Right.ACCESS))


@state
def hub_needs_no_proof(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.in_work(Right.UNSURE, wishes={Right.UNSURE: TYPED_TEXT}))


@state
def hub_of_another_right_than_ticked(here: Situation) -> HttpResponseBase:
    one = here.asks(Right.CORRECT, wishes={Right.CORRECT: TYPED_TEXT})
    which_right.change(one, Right.DELETE, WRITTEN_BY_US, by=here.team.tess)
    return here.hub_of(fresh(one))


@state
def hub_of_every_right(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.asks(*Right, residence="US-CA", wishes={Right.CORRECT: TYPED_TEXT}))


@state
def hub_without_mail(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.asks(Right.ACCESS, **WITHOUT_MAIL))


@state
def hub_is_checked(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.shown(Right.ACCESS))


@state
def hub_is_sure(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.proven(Right.ACCESS))


@state
def hub_needs_a_little_more(here: Situation) -> HttpResponseBase:
    one = here.shown(Right.ACCESS)
    checks.decide(identity.check_of(one), "matched_facts", TWO_FACTS, by=here.team.vera)
    return here.hub_of(one)


@state
def hub_deletion_waits(here: Situation) -> HttpResponseBase:
    one = here.proven(Right.DELETE)
    deliver()
    return here.hub_of(one)


@state
def hub_with_a_question(here: Situation) -> HttpResponseBase:
    return here.hub_of(_question(here))


def _question(here: Situation) -> RightsRequest:
    one = here.in_work(Right.ACCESS)
    workflow.ask(one, WRITTEN_BY_US, [sealed()], by=here.team.abe)
    return fresh(one)


@state
def hub_after_messages_both_ways(here: Situation) -> HttpResponseBase:
    one = _question(here)
    workflow.reply(one, TYPED_TEXT, [sealed()])
    workflow.tell(fresh(one), WRITTEN_BY_US, by=here.team.abe)
    return here.hub_of(one)


@state
def hub_with_a_new_date(here: Situation) -> HttpResponseBase:
    one = here.in_work(Right.ACCESS)
    until = one.leading_on + timedelta(days=10)
    workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=here.team.abe)
    deliver()
    return here.hub_of(one)


@state
def hub_almost_ready(here: Situation) -> HttpResponseBase:
    one = here.proven(Right.ACCESS)
    workflow.answer(one, Draft(Ending.FULFILLED, text=WRITTEN_BY_US), by=here.team.abe)
    return here.hub_of(one)


@state
def hub_with_a_fee(here: Situation) -> HttpResponseBase:
    return here.hub_of(_fee(here))


@state
def hub_frozen(here: Situation) -> HttpResponseBase:
    one = here.in_work(Right.ACCESS)
    stopping.freeze(one, WRITTEN_BY_US, by=here.team.abe)
    return here.hub_of(one)


@state
def hub_free_again(here: Situation) -> HttpResponseBase:
    one = here.in_work(Right.ACCESS)
    stopping.freeze(one, WRITTEN_BY_US, by=here.team.abe)
    stopping.free(fresh(one), WRITTEN_BY_US, by=here.team.abe)
    return here.hub_of(one)


@state
def hub_held(here: Situation) -> HttpResponseBase:
    one = here.proven(Right.ACCESS)
    until = timezone.localdate() + timedelta(days=30)
    holds.place(one, WRITTEN_BY_US, here.team.abe, until, by=here.team.bea)
    return here.hub_of(one)


@state
def hub_asks_for_a_code(here: Situation) -> HttpResponseBase:
    return here.hub_of(here.asks(Right.RESTRICT))


# --- Writing to us -------------------------------------------------------------------------------------------------
def _message(here: Situation, one: RightsRequest, **sent) -> HttpResponseBase:
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/message/", **sent)


@state
def message(here: Situation) -> HttpResponseBase:
    return here.page_of(here.asks(Right.ACCESS), "message")


@state
def message_that_answers_a_question(here: Situation) -> HttpResponseBase:
    return here.page_of(_question(here), "message")


@state
def message_with_nothing(here: Situation) -> HttpResponseBase:
    return _message(here, here.asks(Right.ACCESS))


@state
def message_with_what_we_cannot_open(here: Situation) -> HttpResponseBase:
    files = [upload("letter.exe", NO_PAPER), upload("too-much.pdf", b"")]
    return _message(here, here.asks(Right.ACCESS), message="x" * 10_001, attached=files)


@state
def message_with_too_many_files(here: Situation) -> HttpResponseBase:
    return _message(here, here.asks(Right.ACCESS), message=TYPED_TEXT, attached=[upload() for _ in range(6)])


@state
def message_sent(here: Situation) -> HttpResponseBase:
    return _message(here, here.asks(Right.ACCESS), message=TYPED_TEXT, attached=[upload(FILE_NAME)])


@state
def file_of_a_message_wants_a_code(here: Situation) -> HttpResponseBase:
    one = prove(here.in_work(Right.ACCESS, email="gia@agents.example"), here.team.vera)
    workflow.tell(one, WRITTEN_BY_US, [sealed()], by=here.team.abe)
    written = one.messages.get(direction="to_requester")
    return here.has_come_back(one).sends(f"/your-request/all/files/{written.attachments.get().pk}/")


@state
def code_for_files_does_not_match(here: Situation) -> HttpResponseBase:
    one = here.proven(Right.ACCESS)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/files/code/", code="12")


# --- Taking it back, a fee, a code on paper ------------------------------------------------------------------------
@state
def withdraw(here: Situation) -> HttpResponseBase:
    return here.page_of(here.asks(Right.ACCESS), "withdraw")


@state
def withdraw_one_of_several(here: Situation) -> HttpResponseBase:
    return here.page_of(here.asks(Right.ACCESS, Right.DELETE), "withdraw")


def _fee(here: Situation, **more) -> RightsRequest:
    one = here.in_work(Right.ACCESS, **more)
    fees.assess(one, Decimal(20), fees.GROUNDS[1], WRITTEN_BY_US, by=here.team.abe)
    return fresh(one)


@state
def fee(here: Situation) -> HttpResponseBase:
    return here.page_of(_fee(here), "fee")


@state
def fee_in_europe(here: Situation) -> HttpResponseBase:
    return here.page_of(_fee(here, residence="DE"), "fee")


@state
def fee_with_neither_button(here: Situation) -> HttpResponseBase:
    one = _fee(here)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/fee/")


@state
def fee_accepted(here: Situation) -> HttpResponseBase:
    one = _fee(here)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/fee/", accept="1")


@state
def new_code(here: Situation) -> HttpResponseBase:
    return here.has_come_back(here.asks(Right.ACCESS, Right.DELETE)).sends(f"{HUB}paper/")


@state
def hub_by_a_code_on_paper(here: Situation) -> HttpResponseBase:
    one = here.asks(Right.ACCESS, **WITHOUT_MAIL)
    code = continuation.replace(one.submission, by=workflow.REQUESTER)
    here.has_come_back(one, access.PAPER)
    return here.sends("/your-request/paper/", reference=one.reference, code=code)


@state
def somebody_elses_request(here: Situation) -> HttpResponseBase:
    mine, theirs = here.asks(Right.ACCESS), here.asks(Right.ACCESS)
    return here.has_come_back(mine).opens(f"/your-request/{theirs.reference}/message/")
