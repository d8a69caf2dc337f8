"""The pages behind the "not me" link, and those of coming back before anything is proven."""

from django.http import HttpResponseBase
from django.urls import reverse

from primevox_privacy.limits.models import hit
from requests.models import StopLink
from requests.models.submission import Whose
from requests.terms import Capacity
from requests.views.asking import HOUR
from requests.views.coming_back import SIGN_INS_AN_HOUR
from tests.situation import FROM_HERE, TYPED_TEXT, Situation, state


# --- This was not me -------------------------------------------------------------------------------------------
def _arrives(here: Situation, link: StopLink) -> HttpResponseBase:
    """As if the link of the mail had been followed, whose token nobody keeps."""
    session = here.browser.session
    session["not_me"] = str(link.pk)
    session.save()
    return here.opens("/not-me/")


def _from_the_receipt(here: Situation) -> HttpResponseBase:
    one = here.asks()
    return _arrives(here, StopLink.objects.get(submission=one.submission_id))


@state
def not_me(here: Situation) -> HttpResponseBase:
    return _from_the_receipt(here)


@state
def not_me_with_too_many_words(here: Situation) -> HttpResponseBase:
    _from_the_receipt(here)
    return here.sends("/not-me/", note="x" * 10_001)


@state
def not_me_done(here: Situation) -> HttpResponseBase:
    _from_the_receipt(here)
    return here.sends("/not-me/", note=TYPED_TEXT)


@state
def not_me_again(here: Situation) -> HttpResponseBase:
    not_me_done(here)
    return here.opens("/not-me/")


@state
def not_me_without_link(here: Situation) -> HttpResponseBase:
    return here.opens(reverse("requests:not_me", args=["0" * 32]))


@state
def not_wanted_by_rosa(here: Situation) -> HttpResponseBase:
    """In the mail to whom an agent acts for."""
    one = here.gia_asks(Capacity.AGENT)
    made = StopLink.objects.get(submission=one.submission_id)
    StopLink.objects.filter(pk=made.pk).update(whose=Whose.SUBJECT)
    return _arrives(here, made)


# --- Coming back, before anything is proven ----------------------------------------------------------------------
@state
def sign_in(here: Situation) -> HttpResponseBase:
    return here.opens("/your-request/")


@state
def sign_in_with_nothing(here: Situation) -> HttpResponseBase:
    return here.sends("/your-request/")


@state
def sign_in_with_a_slip(here: Situation) -> HttpResponseBase:
    return here.sends("/your-request/", reference="3F7-K2M-9PB")


@state
def too_many_attempts_to_come_back(here: Situation) -> HttpResponseBase:
    for _ in range(SIGN_INS_AN_HOUR):
        hit("sign-ins", FROM_HERE, HOUR)
    return _code_asked(here)


def _code_asked(here: Situation) -> HttpResponseBase:
    return here.sends("/your-request/", reference=here.asks().reference)


@state
def code(here: Situation) -> HttpResponseBase:
    return _code_asked(here)


@state
def code_sent_again(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    return here.sends("/your-request/code/again/")


@state
def code_to_a_contact_on_file(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    return here.sends("/your-request/code/on-file/")


@state
def code_with_a_slip(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    return here.sends("/your-request/code/", code="12")


@state
def code_that_does_not_match(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    return here.sends("/your-request/code/", code="000000")


@state
def code_for_the_last_time(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    for _ in range(4):
        here.sends("/your-request/code/", code="000000")
    return here.sends("/your-request/code/", code="000000")


@state
def code_out_of_date(here: Situation) -> HttpResponseBase:
    _code_asked(here)
    here.team.clock.shift(11 * 60)
    return here.sends("/your-request/code/", code="000000")


@state
def paper(here: Situation) -> HttpResponseBase:
    return here.opens("/your-request/paper/")


@state
def paper_with_nothing(here: Situation) -> HttpResponseBase:
    return here.sends("/your-request/paper/")


@state
def paper_that_does_not_fit(here: Situation) -> HttpResponseBase:
    return here.sends("/your-request/paper/", reference=here.asks().reference, code="4Q7HZ2KD9MXC0TRP")


@state
def paper_too_often(here: Situation) -> HttpResponseBase:
    one = here.asks()
    for _ in range(11):
        answer = here.sends("/your-request/paper/", reference=one.reference, code="4Q7HZ2KD9MXC0TRP")
    return answer


@state
def session_over(here: Situation) -> HttpResponseBase:
    one = here.asks()
    return here.sends(f"/your-request/{one.reference}/message/", message=TYPED_TEXT)
