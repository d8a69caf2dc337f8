"""What health asks of the vault."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from primevox_privacy.health.checks import Finding, State
from verification.codes import failed_lately
from verification.models import Certificate, Paper

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
MOST_FAILED_CODES = 50  # over the whole portal, within the life of a code


def certificates_are_written(now: datetime) -> Finding:
    """Who gave proof of identity has the certificate of its destruction a day later at the latest."""
    number = Certificate.objects.filter(finished_at=None, check_made__proof_key__emptied_at__lt=now - A_DAY).count()
    if not number:
        return Finding("certificates_owed", State.OK, _("Every destruction is certified."))
    said = ngettext(
        "%(number)d certificate of destruction has been owed for more than a day.",
        "%(number)d certificates of destruction have been owed for more than a day.",
        number,
    )
    return Finding("certificates_owed", State.RED, said % {"number": number})


def papers_are_drawn(now: datetime) -> Finding:
    """A paper is scanned and drawn anew within an hour; until then nobody can look at it."""
    number = Paper.objects.waiting().filter(given_at__lt=now - AN_HOUR).count()
    if not number:
        return Finding("papers_waiting", State.OK, _("Every paper is scanned and drawn anew."))
    said = ngettext(
        "%(number)d paper has waited for more than an hour to be drawn. Does the virus scanner answer?",
        "%(number)d papers have waited for more than an hour to be drawn. Does the virus scanner answer?",
        number,
    )
    return Finding("papers_waiting", State.RED, said % {"number": number})


def no_codes_are_guessed(now: datetime) -> Finding:
    """Many wrong codes at once are somebody who guesses, however few each single code allows."""
    failed = failed_lately()
    if failed <= MOST_FAILED_CODES:
        return Finding("codes_guessed", State.OK, _("Nobody seems to guess codes."))
    said = _("%(number)d wrong codes were typed within ten minutes. Somebody seems to guess: look who asks for codes.")
    return Finding("codes_guessed", State.RED, said % {"number": failed})
