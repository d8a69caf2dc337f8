"""Every page of the requester. Addresses carry no secret and no name of a right that was asked."""

from django.urls import path, register_converter

from requests.references import normalised
from requests.terms import Right
from requests.views import answers, asking, coming_back, pages

app_name = "requests"


class ReferenceConverter:
    """A reference with a fitting check character."""

    regex = "[0-9A-Z]{9}"

    def to_python(self, value: str) -> str:
        if normalised(value) != value:
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        return value


class RightConverter:
    """One of the rights, with dashes: `/ask/opt-out/`."""

    regex = "|".join(right.replace("_", "-") for right in Right)

    def to_python(self, value: str) -> Right:
        return Right(value.replace("-", "_"))

    def to_url(self, value: Right) -> str:
        return value.replace("_", "-")


register_converter(ReferenceConverter, "reference")
register_converter(RightConverter, "right")

urlpatterns = [
    path("", asking.start, name="start"),
    path("ask/", asking.rights, name="ask"),
    path("ask/details/", asking.details, name="ask_details"),
    path("ask/where/", asking.where, name="ask_where"),
    path("ask/reach/", asking.reach, name="ask_reach"),
    path("ask/check/", asking.check, name="ask_check"),
    path("ask/sent/", asking.sent, name="sent"),
    path("ask/opt-out/", asking.opt_out, name="opt_out"),
    path("ask/<right:right>/", asking.rights, name="ask_one"),
    path("your-request/", coming_back.ask_for_code, name="sign_in"),
    path("your-request/code/", coming_back.enter_code, name="code"),
    path("your-request/code/again/", coming_back.send_again, name="code_again"),
    path("your-request/all/", coming_back.show_hub, name="hub"),
    path("your-request/all/identity/", coming_back.show_identity, name="identity"),
    path("your-request/all/identity/code/", answers.identity_code, name="identity_code"),
    path("your-request/leave/", coming_back.sign_out, name="sign_out"),
    path("your-request/<reference:reference>/message/", coming_back.message, name="message"),
    path("your-request/<reference:reference>/withdraw/", coming_back.withdraw, name="withdraw"),
    path("your-request/<reference:reference>/answer/", answers.answer, name="answer"),
    path("your-request/<reference:reference>/answer/open/", answers.open_answer, name="open_answer"),
    path("your-request/<reference:reference>/answer/code/", answers.answer_code, name="answer_code"),
    path("check/", answers.check_signed, name="check_signed"),
    path("privacy/", pages.privacy_notice, name="privacy_notice"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("other-ways/", pages.other_ways, name="other_ways"),
]
