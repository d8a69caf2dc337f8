"""A document with photo: the last resort. A verifier asks for it with a reason that the requester reads, for one
request (policy §8; 11 CCR 7060: no more than is needed). Nothing less reaches level T4, unless two persons lower it.
"""

import uuid
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import identity, raising, waiting
from requests.models import LevelChange, Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, need_not_frozen, write
from verification import checks, clean_pages
from verification.checks import CheckNotAllowed
from verification.levels import AssuranceLevel
from verification.models import EvidenceKind, Paper, PaperState

ASKED = "document_asked"


def why_not_ask(rights_request: RightsRequest) -> str | None:
    """Why no document can be asked for now, in words for staff; None if one can."""
    if why_not := raising.why_not_change(rights_request):
        return why_not
    if rights_request.needs >= AssuranceLevel.T4:
        return _("A document is asked for already.")
    if not identity.can_be_told(rights_request.submission):
        return _("The requester left no way to be told. See them in person instead.")
    return None


@in_turn
def ask_for(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """Nothing less was enough. From now on this request needs a document, and the requester reads why."""
    need(by, "ask_for_document")
    need_not_frozen(rights_request)
    rights_request.refresh_from_db(fields=["status", "level"])
    if why_not := why_not_ask(rights_request):
        raise NotAllowed(why_not)
    if not why.strip():
        raise NotAllowed(_("Write why a document is needed. The requester reads it."))
    was = rights_request.level
    LevelChange.objects.waiting().filter(rights_request=rights_request).update(dropped_at=timezone.now())
    LevelChange.objects.create(
        rights_request=rights_request,
        was=was,
        level=AssuranceLevel.T4,
        record_key=rights_request.record_key,
        reason=why.strip(),
        proposed_by=by,
        done_at=timezone.now(),
    )
    RightsRequest.objects.filter(pk=rights_request.pk).update(level=AssuranceLevel.T4)
    rights_request.level = AssuranceLevel.T4
    submission = rights_request.submission
    assert submission.check_made
    try:
        checks.ask_for_document(submission.check_made, by=by)
    except CheckNotAllowed:
        raise NotAllowed(_("A document was seen for this person already.")) from None
    written = write(rights_request, Direction.TO_REQUESTER, why, by=by)
    record(rights_request.pk, ASKED, by=actor(by), was=was, message=str(written.pk))
    waiting.ask_for_proof(submission, f"document:{written.pk}", by=by)


def reason_of(submission: Submission) -> str:
    """What staff last wrote on why a document is needed; empty where nobody did, or it is deleted."""
    about = submission.rights_requests.values_list("pk", flat=True)
    asked = Event.objects.filter(about__in=about, kind=ASKED).order_by("-at").first()
    if asked is None:
        return ""
    written = Message.objects.select_related("content_key").filter(pk=uuid.UUID(asked.detail["message"])).first()
    return (written.text if written else "") or ""


def can_be_given(submission: Submission) -> bool:
    """Whether a document is asked for, and identity is not decided yet."""
    check = submission.check_made
    if check is None or check.is_decided or check.asked < AssuranceLevel.T4:
        return False
    return any(identity.needs_it(one) for one in submission.rights_requests.all())


def given(submission: Submission, kind: EvidenceKind = EvidenceKind.DOCUMENT) -> list[Paper]:
    """What the requester gave as a document, or to show an authority, but for what they took back."""
    of_check = Paper.objects.filter(check_made=submission.check_made_id, piece__kind=kind)
    return list(of_check.exclude(state=PaperState.REMOVED).select_related("check_made").order_by("given_at"))


def room(submission: Submission) -> int:
    """How many more papers can be given."""
    return max(0, checks.MOST_PAPERS - Paper.objects.usable().filter(check_made=submission.check_made_id).count())


@in_turn
def give(submission: Submission, uploads: Iterable[SealedUpload]) -> None:
    """The requester shows a document. Raises CheckNotAllowed when none is asked for, or there are too many."""
    if not can_be_given(submission) or submission.check_made is None:
        raise CheckNotAllowed
    checks.give_documents(submission.check_made, uploads)


@in_turn
def take_back(submission: Submission, pk: uuid.UUID) -> bool:
    """The requester takes a document back before anything is decided; whether there was still one."""
    paper = next((one for one in given(submission) if one.pk == pk), None)
    return paper is not None and clean_pages.remove(paper)
