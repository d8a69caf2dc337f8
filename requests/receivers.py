"""Who hears facts from other floors. Receivers only enqueue or create."""

from primevox_privacy.celery import ring
from primevox_privacy.outbox.models import Letter
from primevox_privacy.outbox.signals import letters_left
from verification.models import Check, CheckState, Paper
from verification.signals import check_decided, paper_refused


def connect() -> None:
    """Called once, when the app is ready."""
    check_decided.connect(tell_the_requester, dispatch_uid="tell_the_requester")
    paper_refused.connect(ask_for_another, dispatch_uid="ask_for_another")
    letters_left.connect(count_what_was_told, dispatch_uid="count_what_was_told")


def count_what_was_told(sender: type[Letter], **kwargs) -> None:
    """Whoever reads of a new date in a letter finds it on their page, and not the one before."""
    ring("requests.tasks.count_extensions_told")


def tell_the_requester(sender: type[Check], check: Check, **kwargs) -> None:
    """Identity was decided: there is something new on the requester's page, papers that a hold keeps stay, and the
    clock of a law that waits for proof begins."""
    from requests import clock, identity, keeping, letters
    from requests.models import Submission

    submission = Submission.objects.select_related("contact_key").filter(check_made=check).first()
    if submission:
        keeping.settle(submission.pk)
        for one in submission.rights_requests.open():
            if clock.waits_for_answers(one):
                clock.set_dates(one)
        letters.identity_shown(submission)
        if check.state != CheckState.PASSED or not identity.typed_is_on_file(submission):
            letters.check_result(submission, f"check:{check.pk}:{check.state}")  # else the one before says it all


def ask_for_another(sender: type[Paper], paper: Paper, check: Check, **kwargs) -> None:
    """A paper could not be used: why, and that another can be sent, stands on the requester's page."""
    from requests import letters
    from requests.models import Submission

    submission = Submission.objects.select_related("contact_key").filter(check_made=check).first()
    if submission and not check.is_decided:
        letters.task(submission, f"paper:{paper.pk}")
