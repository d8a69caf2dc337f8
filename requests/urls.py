"""Every page of the requester. Addresses carry no secret and no name of a right that was asked."""

from django.urls import include, path, register_converter

from requests.references import normalised
from requests.terms import Right
from requests.views import (
    answers,
    appealing,
    asking,
    authority,
    changing_contact,
    coming_back,
    documents,
    fees,
    files,
    on_paper,
    opting_out,
    pages,
    receipt,
    still_there,
    stopping,
    undoing,
)

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
    path("ask/details/", asking.all_details, name="all_details"),
    path("ask/details/<int:number>/", asking.details, name="ask_details"),
    path("ask/who/", asking.who, name="ask_who"),
    path("ask/about/", asking.about, name="ask_about"),
    path("ask/where/", asking.where, name="ask_where"),
    path("ask/reach/", asking.reach, name="ask_reach"),
    path("ask/check/", asking.check, name="ask_check"),
    path("ask/throw-away/", asking.throw_away, name="throw_away"),
    path("ask/sent/", receipt.sent, name="sent"),
    path("ask/sent/code/", receipt.code_on_receipt, name="code_on_receipt"),
    path("ask/sent/text/", receipt.as_text, name="sent_text"),
    path("ask/sent/signed/", receipt.signed, name="sent_signed"),
    path("ask/opt-out/", opting_out.opt_out, name="opt_out"),
    path("ask/<right:right>/", asking.rights, name="ask_one"),
    path("your-request/", coming_back.ask_for_code, name="sign_in"),
    path("your-request/code/", coming_back.enter_code, name="code"),
    path("your-request/code/again/", coming_back.send_again, name="code_again"),
    path("your-request/code/on-file/", coming_back.code_on_file, name="code_on_file"),
    path("your-request/paper/", on_paper.enter_code, name="paper"),
    path("your-request/all/", coming_back.show_hub, name="hub"),
    path("your-request/all/paper/", on_paper.new_code, name="new_code"),
    path("your-request/all/paper/text/", on_paper.code_as_text, name="code_as_text"),
    path("your-request/all/identity/", coming_back.show_identity, name="identity"),
    path("your-request/all/identity/code/", answers.identity_code, name="identity_code"),
    path("your-request/all/authority/", authority.show, name="authority"),
    path("your-request/all/document/", documents.show, name="document"),
    path("your-request/all/document/<uuid:pk>/", documents.take_back, name="document_back"),
    path("your-request/all/contact/", changing_contact.ask, name="contact"),
    path("your-request/all/contact/codes/", changing_contact.codes, name="contact_codes"),
    path("your-request/all/contact/codes/again/", changing_contact.again, name="contact_again"),
    path("your-request/all/contact/lost/", changing_contact.lost, name="contact_lost"),
    path("your-request/all/contact/cancel/", changing_contact.cancel, name="contact_cancel"),
    path("your-request/all/not-me/", stopping.page_here, name="not_me_here"),
    path("your-request/all/receipt/", receipt.again, name="receipt"),
    path("your-request/all/receipt/text/", receipt.again_as_text, name="receipt_text"),
    path("your-request/all/receipt/signed/", receipt.again_signed, name="receipt_signed"),
    path("your-request/all/more-time/", still_there.more_time, name="more_time"),
    path("your-request/leave/", coming_back.sign_out, name="sign_out"),
    path("your-request/ended/", still_there.ended, name="ended"),
    path("your-request/<reference:reference>/message/", coming_back.message, name="message"),
    path("your-request/<reference:reference>/message/keep/", still_there.keep, name="message_keep"),
    path("your-request/<reference:reference>/message/throw-away/", still_there.throw_away, name="message_away"),
    path("your-request/<reference:reference>/fee/", fees.fee, name="fee"),
    path("your-request/<reference:reference>/withdraw/", coming_back.withdraw, name="withdraw"),
    path("your-request/<reference:reference>/undo/", undoing.undo, name="undo"),
    path("your-request/<reference:reference>/appeal/", appealing.appeal, name="appeal"),
    path("your-request/<reference:reference>/answer/", answers.answer, name="answer"),
    path("your-request/<reference:reference>/answer/open/", answers.open_answer, name="open_answer"),
    path("your-request/<reference:reference>/answer/code/", answers.answer_code, name="answer_code"),
    path("your-request/<reference:reference>/answer/files/<uuid:pk>/", files.download, name="download"),
    path("your-request/<reference:reference>/answer/longer/<uuid:pk>/", files.keep_longer, name="keep_longer"),
    path("your-request/<reference:reference>/files/code/", files.files_code, name="files_code"),
    path("your-request/all/files/<uuid:pk>/", files.open_file, name="open_file"),
    path("not-me/", stopping.page, name="not_me_page"),
    path("not-me/done/", stopping.done, name="not_me_done"),
    path("not-me/<str:token>/", stopping.arrive, name="not_me"),
    path("check/", answers.check_signed, name="check_signed"),
    path("policy/", include("requests.policy.urls")),
    path("what-we-hold/", include("requests.inventory.urls")),
    path("privacy/", pages.privacy_notice, name="privacy_notice"),
    path("what-we-ask/", pages.what_we_ask, name="what_we_ask"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("is-it-us/", pages.is_it_us, name="is_it_us"),
    path("other-ways/", pages.other_ways, name="other_ways"),
]
