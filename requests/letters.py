"""What goes out to the requester: one function, one mail. Neutral subject, no right named, nothing typed echoed.

Mails of the case go to the address typed into the form. The notice that an answer is ready, and codes for it, go
to a contact on file wherever identity mattered (`releasing.goes_to_contact_on_file`). Every letter that may be the
first one to reach a contact carries a "this was not me" link.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.sealed.models import DataKey
from requests import about_whom, identity, links, post, references, releasing, told_first, words
from requests.models import Appeal, Message, Representation, RightsRequest, StopLink, Submission
from requests.models.submission import Whose
from requests.terms import Ending, ExtensionReason
from verification.models import CheckState, Code, CodePurpose, ContactOnFile

EVEN_IF_FROZEN = ("receipt", "code")


def _page(submission: Submission, *, by_post: bool = False) -> str:
    """Where every mail leads: the page that asks for reference and code, in the requester's language. On paper, the one
    that takes a code on paper."""
    with override(submission.language):
        return settings.PUBLIC_URL + reverse("requests:paper" if by_post else "requests:sign_in")


def _in_words(submission: Submission, on: date) -> str:
    with override(submission.language):
        return words.day(on)


def _references_of(submission: Submission) -> list[str]:
    """All that was asked together, as it is said on the telephone."""
    of_it = submission.rights_requests.order_by("reference").values_list("reference", flat=True)
    return [references.spoken(one) for one in of_it]


def _to_typed(submission: Submission, kind: str, key: str, **context: Any) -> list[Letter]:
    """A letter to the address typed into the form, by post where there is no other; none where no address was given,
    and none while the submission is frozen, but for a code that somebody asked for."""
    by_post = post.goes_by_post(submission) and "code" not in context  # which would be too old on arrival
    if not (submission.email or by_post) or (kind not in EVEN_IF_FROZEN and _is_frozen(submission)):
        return []
    address = f"{submission.name or ''}\n{submission.postal_address}".strip() if by_post else submission.email
    return [_letter(submission, address, submission.contact_key, kind, key, by_post=by_post, **context)]


def _is_frozen(submission: Submission) -> bool:
    return RightsRequest.objects.filter(submission=submission, frozen_at__isnull=False).exists()


def _letter(submission: Submission, address: str, key_of: DataKey, kind: str, key: str, **context: Any) -> Letter:
    return outbox.letter(
        kind,
        key=key,
        about=submission.pk,
        address=address,
        address_key=key_of,
        language=submission.language,
        page=_page(submission, by_post=context.get("by_post", False)),
        about_whom=about_whom.of(submission.capacity),
        **context,
    )


def _to_contact_on_file(submission: Submission, contact: ContactOnFile, kind: str, key: str, **context: Any) -> None:
    """A letter to a contact of the controller's own record, with a link to stop everything."""
    link, not_me = links.new(submission, Whose.ON_FILE, contact.contact_key)
    made = _letter(submission, contact.email, contact.contact_key, kind, key, not_me=not_me, **context)
    _owe_with_link(made, link)


def _owe_with_link(letter: Letter, link: StopLink) -> None:
    """A letter that is owed already keeps the link that it has."""
    if not Letter.objects.filter(key=letter.key).exists():
        link.save(force_insert=True)
        outbox.owe_all([letter])


def receipt_key(submission: Submission) -> str:
    return f"{submission.pk}:receipt"


def receipt(
    submission: Submission, requests: list[RightsRequest], *, asks_identity: bool
) -> tuple[list[Letter], list[StopLink]]:
    """What came in, when, and by when we answer, with its link. Neither is saved yet: both are written with the
    submission."""
    link, not_me = links.new(submission, Whose.TYPED, submission.contact_key)
    made = _to_typed(
        submission,
        "receipt",
        receipt_key(submission),
        received=_in_words(submission, submission.received_on),
        requests=[(references.spoken(one.reference), _in_words(submission, one.leading_on)) for one in requests],
        asks_identity=asks_identity,
        not_me=not_me,
    )
    return made, [link] if made and not made[0].by_post else []  # nobody types such a link: paper names a number


