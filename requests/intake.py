"""Taking a submission in: one transaction writes it with its requests, dates, events and the receipt it owes.

The page says "received" only after this has committed. Neither mail server nor broker is asked for anything.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from primevox_privacy.ledger.models import Event, event
from primevox_privacy.limits.models import hit
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import (
    acting_for,
    assurance,
    clock,
    continuation,
    deadlines,
    details,
    found_by,
    letters,
    levels,
    receipts,
    references,
)
from requests.details import Given
from requests.models import Draft, DueDate, Representation, RightsRequest, StopLink, Submission
from requests.regimes import zone_of
from requests.terms import Authority, Capacity, Channel, Right
from requests.workflow import REQUESTER
from verification import checks
from verification.levels import AssuranceLevel

RECEIPT_SHOWN_FOR = timedelta(hours=1)  # in the same browser; then reference and code lead to the same facts
CODE_ON_RECEIPT = "continuation_code"  # for people without mail, sealed with the draft for that hour
MAILS_A_DAY = 3  # receipts to one mailbox; more submissions are taken as usual, and one more mail stands for them all
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Acting:
    """For whom somebody else asks, and on what authority."""

    subject_name: str
    authority: Authority
    subject_email: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Asked:
    """What a person asks, through whichever door."""

    rights: tuple[Right, ...]
    details: dict[Right, Given] = field(default_factory=dict)
    wishes: dict[Right, str] = field(default_factory=dict)  # plain text, from doors without our questions
    about_marketing: bool = False
    signal_seen: bool = False
    residence: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    also_known_by: str = ""
    postal_address: str = ""
    encounter: str = ""
    acting: Acting | None = None
    language: str = "en"
    channel: Channel = Channel.WEB
    capacity: Capacity = Capacity.SELF

    @classmethod
    def from_draft(cls, answers: dict[str, Any], language: str, *, signal_seen: bool = False) -> "Asked":
        """The answers of the question pages. An opt-out alone brings its address or number, and nothing else."""
        rights = tuple(Right(value) for value in answers.get("rights", ()))
        said = {right: details.without_empty(given) for right, given in details.of_draft(answers).items()}
        typed = {name: answers.get(name, "") for name in TYPED}
        if rights == (Right.OPT_OUT,):
            to_stop = said.get(Right.OPT_OUT, {}).get("opt_out", "")
            typed = {"email": to_stop} if "@" in to_stop else {"phone": to_stop}
        else:
            typed |= {"capacity": Capacity(answers.get("capacity", Capacity.SELF)), "acting": _acting(answers)}
        return cls(
            rights=rights,
            details={right: given for right, given in said.items() if right in rights},
            language=language,
            signal_seen=signal_seen,
            **typed,
        )

    def parts(self) -> list[tuple[Right, bool, Given]]:
        """Each request that this makes: its right, whether it is about direct marketing, and what was said."""
        return [
            (right, about_marketing, given)
            for right in self.rights
            for about_marketing, given in details.parts(
                right, self.details.get(right, {}), about_marketing=self.about_marketing
            )
        ]


TYPED = ("residence", "name", "email", "phone", "also_known_by", "postal_address", "encounter")


def _acting(answers: dict[str, Any]) -> Acting | None:
    """Whom the person acts for, from the answers of the question pages."""
    if answers.get("capacity", Capacity.SELF) not in acting_for.FOR_SOMEBODY_ELSE:
        return None
    days = {name: date.fromisoformat(answers[name]) for name in ("from_on", "until_on") if answers.get(name)}
    return Acting(
        subject_name=answers.get("subject_name", ""),
        subject_email=answers.get("subject_email", ""),
        authority=Authority(answers["authority"]),
        **days,
    )


def send_draft(draft_id: uuid.UUID, language: str, *, signal_seen: bool = False) -> Submission | None:
    """Send what a draft holds. Sending again gives the same submission; None where there is no such draft."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).select_related("draft_key").filter(pk=draft_id).first()
        if draft is None:
            return None
        if draft.submission_id:
            return draft.submission
        asked = Asked.from_draft(draft.answers or {}, language, signal_seen=signal_seen)
        submission = take_in(asked, synthetic=draft.synthetic)
        draft.submission, draft.answers = submission, None
        if not submission.email:
            draft.answers = {CODE_ON_RECEIPT: continuation.replace(submission, by=REQUESTER)}
            DataKey.objects.filter(pk=draft.draft_key_id).update(ends_at=timezone.now() + RECEIPT_SHOWN_FOR)
        draft.save(update_fields=["submission", "answers"])
    return submission


