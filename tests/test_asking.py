"""Each right has its own few questions, nothing that was typed is lost, and asking takes few pages and few words."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given as every
from hypothesis import settings as effort
from hypothesis import strategies as st
from time_machine import travel

from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.models import DataKey
from requests import details, drafts, forms, intake, masking
from requests.forms.fields import DIRECTION_MARKS, is_phone
from requests.models import Draft, RightsRequest, Submission
from requests.terms import DateKind, Right
from tests.asking import ANY_ANSWER, answers_details
from tests.cast import ask, deliver, signed_in, submit
from tests.test_form_templates import Element, Page
from tests.test_pages import come_back, looked_at
from verification.levels import AssuranceLevel

pytestmark = pytest.mark.django_db
REACH = {"name": "Rosa Marquez", "email": "rosa@mail.example"}
PAGE = "/ask/details/1/"
PROBLEM = "There is a problem"


def begins(client: Client, *rights: str) -> None:
    assert client.post("/ask/", {"rights": rights}).status_code == 302


def goes_on(client: Client) -> Page:
    """From the pages of the rights to the answers to check."""
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "US-CA"})
    client.post("/ask/reach/", REACH)
    return looked_at(client.get("/ask/check/"))


def sent(client: Client) -> RightsRequest:
    assert client.post("/ask/check/")["Location"] == "/ask/sent/"
    return RightsRequest.objects.select_related("content_key").get()


def page_after(client: Client, **typed: Any) -> Page:
    """The page that comes back when it is sent like that."""
    return looked_at(client.post(PAGE, typed))


# --- Every right and its questions -------------------------------------------------------------------------------
# What is typed, what is kept of it, and what the person reads again before it is sent.
KEPT: list[tuple[Right, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        Right.CORRECT,
        {"wrong_1": "Elk Street", "right_1": "Elm Street"},
        {"items": [{"wrong": "Elk Street", "right": "Elm Street"}]},
        ["Wrong or missing: Elk Street", "Right: Elm Street"],
    ),
    (Right.DELETE, {"scope": "all"}, {"scope": "all"}, ["Everything that you can delete"]),
    (
        Right.DELETE,
        {"scope": "some", "said": "My calls", "data_from": "2026-03-01", "data_until": "2026-03-31"},
        {"scope": "some", "said": "My calls", "data_from": "2026-03-01", "data_until": "2026-03-31"},
        ["My calls", "Sunday 1 March 2026 to Tuesday 31 March 2026"],
    ),
    (
        Right.RESTRICT,
        {"said": "Do not use my calls.", "data_from": "2026-03-01"},
        {"said": "Do not use my calls.", "data_from": "2026-03-01"},
        ["Do not use my calls.", "From Sunday 1 March 2026 on"],
    ),
    (
        Right.PORTABILITY,
        {"data_form": "csv", "send_to": "self"},
        {"data_form": "csv", "send_to": "self"},
        ["CSV", "To me"],
    ),
    (
        Right.PORTABILITY,
        {"data_form": "json", "send_to": "other", "receiver": "Elm Phones", "receiver_reach": "elm@phones.example"},
        {"data_form": "json", "send_to": "other", "receiver": "Elm Phones", "receiver_reach": "elm@phones.example"},
        ["JSON", "Elm Phones", "elm@phones.example"],
    ),
    (
        Right.OBJECT,
        {"uses": ["improve", "other"], "said": "Showing me as a customer."},
        {"uses": ["improve", "other"], "said": "Showing me as a customer."},
        ["Studying and improving products", "Another use", "Showing me as a customer."],
    ),
    (
        Right.WITHDRAW_CONSENT,
        {"consents": ["recording", "cookies"]},
        {"consents": ["recording", "cookies"]},
        ["Recording calls with sales or support", "Cookies, and counting visits to the website"],
    ),
    (
        Right.RETALIATION,
        {"said": "My price went up.", "happened_when": "in March"},
        {"said": "My price went up.", "happened_when": "in March"},
        ["My price went up.", "in March"],
    ),
    (Right.LIMIT_SENSITIVE, {"scope": "all"}, {"scope": "all"}, ["All of it"]),
    (
        Right.LIMIT_SENSITIVE,
        {"scope": "some", "said": "Where my calls are made from."},
        {"scope": "some", "said": "Where my calls are made from."},
        ["Where my calls are made from."],
    ),
    (Right.UNSURE, {"said": "Who has my number?"}, {"said": "Who has my number?"}, ["Who has my number?"]),
]


@pytest.mark.parametrize(("right", "typed", "kept", "read"), KEPT)
def test_what_is_answered_is_read_again_kept_in_parts_and_told_to_staff(client, tess, right, typed, kept, read):
    begins(client, right)
    assert client.post(PAGE, typed).url == "/ask/who/"
    checked = goes_on(client)
    one = sent(client)
    assert one.details == kept
    desk = signed_in(tess).get(f"/admin/requests/rightsrequest/{one.pk}/change/").content.decode()
    for words in read:
        assert words in checked.one("main").text
        assert masking.in_text(words) in desk


def test_every_right_with_questions_has_its_page_and_the_two_others_have_none():
    assert set(forms.DETAILS_FORMS) == details.ASKED
    assert set(Right) - {Right.KNOW, Right.ACCESS} == details.ASKED
    assert {right for right, *_rest in KEPT} == details.ASKED - {Right.OPT_OUT}


NOTHING_SAID = {
    Right.CORRECT: "Write what is wrong or missing.",
    Right.DELETE: "Choose whether you mean everything or only some.",
    Right.RESTRICT: "Write which data or which use we should limit.",
    Right.PORTABILITY: "Choose the form of the files.",
    Right.OBJECT: "Tick at least one, or write in the box what you mean.",
    Right.WITHDRAW_CONSENT: "Tick at least one, or write in the box what you mean.",
    Right.OPT_OUT: "Enter one e-mail address or one telephone number.",
    Right.LIMIT_SENSITIVE: "Choose whether you mean everything or only some.",
    Right.RETALIATION: "Write what happened.",
    Right.UNSURE: "Write what you would like.",
}


@pytest.mark.parametrize("right", sorted(details.ASKED))
def test_without_what_a_right_needs_the_page_says_what_is_missing(client, right):
    begins(client, right)
    page = page_after(client, nothing="x")
    assert page.one("title").text.startswith("Error:")
    assert NOTHING_SAID[right] in page.one("div", class_="error-summary").text
    assert client.get("/ask/check/").url == PAGE


HALF_SAID = [
    (Right.CORRECT, {"wrong_1": "Elk Street"}, "right_1", "Write what is right."),
    (Right.CORRECT, {"wrong_1": "a", "right_1": "b", "right_2": "c", "wrong_2": ""}, "wrong_2", "Write what is wrong"),
    (Right.DELETE, {"scope": "some"}, "said", "Write which data you mean."),
    (Right.DELETE, {"scope": "all", "said": "My calls"}, "scope", "You named a part below."),
    (Right.DELETE, {"scope": "all", "data_from": "2026-03-01"}, "scope", "You named a part below."),
    (Right.LIMIT_SENSITIVE, {"scope": "all", "said": "Places"}, "scope", "You named a part below."),
    (
        Right.RESTRICT,
        {"said": "All", "data_from": "2026-03-02", "data_until": "2026-03-01"},
        "data_until",
        "it lies before the first one",
    ),
    (Right.PORTABILITY, {"data_form": "json", "send_to": "other"}, "receiver", "Enter the name of the company."),
    (
        Right.PORTABILITY,
        {"data_form": "json", "send_to": "other", "receiver": "Elm"},
        "receiver_reach",
        "Enter a way to reach the company.",
    ),
    (Right.PORTABILITY, {"data_form": "csv", "send_to": "self", "receiver": "Elm"}, "send_to", "You named a company"),
    (Right.OBJECT, {"uses": ["other"]}, "said", "Write which one you mean."),
    (Right.WITHDRAW_CONSENT, {"consents": ["other"]}, "said", "Write which one you mean."),
    (Right.RETALIATION, {"said": "My price went up."}, "happened_when", "Write when it was."),
]


@pytest.mark.parametrize(("right", "typed", "where", "says"), HALF_SAID)
def test_half_an_answer_is_kept_and_the_other_half_asked_for_at_its_field(client, right, typed, where, says):
    begins(client, right)
    page = page_after(client, **typed)
    assert says in page.one("div", id=f"id_{where}_error").text
    for control in page.controls:
        name, value = control.attrs["name"], control.attrs.get("value", "")
        if control.attrs.get("type") in ("radio", "checkbox"):
            assert ("checked" in control.attrs) == (value in typed.get(name, ""))
        elif control.tag == "textarea":
            assert control.text.strip() == typed.get(name, "")
        else:
            assert value == typed.get(name, "")


@pytest.mark.parametrize(("right", "field"), [(Right.OBJECT, "uses"), (Right.WITHDRAW_CONSENT, "consents")])
def test_own_words_alone_are_an_answer_to_a_list(client, right, field):
    begins(client, right)
    assert client.post(PAGE, {"said": "What you do with my voice."}).url == "/ask/who/"
    goes_on(client)
    assert sent(client).details == {field: ["other"], "said": "What you do with my voice."}


def test_each_right_has_a_page_of_its_own_whose_address_names_none(client):
    begins(client, *Right)
    pages = []
    for number in range(1, len(details.ASKED) + 1):
        pages.append(looked_at(client.get(f"/ask/details/{number}/")).one("h1").text.strip())
        client.post(f"/ask/details/{number}/", ANY_ANSWER)
    assert len(set(pages)) == len(details.ASKED)
    assert client.get(f"/ask/details/{len(details.ASKED) + 1}/").url == "/ask/"


# --- Several corrections -----------------------------------------------------------------------------------------
def boxes(page: Page) -> dict[str, str]:
    return {box.attrs["name"]: box.text.strip() for box in page.all("textarea")}


def test_another_correction_is_added_without_script_and_nothing_typed_is_lost(client):
    begins(client, "correct")
    assert boxes(looked_at(client.get(PAGE))) == {"wrong_1": "", "right_1": ""}
    typed = {"wrong_1": "Elk Street", "right_1": ""}
    assert client.post(PAGE, typed | {"add": "1"}).url == PAGE
    assert boxes(looked_at(client.get(PAGE))) == typed | {"wrong_2": "", "right_2": ""}
    assert client.get("/ask/check/").url == PAGE  # half of it is missing


def test_each_correction_can_be_taken_away_and_the_others_stay(client):
    begins(client, "correct")
    three = {f"{side}_{number}": f"{side} {number}" for number in (1, 2, 3) for side in ("wrong", "right")}
    client.post(PAGE, three | {"remove": "2"})
    left = boxes(looked_at(client.get(PAGE)))
    assert left == {"wrong_1": "wrong 1", "right_1": "right 1", "wrong_2": "wrong 3", "right_2": "right 3"}
    client.post(PAGE, left | {"remove": "1"})
    page = looked_at(client.get(PAGE))
    assert boxes(page) == {"wrong_1": "wrong 3", "right_1": "right 3"}
    assert not page.all("button", name="remove")


def test_ten_corrections_are_the_most(client):
    begins(client, "correct")
    ten = {f"{side}_{number}": side for number in range(1, 11) for side in ("wrong", "right")}
    client.post(PAGE, ten | {"add": "1"})
    page = looked_at(client.get(PAGE))
    assert len(boxes(page)) == 20
    assert not page.all("button", name="add")


def test_an_empty_correction_is_none(client):
    begins(client, "correct")
    client.post(PAGE, {"wrong_1": "", "right_1": "", "wrong_2": "Elk", "right_2": "Elm"})
    checked = goes_on(client)
    assert "Correction 1" not in checked.html
    assert sent(client).details == {"items": [{"wrong": "Elk", "right": "Elm"}]}


def test_several_corrections_are_told_one_by_one(client):
    begins(client, "correct")
    client.post(PAGE, {"wrong_1": "Elk", "right_1": "Elm", "wrong_2": "972", "right_2": "512"})
    checked = goes_on(client)
    for said in ("Correction 1", "Correction 2", "Wrong or missing: 972", "Right: 512"):
        assert said in checked.html


# --- An objection to advertising ----------------------------------------------------------------------------------
def test_an_objection_to_ads_alone_needs_no_proof(client):
    begins(client, "object")
    client.post(PAGE, {"uses": ["marketing"]})
    assert "show that it is you" not in goes_on(client).html
    one = sent(client)
    assert one.about_marketing
    assert one.needs is AssuranceLevel.T0


def test_ads_stop_without_waiting_for_the_proof_that_another_use_needs(client):
    begins(client, "object")
    client.post(PAGE, {"uses": ["marketing", "improve"], "said": "Since May."})
    assert "show that it is you" in goes_on(client).html
    client.post("/ask/check/")
    ads, other = RightsRequest.objects.order_by("-about_marketing").select_related("content_key")
    assert (ads.about_marketing, ads.needs, ads.details["uses"]) == (True, AssuranceLevel.T0, ["marketing"])
    assert (other.about_marketing, other.needs, other.details["uses"]) == (False, AssuranceLevel.T1, ["improve"])
    by_law = [one.due_dates.filter(kind=DateKind.STATUTORY).exists() for one in (ads, other)]
    assert by_law == [True, False]  # California's term for an opt-out
    assert looked_at(client.get("/ask/sent/")).html.count("Stop a use of my data") >= 2


# --- What came in as plain text -----------------------------------------------------------------------------------
OLD = {"rights": ["object", "delete", "access"], "detailed_for": ["object", "delete", "access"],
       "wishes": {"object": "Stop calling me."}, "about_marketing": True, "capacity": "self", "residence": "US-CA",
       "reached": True, **REACH}  # fmt: skip


def browser_with(answers: dict[str, Any]) -> Client:
    """A browser with this draft."""
    client = Client()
    begins(client, "access")
    drafts.keep(Draft.objects.latest("touched_at"), answers)
    return client


def test_a_draft_begun_when_each_right_had_one_box_can_still_be_sent():
    client = browser_with(OLD)
    checked = looked_at(client.get("/ask/check/"))
    for said in ("Stop calling me.", "Advertising", "Everything that you can delete"):
        assert said in checked.html
    client.post("/ask/check/")
    by_right = {one.right: one for one in RightsRequest.objects.select_related("content_key")}
    assert by_right["object"].details == {"said": "Stop calling me.", "uses": ["marketing"]}
    assert by_right["object"].needs is AssuranceLevel.T0
    assert by_right["delete"].details == {"scope": "all"}


def test_a_draft_of_old_can_be_changed_and_is_read_anew():
    client = browser_with(OLD)
    page = looked_at(client.get(PAGE))
    assert boxes(page) == {"said": "Stop calling me."}
    client.post(PAGE, {"uses": ["improve"], "said": "Stop it."})
    assert set(drafts.OLD_DETAILS) & set(Draft.objects.latest("touched_at").answers) == set()
    assert client.get("/ask/check/").status_code == 200


FROM_OLD_TEXT = [
    (Right.CORRECT, "Elm, not Elk.", "Elm, not Elk."),
    (Right.DELETE, "My calls", "My calls"),
    (Right.DELETE, "", "Everything that you can delete"),
    (Right.PORTABILITY, "Elm Phones", "Elm Phones"),
    (Right.PORTABILITY, "", "To me"),
    (Right.OPT_OUT, "972-555-0143", "972-555-0143"),
    (Right.UNSURE, "Who?", "Who?"),
]


@pytest.mark.parametrize(("right", "text", "said"), FROM_OLD_TEXT)
def test_a_plain_text_is_told_as_the_answer_that_it_was(right, text, said):
    given = details.from_words(right, text)
    assert details.is_complete(right, given)
    assert said in [str(answer) for line in details.told(right, given) for answer in line.answers]


def test_staff_read_what_was_written_by_another_door(tess):
    one = ask(Right.CORRECT, wishes={Right.CORRECT: "Elm, not Elk."})
    page = signed_in(tess).get(f"/admin/requests/rightsrequest/{one.pk}/change/").content.decode()
    assert "What should we correct?" in page
    assert "Elm, not Elk." in page


def test_on_her_page_rosa_reads_what_she_asked_for(client):
    begins(client, "correct")
    client.post(PAGE, {"wrong_1": "Elk Street", "right_1": "Elm <b>Street"})
    goes_on(client)
    sent(client)
    page = come_back(client)
    assert "What you asked for" in page.content.decode()
    assert "Right: Elm &lt;b&gt;Street" in page.content.decode()


@pytest.mark.parametrize("right", Right)
def test_words_of_somebody_unsure_stay_readable_whatever_right_it_becomes(right):
    told = details.told(right, {"said": "Who has my number?"})
    assert [line.answers for line in told] == [["Who has my number?"]]


# --- Coming back to answers that were not sent ---------------------------------------------------------------------
def test_the_first_page_offers_to_go_on_where_the_first_answer_is_missing(client):
    assert "not sent your answers" not in client.get("/").content.decode()
    begins(client, "delete")
    page = looked_at(client.get("/"))
    assert page.one("a", class_="button", href=PAGE).text == "Go on with my answers"
    assert "no-cache" in client.get("/")["Cache-Control"]
    client.post(PAGE, {"scope": "all"})
    goes_on(client)
    assert looked_at(client.get("/")).one("a", href="/ask/check/")


def test_the_first_page_says_until_when_they_are_kept_and_not_what_they_are(client):
    with travel("2026-03-02T12:00:00-06:00", tick=False):
        begins(client, "unsure")
        client.post(PAGE, {"said": "Who has my number?"})
        page = looked_at(client.get("/"))
    assert "Monday 9 March 2026" in page.html
    assert "Who has my number?" not in page.html


def test_answers_can_be_thrown_away_and_are_gone(client):
    begins(client, "unsure")
    client.post(PAGE, {"said": "Who has my number?"})
    page = looked_at(client.post("/ask/throw-away/", follow=True))
    assert "What you had typed here is deleted." in page.html
    assert "not sent your answers" not in page.html
    assert Draft.objects.get().answers is None
    for key in DataKey.objects.over(timezone.now()):
        forgetting.destroy(key)
    assert not Draft.objects.exists()


def test_looking_throws_nothing_away(client):
    begins(client, "delete")
    page = client.get("/ask/throw-away/")
    assert page.status_code == 405
    assert "Nothing was changed. Go back to the page with the button" in page.content.decode()
    assert client.head("/ask/throw-away/").status_code == 405
    assert Draft.objects.get().answers


def test_what_was_sent_is_not_thrown_away(client):
    begins(client, "opt_out")
    client.post(PAGE, {"opt_out": "972-555-0143"})
    sent(client)
    assert "not sent your answers" not in client.get("/").content.decode()
    client.post("/ask/throw-away/")
    assert Draft.objects.get().submission is not None
    assert Submission.objects.count() == 1


def test_after_seven_days_nothing_is_offered(client):
    begins(client, "delete")
    with travel(timezone.now() + timedelta(days=8), tick=False):
        assert "not sent your answers" not in client.get("/").content.decode()


def test_change_returns_to_the_answers_and_keeps_the_others(client):
    begins(client, "correct", "delete", "unsure")
    answers_details(client)
    checked = goes_on(client)
    changes = {link.attrs["href"] for link in checked.all("a") if link.text.startswith("Change")}
    assert {f"/ask/details/{number}/" for number in (1, 2, 3)} <= changes
    assert client.post("/ask/details/2/", {"scope": "all"}).url == "/ask/check/"
    again = looked_at(client.get("/ask/check/"))
    for said in ("Everything that you can delete", "It is Elm Street.", "As I said."):
        assert said in again.html


def test_a_right_ticked_later_is_asked_for_and_the_answers_of_the_first_stay(client):
    begins(client, "delete")
    client.post(PAGE, {"scope": "all"})
    goes_on(client)
    assert client.post("/ask/", {"rights": ["correct", "delete"]}).url == PAGE
    assert client.post(PAGE, {"wrong_1": "Elk", "right_1": "Elm"}).url == "/ask/check/"


def test_the_page_of_another_right_takes_no_answer_that_was_not_meant_for_it(client):
    """Left open in another tab while the rights were changed."""
    begins(client, "delete", "correct")
    begins(client, "correct")
    page = page_after(client, scope="all")
    assert PROBLEM in page.html
    assert page.one("h1").text == "What should we correct?"


def test_the_old_address_of_the_questions_leads_to_the_first_of_them(client):
    assert client.get("/ask/details/").url == "/ask/"
    begins(client, "access", "delete")
    assert client.get("/ask/details/").url == PAGE


# --- How much is asked --------------------------------------------------------------------------------------------
TYPED = ("text", "email", "tel", "search", "url", "number", "date", "password")


@dataclass
class Walk:
    """Somebody who goes through the pages as they are, link by link and form by form, and counts."""

    headers: dict[str, str] = field(default_factory=dict)
    screens: int = 0
    typed: int = 0

    def __post_init__(self) -> None:
        self.client = Client(headers=self.headers)
        self._at("/", self.client.get("/"))

    def _at(self, address: str, response: Any) -> None:
        while response.status_code == 302:
            address = response.url
            response = self.client.get(address)
        assert response.status_code == 200
        self.address, self.page = address, looked_at(response)
        assert PROBLEM not in self.page.html
        self.screens += 1
        self.typed += self._fields_to_type()

    def _fields_to_type(self) -> int:
        """Those of one group count as one where the page says that one is enough."""
        alone, groups = 0, set()
        for control in self.page.controls:
            if control.tag == "textarea" or control.attrs.get("type") in TYPED:
                group = control.within("fieldset")
                if group is not None and "is enough" in group.text:
                    groups.add(group.text)
                else:
                    alone += 1
        return alone + len(groups)

    def follows(self, words: str) -> None:
        link = next(one for one in self.page.all("a") if " ".join(one.text.split()) == words)
        self._at(link.attrs["href"], self.client.get(link.attrs["href"]))

    def sends(self, **typed: str) -> None:
        """The form of the page, with what it holds already."""
        hidden = {one.attrs["name"]: one.attrs["value"] for one in self.page.all("input", type="hidden")}
        there = {one.attrs["name"] for one in self.page.controls}
        assert set(typed) <= there, "the page has no such field"
        self._at(self.address, self.client.post(self.address, hidden | typed))

    def presses(self, words: str) -> None:
        assert words in [button.text for button in self.page.all("button")]
        self.sends()

    @property
    def heading(self) -> str:
        return self._said(self.page.one("h1"))

    @staticmethod
    def _said(element: Element) -> str:
        return " ".join(element.text.split())


def test_a_copy_of_ones_own_data_takes_eight_screens_and_four_typed_fields_at_most():
    rosa = Walk()
    rosa.follows("Start a request")
    rosa.sends(rights="access")
    rosa.sends(capacity="self")
    rosa.sends(residence="US-CA")
    rosa.sends(**REACH)
    rosa.presses("Send my request")
    assert rosa.heading == "We have your request"
    assert (rosa.screens, rosa.typed) == (7, 3)  # name, one way to reach her, and one that may stay empty
    assert rosa.screens <= 8
    assert rosa.typed <= 4


def test_opting_out_takes_five_screens_and_one_typed_field_at_most():
    rosa = Walk()
    rosa.follows("Start a request")
    rosa.sends(rights="opt_out")
    rosa.sends(opt_out="972-555-0143")
    rosa.presses("Send my request")
    assert rosa.heading == "We have your request"
    assert (rosa.screens, rosa.typed) == (5, 1)


def test_opting_out_by_its_own_link_takes_one_screen_less():
    rosa = Walk()
    rosa.follows("Stop selling or sharing my data, or using it for ads")
    rosa.sends(opt_out="972-555-0143")
    rosa.presses("Send my request")
    assert (rosa.screens, rosa.typed) == (4, 1)


def test_with_global_privacy_control_opting_out_takes_three_screens():
    rosa = Walk({"Sec-GPC": "1"})
    rosa.follows("Opt out in one step")
    rosa.sends(opt_out="972-555-0143")
    assert rosa.heading == "We have your request"
    assert (rosa.screens, rosa.typed) == (3, 1)


# --- Names and numbers of everybody --------------------------------------------------------------------------------
NAMES = [
    "O",
    "Nguyễn Thị Minh Khai",
    "María-José Carreño Quiñones",
    "محمد عبد الله",
    "שרה כהן",
    "李小龙",
    "नरेन्द्र",
    "Z̸̡̛a̵l̶g̷o̸",
    "e\u0301 is not é",  # kept as typed, not put together
    "👩‍👩‍👧 Family",
    "\u200fابن\u200e Smith",
    "Null",
    "O'Brien; DROP TABLE",
    "K" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_kept_as_it_was_typed(client, name):
    begins(client, "access")
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "none"})
    assert client.post("/ask/reach/", REACH | {"name": name}).url == "/ask/check/"
    checked = looked_at(client.get("/ask/check/"))
    assert name in [one.text for one in checked.all("dd", dir="auto")]
    client.post("/ask/check/")
    assert Submission.objects.select_related("contact_key").get().name == name


# A surrogate is no character, and NUL no text; marks that turn the reading direction around are left out.
ANY_NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=["\0", *map(chr, DIRECTION_MARKS)]), max_size=200
).filter(str.strip)


@effort(max_examples=60, deadline=None)
@every(name=ANY_NAME)
def test_whatever_name_somebody_has_is_sealed_and_opened_as_it_is(name):
    form = forms.ReachForm(REACH | {"name": name})
    assert form.is_valid(), form.errors
    submission = submit(name=form.answers()["name"])
    again = Submission.objects.select_related("contact_key").get(pk=submission.pk)
    assert again.name == name.strip()


@pytest.mark.parametrize(
    "number",
    [
        "972-555-0143", "(972) 555-0143", "+1 972 555 0143", "9725550143", "972.555.0143 ext. 12", "0049 30 901820",
        "+44 20 7946 0958", "+683 4002", "٩٧٢٥٥٥٠١٤٣", "1-800-FLOWERS", "800 GET HELP", "tel:+1-972-555-0143",
    ],
)  # fmt: skip
def test_a_telephone_number_may_be_written_in_any_way(client, number):
    assert forms.ReachForm({"name": "Rosa", "phone": number}).is_valid()
    assert client.post("/ask/opt-out/", {"opt_out": number}).url == "/ask/check/"


@pytest.mark.parametrize("number", ["5550143", "call me", "+1 972", "800", "FLOWERS", "", "12345 call me please"])
def test_half_a_number_is_none(number):
    assert not is_phone(number)


def test_a_name_too_long_is_said_to_be_and_kept(client):
    begins(client, "access")
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "none"})
    page = looked_at(client.post("/ask/reach/", REACH | {"name": "K" * 201}))
    assert "Write no more than 200 characters. There are 201 now." in page.html
    assert page.one("input", id="id_name").attrs["value"] == "K" * 201


def test_no_answer_travels_by_mail(client, mailoutbox):
    begins(client, *details.ASKED)
    answers_details(client, said="Who has my number?", wrong_1="Elk Street")
    goes_on(client)
    client.post("/ask/check/")
    deliver()
    assert mailoutbox
    assert not any(typed in mail.body for mail in mailoutbox for typed in ("Who has my number?", "Elk Street"))


def test_what_was_said_for_a_right_that_is_ticked_no_more_is_not_sent():
    assert intake.Asked.from_draft({"rights": ["know"], "details": {"delete": {"scope": "all"}}}, "en").details == {}
