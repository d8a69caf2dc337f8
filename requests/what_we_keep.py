"""What the portal keeps of people, and until when, in words. Every number comes from where it is decided. A test looks
whether each life has its line, and whether each number of `retention.py` is said.
"""

from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from primevox_privacy.limits.models import KEPT as COUNTED
from primevox_privacy.sealed.lives import Life
from requests import retention
from verification.codes import LIFETIME

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Line(NamedTuple):
    """One kind of data. `lives`: the data keys under which it lies; none for what lies under no key."""

    lives: tuple[Life, ...]
    what: str
    until: str


def lines() -> list[Line]:
    """In the language in use, in the order in which things happen."""
    return [*_asking(), *_showing_who(), *_answered(), *_customers()]


def _asking() -> list[Line]:
    days = {"days": retention.CONTACT_AFTER_CLOSING.days}
    return [
        Line(
            (Life.DRAFT,),
            _("Answers and messages that you typed but did not send"),
            _("%(days)s days after you last typed") % {"days": retention.DRAFT.days},
        ),
        Line(
            (Life.CONTACT,),
            _("Your name, e-mail address, telephone number, postal address, and the mails we sent you"),
            _(
                "%(days)s days after your last request is closed. Longer while you can ask us to look again, while we "
                "look again, or while files wait for you."
            )
            % days,
        ),
        Line(
            (Life.CONTENT,),
            _("What you wrote, files you sent with a message, our messages, and our notes"),
            _("As long as your name and e-mail address: %(days)s days after your last request is closed, or longer.")
            % days,
        ),
        Line(
            (Life.SIGN_IN_CODE,),
            _("Codes we send you to sign in"),
            _("Until you use them, or %(minutes)s minutes") % {"minutes": LIFETIME // MINUTE},
        ),
        Line(
            (),
            _("References typed to sign in, and scrambled network addresses that we count against misuse"),
            _("%(days)s days") % {"days": COUNTED.days},
        ),
    ]


def _showing_who() -> list[Line]:
    return [
        Line(
            (Life.PROOF,),
            _("Facts you give to show who you are"),
            _("The day your last request is closed. %(hours)s hours later if you took it back.")
            % {"hours": retention.UNDO // HOUR},
        ),
        Line(
            (Life.DOCUMENT,),
            _("Papers you send, such as a photo of a document"),
            _(
                "What you sent: until we have drawn a clean copy of it. The copy: until we have decided who you are, "
                "or whose data it is. At the latest with the facts above."
            ),
        ),
        Line(
            (Life.RECORD,),
            _("A signed statement, only where the law wants it kept"),
            _("%(months)s months after the request is closed. We tell you before you sign.")
            % {"months": retention.RECORD_MONTHS},
        ),
    ]


def _answered() -> list[Line]:
    return [
        Line(
            (Life.PACKAGE,),
            _("Files we give you with an answer"),
            _("%(days)s days after we told you of them. %(longer)s days if you ask for longer.")
            % {"days": retention.PACKAGE.days, "longer": 2 * retention.PACKAGE.days},
        ),
        Line(
            (Life.RECORD,),
            _("Our letters, what you asked for, the dates, the outcome, and how sure we were that it was you"),
            _("%(months)s months after the request is closed. Then only figures without you remain.")
            % {"months": retention.RECORD_MONTHS},
        ),
    ]


def _customers() -> list[Line]:
    told = retention.POLICY_NOTICE + retention.POLICY_LETTER
    return [
        Line(
            (Life.CUSTOMER,),
            _(
                "If you are a customer: a copy of your name, account number, contacts, service address and start. We "
                "compare it with what you show us."
            ),
            _("Until you are no longer in our customer records"),
        ),
        Line(
            (Life.CONTACT,),
            _("If you are a customer and our privacy policy changed: the mail in which we told you"),
            _("%(days)s days after the change took effect") % {"days": told.days},
        ),
    ]
