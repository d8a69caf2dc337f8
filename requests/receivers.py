"""Who hears facts from other floors. Receivers only enqueue or create."""

from verification.models import Check
from verification.signals import check_decided


def connect() -> None:
    """Called once, when the app is ready."""
    check_decided.connect(tell_the_requester, dispatch_uid="tell_the_requester")


def tell_the_requester(sender: type[Check], check: Check, **kwargs) -> None:
    """Identity was decided: there is something new on the requester's page; papers that a hold keeps stay."""
    from requests import keeping, letters
    from requests.models import Submission

    submission = Submission.objects.select_related("contact_key").filter(check_made=check).first()
    if submission:
        keeping.settle(submission.pk)
        letters.check_result(submission, f"check:{check.pk}:{check.state}")