@transaction.atomic
def take_in(
    asked: Asked,
    *,
    received_at: datetime | None = None,
    as_id: uuid.UUID | None = None,
    with_receipt: bool = True,
    synthetic: bool = False,
) -> Submission:
    """Write a submission with one request for each right, all in one transaction.

    `received_at` is when it reached us, by any door; now, unless it came by telephone or post before. `as_id` is the
    id that it gets, where a page named one so that sending twice is once. `with_receipt`: whether it is owed
    at once. `synthetic`: the portal asks itself, so it is counted against no mailbox, and in no figure.
    """
    now = received_at or timezone.now()
    submission = Submission(
        id=as_id or uuid.uuid4(),
        channel=asked.channel,
        capacity=asked.capacity,
        language=asked.language,
        residence=asked.residence,
        received_at=now,
        received_on=deadlines.received_on(now, zone_of(asked.residence or None)),
        name=asked.name or None,
        name_index=found_by.name(asked.name),
        email=asked.email or None,
        email_index=found_by.email(asked.email),
        phone=asked.phone or None,
        phone_index=found_by.phone(asked.phone),
        also_known_by=asked.also_known_by or None,
        postal_address=asked.postal_address or None,
        encounter=asked.encounter or None,
        signal_seen=asked.signal_seen,
    )
    submission.contact_key = DataKey.make(submission.pk, Life.CONTACT)
    submission.content_key = DataKey.make(submission.pk, Life.CONTENT)
    requests, due_dates = _requests_of(asked, submission, synthetic=synthetic)
    submission.signed_receipt = receipts.sign(submission, requests)
    keys = [submission.contact_key, submission.content_key, *(one.record_key for one in requests)]
    needed = max(one.needs for one in requests)
    if needed > AssuranceLevel.T0:
        submission.check_made = checks.begin(submission.pk, needed)
        keys.append(submission.check_made.proof_key)
    shows_more = needed > AssuranceLevel.T1 or (needed > AssuranceLevel.T0 and asked.acting is not None)
    owed, stop_links = letters.receipt(submission, requests, asks_identity=shows_more)
    is_flooded = (
        owed
        and submission.email
        and not synthetic
        and hit("receipts", submission.email_index, ONE_DAY) > MAILS_A_DAY + 1
    )
    if is_flooded or not with_receipt:
        owed, stop_links = [], []
    standing = _representation(asked.acting, submission, timezone.now()) if asked.acting else None
    if standing and standing.told_at and hit("receipts", standing.subject_email_index, ONE_DAY) <= MAILS_A_DAY:
        told, their_links = letters.to_the_person_acted_for(standing, requests)
        owed, stop_links = owed + told, stop_links + their_links

    DataKey.objects.bulk_create(keys)
    if submission.check_made:
        submission.check_made.save(force_insert=True)
    submission.save(force_insert=True)
    RightsRequest.objects.bulk_create(requests)
    DueDate.objects.bulk_create(due_dates)
    Event.objects.bulk_create(
        event(one.pk, "received", by="requester", right=one.right, channel=submission.channel) for one in requests
    )
    if standing:
        standing.save(force_insert=True)
    if owed:
        StopLink.objects.bulk_create(stop_links)
        outbox.owe_all(owed)
    return submission


def _representation(acting: Acting, submission: Submission, now: datetime) -> Representation:
    email = acting.subject_email
    return Representation(
        submission=submission,
        contact_key=submission.contact_key,
        subject_name=acting.subject_name or None,
        subject_email=email or None,
        subject_email_index=found_by.email(email),
        authority=acting.authority,
        from_on=acting.from_on,
        until_on=acting.until_on,
        told_at=now if email else None,
    )


def _requests_of(asked: Asked, submission: Submission, *, synthetic: bool) -> tuple[list[RightsRequest], list[DueDate]]:
    requests, due_dates = [], []
    rules = levels.rules_for(asked.rights, asked.capacity)
    for right, about_marketing, given in asked.parts():
        rule = assurance.marketing_rule(asked.capacity) if about_marketing else rules[right]
        one = RightsRequest(
            reference=references.new_reference(),
            submission=submission,
            synthetic=synthetic,
            right=right,
            about_marketing=about_marketing,
            content_key=submission.content_key,
            details=given or None,
            wish=asked.wishes.get(right) or None,
            level=rule.level,
            level_rule=rule.name,
            received_on=submission.received_on,
        )
        one.record_key = DataKey.make(one.pk, Life.RECORD)
        due_dates += clock.due_rows(one, clock.schedule_of(one))
        requests.append(one)
    return requests, due_dates
