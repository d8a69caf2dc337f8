"""Somebody asks for somebody else: an authorized agent, a parent or guardian, a company's representative
(policy §6, §8, §14).

Authority gives no assurance level: it is decided beside the identity of the person whose data it is. That person is
told directly and can say no, which stops everything at once. Answers above T0 go to their contact on file.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import letters, waiting, workflow
from requests.models import Representation, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import Authority, Capacity, Right
from requests.turns import in_turn
from verification import checks
from verification.levels import AssuranceLevel
from verification.models import Evidence, EvidenceKind, PaperState

FOR_SOMEBODY_ELSE = frozenset({Capacity.AGENT, Capacity.PARENT, Capacity.COMPANY})
AUTHORITIES: dict[Capacity, tuple[Authority, ...]] = {
    Capacity.AGENT: (Authority.SIGNED_PERMISSION, Authority.POWER_OF_ATTORNEY, Authority.COURT_ORDER),
    Capacity.PARENT: (Authority.PARENT, Authority.GUARDIAN),
    Capacity.COMPANY: (Authority.OFFICER, Authority.ACCOUNT_MANAGER, Authority.SIGNED_PERMISSION),
}
# Our own record or a public register can show these, and a parent may have no paper at all. The others are papers.
SHOWN_WITHOUT_PAPER = frozenset({Authority.PARENT, Authority.OFFICER, Authority.ACCOUNT_MANAGER})


class AuthorityDecided(Exception):
    """The authority is decided already, or there is none to decide."""


class AuthorityUndecided(Exception):
    """The authority has to be decided first."""


class AuthorityUnread(Exception):
    """What shows the authority was not looked at. Its text tells the verifier what to do first."""


def of(submission: Submission) -> Representation | None:
    """Who acts for whom here, if anybody does."""
    return Representation.objects.select_related("contact_key").filter(submission=submission).first()


def waits_for_decision(submission: Submission) -> bool:
    """Whether a verifier still has to decide the authority. A request that needs no proof needs no authority."""
    standing = of(submission)
    needs = any(one.is_open and one.needs > AssuranceLevel.T0 for one in submission.rights_requests.all())
    return standing is not None and standing.accepted is None and needs


def was_told(submission: Submission) -> None:
    """A letter to the person whom somebody acts for is owed; the first one counts."""
    Representation.objects.filter(submission=submission, told_at=None).update(told_at=timezone.now())


def need_decided(submission: Submission) -> None:
    """Papers are destroyed with the decision on identity, so whoever decides that decides the authority first.
    Raises AuthorityUndecided."""
    if waits_for_decision(submission):
        raise AuthorityUndecided


def papers_of(submission: Submission) -> list[Evidence]:
    """The papers that show the authority, as far as they are still kept."""
    return checks.papers(submission.check_made, EvidenceKind.AUTHORITY) if submission.check_made else []


def has_read(submission: Submission, by: User) -> bool:
    """Whether this verifier has opened a paper since the last one came. A colleague's look does not count: the decision
    bears one name, and what that person saw is what it rests on."""
    papers = papers_of(submission)
    if not papers:
        return False
    looks = Event.objects.filter(about=papers[-1].check_made_id, kind="paper_looked_at", actor=by.as_actor)
    opened = {event.detail.get("paper") for event in looks.filter(at__gte=papers[-1].given_at)}
    return any(str(paper.pk) in opened for paper in papers)


def needs_reason(standing: Representation) -> bool:
    """Whether it can be accepted only with written words on how it was seen, since no paper shows it."""
    return standing.authority in SHOWN_WITHOUT_PAPER and not papers_of(standing.submission)


def why_not_decide(standing: Representation, *, accepted: bool, by: User, reason: str = "") -> str | None:
    """Why this verifier cannot decide it like this now, in words for staff; None if they can."""
    if papers_of(standing.submission):
        if has_read(standing.submission, by):
            return None
        return _("First open a paper. The decision rests on what you saw yourself since the last one came.")
    if not accepted:
        return None
    if standing.authority not in SHOWN_WITHOUT_PAPER:
        return _("No paper is here, so this cannot be accepted. Wait for one, or record “Not accepted”.")
    return None if reason.strip() else _("No paper is here. Write how you know that they may act.")


def wants_paper_since(submission: Submission) -> datetime | None:
    """Since when we wait for a paper that shows the authority; None where none is wanted, or one was given."""
    is_frozen = submission.rights_requests.exclude(frozen_at=None).exists()
    if is_frozen or not waits_for_decision(submission) or submission.check_made is None:
        return None
    again = Event.objects.filter(about=submission.pk, kind="authority_asked_again").order_by("-at").first()
    since = again.at if again else submission.received_at
    given = submission.check_made.evidence.filter(kind=EvidenceKind.AUTHORITY, given_at__gte=since)
    given = given.exclude(paper__state__in=[PaperState.REFUSED, PaperState.REMOVED])
    return None if given.exists() else max(since, submission.check_made.asked_at)


@in_turn
def give_papers(submission: Submission, uploads: Iterable[SealedUpload]) -> None:
    """The requester shows papers; more may follow until the authority is decided. Raises CheckNotAllowed."""
    if not waits_for_decision(submission) or submission.check_made is None:
        raise checks.CheckNotAllowed
    for upload in uploads:
        checks.give_file(submission.check_made, EvidenceKind.AUTHORITY, upload)


def why_not_answer(rights_request: RightsRequest) -> str | None:
    """Why the authority does not carry an answer, in words for staff; None if it does or none is needed."""
    if rights_request.needs is AssuranceLevel.T0 or rights_request.submission.capacity not in FOR_SOMEBODY_ELSE:
        return None
    standing = of(rights_request.submission)
    if standing is None or standing.accepted is None:
        return _("Somebody asks for another. A verifier first needs to decide whether they may.")
    if not standing.accepted or rights_request.right not in standing.covers:
        return _("The authority does not cover this request. Refuse it: it is not authorised (policy §6).")
    if standing.until_on and standing.until_on < timezone.localdate():
        return _("The authority has run out. Ask the requester for a new one.")
    return None


@in_turn
def decide(
    submission: Submission,
    accepted: bool,
    covers: Iterable[Right],
    until_on: date | None,
    *,
    by: User,
    reason: str = "",
) -> None:
    """A verifier has read the proof of authority: whether it stands, which rights it covers, and until when.

    Where papers are kept, who decides has opened one since the last came. Without a paper, what is itself a paper (a
    permission, a power of attorney, an order of a court or a guardian's) is not accepted; the others only with a
    reason, kept as an internal note. Raises AuthorityUnread, and AuthorityDecided when somebody was faster. Callers
    ask for the role `decide_authority` first.
    """
    undecided = Representation.objects.filter(submission=submission, accepted=None)
    standing = undecided.select_related("submission__check_made").first()
    if standing is None:
        raise AuthorityDecided
    if why_not := why_not_decide(standing, accepted=accepted, by=by, reason=reason):
        raise AuthorityUnread(why_not)
    rights = sorted(covers) if accepted else []
    changed = undecided.update(
        accepted=accepted, covers=rights, until_on=until_on, decided_by=by, decided_at=timezone.now()
    )
    if not changed:
        raise AuthorityDecided
    kind = "authority_accepted" if accepted else "authority_refused"
    made = record(submission.pk, kind, by=by.as_actor, covers=rights)
    if reason.strip():
        _keep_reason(submission, reason, by=by)
    letters.authority_decided(submission, f"authority:{made.pk}")
    if submission.check_made and submission.check_made.asked is AssuranceLevel.T1:
        checks.wait_anew(submission.check_made)  # until now no code could be asked for


def _keep_reason(submission: Submission, reason: str, *, by: User) -> None:
    """For staff alone, with the first request of the submission."""
    first = RightsRequest.objects.select_related("content_key").filter(submission=submission).earliest("reference")
    workflow.write(first, Direction.INTERNAL, _("How the authority was seen: %s") % reason, by=by)


@in_turn
def ask_anew(submission: Submission, *, by: User) -> None:
    """The authority was refused or has run out: better proof can be looked at. Raises AuthorityDecided."""
    decided = Representation.objects.filter(submission=submission, accepted__isnull=False)
    if not decided.update(accepted=None, covers=[], decided_by=None, decided_at=None):
        raise AuthorityDecided
    made = record(submission.pk, "authority_asked_again", by=by.as_actor)
    waiting.ask_for_proof(submission, f"authority:{made.pk}", by=by)
