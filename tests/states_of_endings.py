"""The pages once a request is closed: each ending, our answer, its files, a second look, and what was destroyed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.utils.translation import override

from requests import access, appeals, packages, workflow
from requests.answers import Draft
from requests.models import Package, RightsRequest
from requests.retention import PACKAGE
from requests.terms import AppealOutcome, Capacity, Ending, Right, Role
from requests.views import pages, when_broken
from tests.cast import fresh, person
from tests.endings import COME_TO
from tests.situation import TYPED_NAME, TYPED_TEXT, WRITTEN_BY_US, Situation, sealed, state, states_from, upload
from verification import codes, destruction
from verification.models import CodePurpose

HAS_LETTER = [ending for ending in Ending if ending not in (Ending.WITHDRAWN, Ending.MERGED, Ending.NOT_YOU)]


# --- Each ending -------------------------------------------------------------------------------------------------
def _closed(here: Situation, ending: Ending) -> HttpResponseBase:
    return here.hub_of(COME_TO[ending](here.team))


def _letter(here: Situation, ending: Ending) -> HttpResponseBase:
    return _read(here, COME_TO[ending](here.team))


def _read(here: Situation, one: RightsRequest) -> HttpResponseBase:
    here.has_come_back(one, access.TYPED, access.ON_FILE)
    return here.sends(f"/your-request/{one.reference}/answer/open/")


states_from(Ending, _closed, "closed_{}")
states_from(HAS_LETTER, _letter, "answer_{}")


@state
def closed_and_destroyed(here: Situation) -> HttpResponseBase:
    """With the certificate."""
    one = COME_TO[Ending.FULFILLED](here.team)
    destruction.destroy_owed()
    return here.hub_of(one)


@state
def undone(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.WITHDRAWN](here.team)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/undo/")


@state
def undone_too_late(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.WITHDRAWN](here.team)
    here.team.clock.shift(25 * 3600)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/undo/")


@state
def closed_for_somebody_else(here: Situation) -> HttpResponseBase:
    one = here.gia_asks(Capacity.AGENT, Right.OBJECT)
    workflow.withdraw(one, by=workflow.REQUESTER)
    return here.hub_of(one)


# --- Our answer ----------------------------------------------------------------------------------------------------
@state
def answer_wants_a_code(here: Situation) -> HttpResponseBase:
    return _wants_a_code(here)


def _wants_a_code(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.FULFILLED](here.team)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/answer/open/")


@state
def answer_code_with_a_slip(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.FULFILLED](here.team)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/answer/code/", code="12")


@state
def answer_code_used_already(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.FULFILLED](here.team)
    _, digits = codes.issue(one.submission_id, CodePurpose.ANSWER, to_contact_on_file=True)
    here.has_come_back(one).sends(f"/your-request/{one.reference}/answer/code/", code=digits)
    return here.sends(f"/your-request/{one.reference}/answer/code/", code=digits)


@state
def answer_without_proof_wants_a_code(here: Situation) -> HttpResponseBase:
    """The answer goes to the address that was typed, and the code of before is not fresh any more."""
    one = here.released(here.in_work(Right.UNSURE), Draft(Ending.NOT_A_REQUEST, reason=WRITTEN_BY_US))
    here.has_come_back(one)
    session = here.browser.session
    session["proofs"] = {}
    session.save()
    return here.sends(f"/your-request/{one.reference}/answer/open/")


# --- Files ----------------------------------------------------------------------------------------------------------
def _with_files(here: Situation) -> RightsRequest:
    one = here.proven(Right.ACCESS)
    packages.add(one, [sealed()], by=here.team.abe)
    return here.released(fresh(one), Draft(Ending.FULFILLED, text=WRITTEN_BY_US))


@state
def answer_with_files(here: Situation) -> HttpResponseBase:
    return _read(here, _with_files(here))


@state
def answer_with_files_after_a_download(here: Situation) -> HttpResponseBase:
    one = _with_files(here)
    packages.download(one, Package.objects.get().files.get().pk)
    return _read(here, one)


@state
def answer_with_files_kept_longer(here: Situation) -> HttpResponseBase:
    one = _with_files(here)
    _read(here, one)
    return here.sends(f"/your-request/{one.reference}/answer/longer/{Package.objects.get().pk}/")


@state
def answer_with_files_that_are_gone(here: Situation) -> HttpResponseBase:
    one = _with_files(here)
    here.team.clock.shift(PACKAGE + timedelta(days=1))
    return _read(here, one)


@state
def closed_with_files(here: Situation) -> HttpResponseBase:
    return here.hub_of(_with_files(here))


# --- A second look --------------------------------------------------------------------------------------------------
@state
def appeal(here: Situation) -> HttpResponseBase:
    return here.page_of(COME_TO[Ending.REFUSED](here.team), "appeal")


@state
def appeal_as_identity_was_not_shown(here: Situation) -> HttpResponseBase:
    return here.page_of(COME_TO[Ending.IDENTITY_NOT_SHOWN](here.team), "appeal")


@state
def appeal_with_nothing(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.REFUSED](here.team)
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/appeal/", reason=" ")


@state
def appeal_with_what_we_cannot_open(here: Situation) -> HttpResponseBase:
    one = COME_TO[Ending.REFUSED](here.team)
    session = here.has_come_back(one)
    files = [upload("letter.exe", b"\x00"), upload("too-much.pdf", b"")]
    return session.sends(f"/your-request/{one.reference}/appeal/", reason=TYPED_TEXT, attached=files)


def _appealed(here: Situation, ending: Ending = Ending.REFUSED):
    return appeals.file(COME_TO[ending](here.team), TYPED_TEXT, by=workflow.REQUESTER)


@state
def appeal_sent(here: Situation) -> HttpResponseBase:
    return here.hub_of(_appealed(here).rights_request)


@state
def appeal_sent_that_wants_proof(here: Situation) -> HttpResponseBase:
    return here.hub_of(_appealed(here, Ending.IDENTITY_NOT_SHOWN).rights_request)


@state
def appeal_sent_twice(here: Situation) -> HttpResponseBase:
    one = _appealed(here).rights_request
    return here.has_come_back(one).sends(f"/your-request/{one.reference}/appeal/", reason=TYPED_TEXT)


def _looked_again(here: Situation, outcome: AppealOutcome) -> RightsRequest:
    made = _appealed(here)
    appeals.decide(made, outcome, WRITTEN_BY_US, by=person("Cleo", Role.APPROVER))
    return fresh(made.rights_request)


def _hub_after(here: Situation, outcome: AppealOutcome) -> HttpResponseBase:
    return here.hub_of(_looked_again(here, outcome))


def _letters_after(here: Situation, outcome: AppealOutcome) -> HttpResponseBase:
    return _read(here, _looked_again(here, outcome))


states_from(AppealOutcome, _hub_after, "appeal_{}")
states_from(AppealOutcome, _letters_after, "letters_after_appeal_{}")


# --- When something is wrong ---------------------------------------------------------------------------------------
def _broke(here: Situation, page: Callable[[HttpRequest], HttpResponseBase], **sent: Any) -> HttpResponseBase:
    """As Django calls the page after a fault."""
    made = RequestFactory().post if sent else RequestFactory().get
    with override(here.language):
        return page(made(here.at("/ask/reach/"), sent))


@state
def not_allowed(here: Situation) -> HttpResponseBase:
    return _broke(here, pages.not_allowed)


@state
def not_read(here: Situation) -> HttpResponseBase:
    return _broke(here, when_broken.not_read)


@state
def not_shown(here: Situation) -> HttpResponseBase:
    return _broke(here, when_broken.not_saved)


@state
def not_saved(here: Situation) -> HttpResponseBase:
    return _broke(here, when_broken.not_saved, name=TYPED_NAME)


@state
def not_saved_with_files(here: Situation) -> HttpResponseBase:
    return _broke(here, when_broken.not_saved, message=TYPED_TEXT, attached=upload())
