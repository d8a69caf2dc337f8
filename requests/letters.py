"""What goes out to the requester: one function, one mail. Neutral subject, no right named, nothing typed echoed.

Mails of the case go to the address typed into the form. The notice that an answer is ready, and codes for it, go
to a contact on file wherever identity mattered (`releasing.goes_to_contact_on_file`).
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests import identity, references, releasing, words
from requests.models import Extension, Message, RightsRequest, Submission
from verification.models import Code, CodePurpose, ContactOnFile


def _page(submission: Submission) -> str:
    """Where every mail leads: the page that asks for reference and code, in the requester's language."""
    with override(submission.language):
        return settings.PUBLIC_URL + reverse("requests:sign_in")


def _in_words(submission: Submission, on: date) -> str:
    with override(submission.language):
        return words.day(on)


def _to_typed(submission: Submission, kind: str, key: str, **context: Any) -> list[Letter]:
    """A letter to the address typed into the form; none where no address was given."""
    if not submission.email:
        return []
    return [
        outbox.letter(
            kind,
            key=key,
            about=submission.pk,
            address=submission.email,
            address_key=submission.contact_key,
            language=submission.language,
            page=_page(submission),
            **context,
        )
    ]


def _to_contact_on_file(submission: Submission, contact: ContactOnFile, kind: str, key: str, **context: Any) -> None:
    outbox.owe(
        kind,
        key=key,
        about=submission.pk,
        address=contact.email,
        address_key=contact.contact_key,
        language=submission.language,
        page=_page(submission),
        **context,
    )


def receipt(submission: Submission, requests: list[RightsRequest], *, asks_identity: bool) -> list[Letter]:
    """What came in, when, and by when we answer. Not yet saved: it is written with the submission."""
    return _to_typed(
        submission,
        "receipt",
        f"{submission.pk}:receipt",
        received=_in_words(submission, submission.received_on),
        requests=[(references.spoken(one.reference), _in_words(submission, one.leading_on)) for one in requests],
        asks_identity=asks_identity,
    )


def code(submission: Submission, made: Code, digits: str, contact: ContactOnFile | None) -> None:
    """A one-time code, at most once. `contact` is where it goes; None for the address typed into the form."""
    address, address_key = (
        (contact.email, contact.contact_key) if contact else (submission.email, submission.contact_key)
    )
    outbox.owe(
        "check_code" if made.purpose == CodePurpose.CHECK else "code",
        key=f"code:{made.pk}",
        about=submission.pk,
        address=address,
        address_key=address_key,
        language=submission.language,
        code=digits,
        code_key=made.code_key,
        page=_page(submission),
    )


def contact_changed(submission: Submission, before: ContactOnFile) -> None:
    """The contact on file was replaced: told to the one before, which may be the only one that is really theirs."""
    _to_contact_on_file(submission, before, "contact_changed", f"contact_changed:{before.pk}")


def identity_task(submission: Submission, key: str) -> None:
    """Something waits for the requester on their page."""
    outbox.owe_all(_to_typed(submission, "task_waiting", key))


def check_result(submission: Submission, key: str) -> None:
    """Whether they showed who they are stands on their page."""
    outbox.owe_all(_to_typed(submission, "check_result", key))


def question(rights_request: RightsRequest, message: Message) -> None:
    """We have a question; it stands on their page."""
    submission = rights_request.submission
    outbox.owe_all(
        _to_typed(
            submission,
            "message_waiting",
            f"message:{message.pk}",
            reference=references.spoken(rights_request.reference),
        )
    )


def more_time(rights_request: RightsRequest, extension: Extension) -> None:
    """We need more time: until when, and why (policy §9)."""
    submission = rights_request.submission
    with override(submission.language):
        reason = str(words.EXTENSION_REASON_IN_LETTER[extension.reason])
    outbox.owe_all(
        _to_typed(
            submission,
            "more_time",
            f"extension:{extension.pk}",
            reference=references.spoken(rights_request.reference),
            until=_in_words(submission, extension.promised_on),
            reason=reason,
        )
    )


def answer_ready(rights_request: RightsRequest) -> None:
    """An answer is ready: no content, no right named. To a contact on file wherever identity mattered."""
    submission = rights_request.submission
    key = f"{rights_request.pk}:answer_ready:{rights_request.closed_at:%Y%m%d%H%M%S}"
    reference = references.spoken(rights_request.reference)
    if releasing.goes_to_contact_on_file(rights_request):
        contact = identity.contact_on_file(submission)
        assert contact is not None, "release is refused without one"
        _to_contact_on_file(submission, contact, "answer_ready", key, reference=reference)
    else:
        outbox.owe_all(_to_typed(submission, "answer_ready", key, reference=reference))


def closed(rights_request: RightsRequest) -> None:
    """A request was taken back."""
    outbox.owe_all(
        _to_typed(
            rights_request.submission,
            "closed",
            f"{rights_request.pk}:closed:{rights_request.closed_at:%Y%m%d%H%M%S}",
            reference=references.spoken(rights_request.reference),
        )
    )


def to_staff(kind: str, *, key: str, about, address: str, key_of_address: DataKey, **context: Any) -> Letter:
    """A mail of our own to staff or the mailbox. References and dates only. Not yet saved."""
    return outbox.letter(kind, key=key, about=about, address=address, address_key=key_of_address, **context)