def to_the_person_acted_for(
    standing: Representation, requests: list[RightsRequest]
) -> tuple[list[Letter], list[StopLink]]:
    """Somebody asks in your name (policy §8): to the address that they named. Neither is saved yet."""
    if not standing.subject_email:
        return [], []
    submission = standing.submission
    link, not_me = links.new(submission, Whose.SUBJECT, standing.contact_key)
    key = f"{submission.pk}:acted_for:named"
    made = _letter(
        submission,
        standing.subject_email,
        standing.contact_key,
        "acted_for",
        key,
        not_me=not_me,
        references=[references.spoken(one.reference) for one in requests],
    )
    return [made], [link]


def somebody_acts_for_you(submission: Submission, contact: ContactOnFile) -> None:
    """The same to the contact of our own record, which is surely theirs."""
    if Representation.objects.filter(submission=submission).exists():
        key = f"{submission.pk}:acted_for:{contact.pk}"
        _to_contact_on_file(submission, contact, "acted_for", key, references=_references_of(submission))


def code(submission: Submission, made: Code, digits: str, contact: ContactOnFile | None) -> None:
    """A one-time code, at most once. `contact` is where it goes; None for the address typed into the form."""
    context: dict[str, Any] = {"code": digits, "code_key": made.code_key}
    key = f"code:{made.pk}"
    if contact is None:
        outbox.owe_all(_to_typed(submission, "code", key, **context))
    else:
        kind = "check_code" if made.purpose == CodePurpose.CHECK else "code_on_file"
        _to_contact_on_file(submission, contact, kind, key, **context)


def contact_changed(submission: Submission, before: ContactOnFile) -> None:
    """The contact on file was replaced: told to the one before, which may be the only one that is really theirs."""
    _to_contact_on_file(submission, before, "contact_changed", told_first.changed_key(before))


def codes_of_both(submission: Submission, old: tuple[Code, str] | None, new: tuple[Code, str], address: str) -> None:
    """How we reach somebody is to change: a code to the address until now, with a link to stop everything, and one to
    the new address."""
    if old:
        link, not_me = links.new(submission, Whose.TYPED, submission.contact_key)
        context: dict[str, Any] = {"code": old[1], "code_key": old[0].code_key, "not_me": not_me}
        _owe_all_with_link(_to_typed(submission, "code_of_old", f"code:{old[0].pk}", **context), link)
    context = {"code": new[1], "code_key": new[0].code_key}
    made = _letter(submission, address, submission.contact_key, "code_of_new", f"code:{new[0].pk}", **context)
    outbox.owe_all([made])


def contact_change_waits(submission: Submission, key: str) -> None:
    """Somebody wants to be reached elsewhere and cannot show both addresses: to the address until now, which may be
    the only one that is really theirs, and to our own mailbox."""
    link, not_me = links.new(submission, Whose.TYPED, submission.contact_key)
    _owe_all_with_link(_to_typed(submission, "contact_asked", f"{key}:asked", not_me=not_me), link)
    outbox.owe_to_us("contact_change_waits", key=f"{key}:waits", references=_references_of(submission))


def contact_replaced(submission: Submission, key: str) -> None:
    """From now on we write elsewhere: told to the address until now."""
    link, not_me = links.new(submission, Whose.TYPED, submission.contact_key)
    _owe_all_with_link(_to_typed(submission, "contact_replaced", key, not_me=not_me), link)


def contact_is_here(submission: Submission, key: str) -> None:
    """From now on we write here: told to the new address."""
    link, not_me = links.new(submission, Whose.TYPED, submission.contact_key)
    _owe_all_with_link(_to_typed(submission, "contact_is_here", key, not_me=not_me), link)


def contact_stays(submission: Submission, key: str) -> None:
    """We could not be sure who wanted to be reached elsewhere, so nothing has changed."""
    outbox.owe_all(_to_typed(submission, "contact_stays", key))


def _owe_all_with_link(made: list[Letter], link: StopLink) -> None:
    for letter in made:
        _owe_with_link(letter, link)


