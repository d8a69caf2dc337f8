"""The mail that the demo sent, and the codes with which its staff sign in. These pages exist only in the demo."""

import email
import email.policy
from pathlib import Path

from allauth.mfa import app_settings
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests import demo
from requests.access import anyone

SHOWN = 50


@anyone
@require_safe
def sent_mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first, as text."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda path: path.stat().st_mtime)
    mails = [mail for path in reversed(files) for mail in reversed(_mails(path))]
    return render(request, "requests/demo_mail.html", {"mails": mails[:SHOWN], "many": len(mails) > SHOWN})


@anyone
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """What an authenticator app would show: each code works once for each person, so there are three at a time."""
    steps = totp.yield_hotp_counters_from_time()
    shown = [totp.format_hotp_value(totp.hotp_value(demo.seed(), step)) for step in steps]
    context = {"codes": [shown[1], shown[2], shown[0]], "seconds": app_settings.TOTP_PERIOD, "staff": demo.STAFF}
    response = render(request, "requests/demo_codes.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _mails(path: Path) -> list[dict[str, str]]:
    """Django's file backend writes several mails into one file, with a line of dashes after each."""
    found = []
    for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
        if raw.strip():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            body = message.get_body(("plain",))
            found.append(
                {
                    "to": str(message["To"]),
                    "subject": str(message["Subject"]),
                    "date": str(message["Date"]),
                    "text": body.get_content() if body else "",
                }
            )
    return found