def identity_shown(submission: Submission) -> None:
    """Identity was shown: told to the contact of our own record, which is surely theirs, and to every other that the
    customer record has of them, each with a link to stop everything (policy §8)."""
    check, contact = submission.check_made, identity.contact_on_file(submission)
    if check and contact and check.state == CheckState.PASSED:
        key, said = told_first.letter_key(check, contact), {"references": _references_of(submission)}
        asked_here = identity.typed_is_on_file(submission)
        _to_contact_on_file(submission, contact, "identity_shown", key, asked_here=asked_here, **said)
        for address in told_first.others_on_file(submission, check, contact):
            link, not_me = links.new(submission, Whose.ON_FILE, contact.contact_key)
            key = told_first.letter_key(check, contact, blind_index("told", address)[:16])
            made = _letter(submission, address, contact.contact_key, "identity_shown", key, not_me=not_me, **said)
            _owe_with_link(made, link)


def task(submission: Submission, key: str, until: date | None = None) -> Letter | None:
    """Something waits for the requester on their page: proof to show, or a fee to accept or not. `until`: the new
    target that gives them time for it."""
    until_in_words = _in_words(submission, until) if until else ""
    return _owe_one(_to_typed(submission, "task_waiting", key, until=until_in_words))


def closing_notice(submission: Submission, key: str, closes_on: date, until: date | None) -> Letter | None:
    """The last reminder: without an answer we may close, seven days from now. `until`: as above."""
    closes_in_words, until_in_words = _in_words(submission, closes_on), _in_words(submission, until) if until else ""
    return _owe_one(_to_typed(submission, "closing_notice", key, closes_on=closes_in_words, until=until_in_words))


def check_result(submission: Submission, key: str) -> None:
    """Whether they showed who they are stands on their page."""
    outbox.owe_all(_to_typed(submission, "check_result", key))


def authority_decided(submission: Submission, key: str) -> None:
    """Whether they may act for the other person stands on their page."""
    outbox.owe_all(_to_typed(submission, "authority_decided", key))


def _owe_one(owed: list[Letter]) -> Letter | None:
    """Owe it; None where no mail goes."""
    outbox.owe_all(owed)
    return owed[0] if owed else None


def question(rights_request: RightsRequest, message: Message, until: date | None) -> Letter | None:
    """We have a question; it stands on their page. `until`: the new target that gives them time for the answer."""
    submission = rights_request.submission
    return _owe_one(
        _to_typed(
            submission,
            "message_waiting",
            f"message:{message.pk}",
            reference=references.spoken(rights_request.reference),
            until=_in_words(submission, until) if until else "",
        )
    )


def message(rights_request: RightsRequest, written: Message) -> None:
    """We wrote to you; it stands on your page."""
    reference = references.spoken(rights_request.reference)
    outbox.owe_all(_to_typed(rights_request.submission, "message", f"message:{written.pk}", reference=reference))


def receipt_changed(submission: Submission, moved: list[RightsRequest], key: str) -> None:
    """We had written down the wrong day of receipt: the right one, and the dates that moved with it."""
    outbox.owe_all(
        _to_typed(
            submission,
            "receipt_changed",
            key,
            received=_in_words(submission, submission.received_on),
            requests=[(references.spoken(one.reference), _in_words(submission, one.leading_on)) for one in moved],
        )
    )


def more_time(one: RightsRequest | Appeal, why: ExtensionReason, until: date) -> Letter | None:
    """We need more time for a request or a second look: until when, and why (policy §9)."""
    submission = _submission_of(one)
    with override(submission.language):
        reason = str(words.EXTENSION_REASON_IN_LETTER[why])
    return _owe_one(
        _to_typed(
            submission,
            "more_time",
            f"extension:{one.pk}:{until:%Y%m%d}:{timezone.now():%Y%m%d%H%M%S}",
            reference=references.spoken(one.reference),
            until=_in_words(submission, until),
            reason=reason,
        )
    )


def _submission_of(one: RightsRequest | Appeal) -> Submission:
    return one.rights_request.submission if isinstance(one, Appeal) else one.submission


def progress(one: RightsRequest | Appeal, key: str) -> None:
    """We took more time, and are still at it: by when we answer (policy §9)."""
    submission = _submission_of(one)
    reference, until = references.spoken(one.reference), _in_words(submission, one.leading_on)
    outbox.owe_all(_to_typed(submission, "progress", key, reference=reference, until=until))


def _to_whom_answers_go(rights_request: RightsRequest, kind: str, key: str, **context: Any) -> None:
    """To a contact on file wherever identity mattered; else to the address typed into the form."""
    submission = rights_request.submission
    context["reference"] = references.spoken(rights_request.reference)
    contact = identity.contact_on_file(submission)
    if releasing.goes_to_contact_on_file(rights_request):
        assert contact is not None, "release is refused without one"
        _to_contact_on_file(submission, contact, kind, key, **context)
        if not identity.typed_is_on_file(submission):
            outbox.owe_all(_to_typed(submission, "answered_elsewhere", f"{key}:typed", **context))
    else:
        outbox.owe_all(_to_typed(submission, kind, key, **context))


def answer_ready(rights_request: RightsRequest) -> None:
    """An answer is ready: no content, no right named. To a contact on file wherever identity mattered; the address
    typed into the form then learns only that it went there."""
    key = f"{rights_request.pk}:answer_ready:{rights_request.closed_at:%Y%m%d%H%M%S}"
    _to_whom_answers_go(rights_request, "answer_ready", key)


def files_go(rights_request: RightsRequest, key: str, ends_on: date) -> None:
    """The files of an answer go soon."""
    _to_whom_answers_go(rights_request, "files_go", key, ends_on=_in_words(rights_request.submission, ends_on))


def appeal_received(appeal: Appeal) -> None:
    """We look again: the reference and the date of the second look."""
    submission = appeal.rights_request.submission
    outbox.owe_all(
        _to_typed(
            submission,
            "appeal_received",
            f"appeal:{appeal.pk}",
            reference=references.spoken(appeal.reference),
            until=_in_words(submission, appeal.leading_on),
        )
    )


def appeal_decided(appeal: Appeal) -> None:
    """The second look is done; what it came to stands on their page."""
    _to_whom_answers_go(appeal.rights_request, "appeal_decided", f"appeal:{appeal.pk}:decided")


def undone(rights_request: RightsRequest) -> None:
    """A request that was taken back or joined stands again where it stood."""
    outbox.owe_all(
        _to_typed(
            rights_request.submission,
            "undone",
            f"{rights_request.pk}:undone:{timezone.now():%Y%m%d%H%M%S}",
            reference=references.spoken(rights_request.reference),
        )
    )


def closed(rights_request: RightsRequest) -> None:
    """A request was closed without an answer of its own: taken back, joined with another, or not theirs."""
    outbox.owe_all(
        _to_typed(
            rights_request.submission,
            "closed_not_you" if rights_request.ending == Ending.NOT_YOU else "closed",
            f"{rights_request.pk}:closed:{rights_request.closed_at:%Y%m%d%H%M%S}",
            reference=references.spoken(rights_request.reference),
        )
    )


def stopped(submission: Submission, key: str) -> None:
    """Somebody said "this was not me": to our own mailbox, at once."""
    outbox.owe_to_us("stopped", key=key, references=_references_of(submission))


def looks(key: str, since: date, found: list[tuple[str, int, int]]) -> None:
    """Who looked at proof of identity how often: to our own mailbox."""
    outbox.owe_to_us("looks", key=key, since=since, found=found)


def wrote_after_closing(rights_request: RightsRequest, written: Message) -> None:
    """Somebody wrote about a request that no queue shows any more: to our own mailbox."""
    reference = references.spoken(rights_request.reference)
    outbox.owe_to_us("wrote_after_closing", key=f"message:{written.pk}", reference=reference)


def no_decider(appeal: Appeal) -> None:
    """Nobody here may decide this appeal: to our own mailbox, once."""
    reference, until = references.spoken(appeal.reference), appeal.leading_on
    outbox.owe_to_us("no_decider", key=f"appeal:{appeal.pk}:no_decider", reference=reference, until=until)
