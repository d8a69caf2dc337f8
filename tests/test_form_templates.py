"""Forms as people meet them, where axe does not look: hints and errors tied to fields, groups with names."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from django import forms
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

pytestmark = pytest.mark.urls(__name__)

VOID = {"br", "hr", "img", "input", "link", "meta", "path"}


def _page(request):
    return HttpResponse()


LINKED = ("start", "policy", "what_we_hold", "is_it_us", "privacy_notice", "accessibility")
_pages = [path(f"{name}/", _page, name=name) for name in LINKED]
urlpatterns = i18n_patterns(path("", include((_pages, "requests"))))


@dataclass(frozen=True)
class Choice:
    """A choice's label with its legal name; not a tuple, which Django reads as a group of choices."""

    label: str
    note: str = ""

    def __str__(self):
        return self.label


class Element:
    def __init__(self, tag, attrs, inside):
        self.tag, self.attrs, self.inside, self.text = tag, attrs, inside, ""

    def within(self, tag):
        return next((element for element in reversed(self.inside) if element.tag == tag), None)


class Page(HTMLParser):
    """The elements of a page with what surrounds them and what they say."""

    def __init__(self, html):
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), tuple(self._open)))

    def handle_endtag(self, tag):
        assert self._open.pop().tag == tag

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, *tags, **attrs):
        return [
            element
            for element in self.elements
            if (not tags or element.tag in tags)
            and all(element.attrs.get(name.rstrip("_")) == value for name, value in attrs.items())
        ]

    def one(self, *tags, **attrs):
        found = self.all(*tags, **attrs)
        assert len(found) == 1, f"{tags} {attrs}: {len(found)} found"
        return found[0]

    @property
    def controls(self):
        controls = self.all("input", "select", "textarea")
        return [control for control in controls if control.attrs.get("type") != "hidden"]


RIGHTS = [("access", Choice("Get a copy of my data", "Right of access")), ("unsure", Choice("I am not sure"))]
WHO = [("me", "Me"), ("child", "My child")]


class EveryKind(forms.Form):
    name = forms.CharField(label="Your name", help_text="As we should write it.")
    email = forms.EmailField(label="E-mail address", required=False, help_text="Like name@example.org")
    rights = forms.MultipleChoiceField(
        label="What would you like?",
        choices=RIGHTS,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick.",
    )
    who = forms.ChoiceField(label="Who is it about?", choices=WHO, widget=forms.RadioSelect)
    state = forms.ChoiceField(label="State", choices=[("", "Choose one"), ("tx", "Texas")], help_text="Or no.")
    more = forms.CharField(label="More", widget=forms.Textarea, required=False)
    proof = forms.FileField(label="A file", required=False, help_text="Up to 10 MB.")
    true = forms.BooleanField(label="This is true.", help_text="Signed today.")
    step = forms.CharField(widget=forms.HiddenInput)


class OneQuestion(forms.Form):
    question_as_heading = True
    why = "some rights depend on where you live."
    code = forms.CharField(label="Enter the code")


class OneGroup(forms.Form):
    question_as_heading = True
    who = forms.ChoiceField(label="Who is it about?", choices=WHO, widget=forms.RadioSelect)
    other = forms.CharField(label="Who else?", required=False)


BY_TAG = "{% load crispy_forms_tags %}{% crispy form %}"
BY_FILTER = "{% load crispy_forms_tags %}{{ form|crispy }}"
BY_PAGE = (
    '{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}Ask{% endblock %}'
    "{% block content %}{% if not form.question_as_heading %}<h1>Ask</h1>{% endif %}"
    "{% crispy form %}{% endblock %}"
)


def drawn(form, source=BY_PAGE):
    request = RequestFactory().get("/en/start/?step=2")
    return Page(engines["django"].from_string(source).render({"form": form}, request))


@pytest.fixture(params=[BY_TAG, BY_FILTER, BY_PAGE], ids=["tag", "filter", "page"])
def source(request):
    return request.param


WRONG = {"name": "", "email": "rosa", "rights": ["everything"], "who": "", "state": "zz"}


@pytest.mark.parametrize("data", [None, {}, WRONG], ids=["fresh", "empty", "wrong"])
def test_every_describedby_leads_to_something_on_the_page(source, data):
    page = drawn(EveryKind(data), source)
    ids = [element.attrs["id"] for element in page.elements if "id" in element.attrs]
    assert len(ids) == len(set(ids))
    described = [element for element in page.elements if "aria-describedby" in element.attrs]
    assert described
    for element in described:
        assert set(element.attrs["aria-describedby"].split()) <= set(ids)


def test_every_hint_and_every_error_is_said_with_its_field(source):
    page = drawn(EveryKind(WRONG), source)
    said = {name for element in page.elements for name in (element.attrs.get("aria-describedby") or "").split()}
    for element in page.elements:
        if element.attrs.get("class") in ("hint", "field-error"):
            assert element.attrs["id"] in said
    assert {"id_name_helptext", "id_name_error", "id_rights_error", "id_who_error", "id_true_error"} <= said


def test_a_prefixed_form_keeps_its_hints_and_errors_together():
    page = drawn(EveryKind({}, prefix="case"))
    assert page.one(id="id_case-name_error")
    assert page.one("input", id="id_case-name").attrs["aria-describedby"] == (
        "id_case-name_helptext id_case-name_error"
    )


def test_every_control_has_a_label_and_every_group_a_legend(source):
    page = drawn(EveryKind(), source)
    for control in page.controls:
        assert page.one("label", for_=control.attrs["id"]).text.strip()
        if control.attrs.get("type") == "radio" or control.attrs["name"] == "rights":
            group = control.within("fieldset")
            assert [legend.text.strip() for legend in page.all("legend") if group in legend.inside] == [
                EveryKind.base_fields[control.attrs["name"]].label
            ]


def test_wrong_fields_say_so_to_those_who_cannot_see_it():
    page = drawn(EveryKind(WRONG))
    for name in ("name", "email", "state", "true"):
        assert page.one(id=f"id_{name}").attrs["aria-invalid"] == "true"
    assert page.one("input", id="id_rights_0").attrs["aria-invalid"] == "true"
    assert page.one(role="radiogroup").attrs["aria-invalid"] == "true"
    assert "aria-invalid" not in page.one("input", id="id_who_0").attrs  # a radio button cannot bear it
    assert "aria-invalid" not in page.one("input", id="id_proof").attrs


def test_the_error_summary_leads_to_every_field_in_trouble(source):
    form = EveryKind(WRONG)
    page = drawn(form, source)
    summary = page.one(role="alert")
    assert summary.attrs["tabindex"] == "-1"
    links = [link for link in page.all("a") if summary in link.inside]
    controls = {control.attrs["id"] for control in page.controls}
    assert [link.attrs["href"] for link in links] == [
        "#id_name", "#id_email", "#id_rights_0", "#id_who_0", "#id_state", "#id_true",
    ]  # fmt: skip
    assert {link.attrs["href"][1:] for link in links} <= controls
    for link, field in zip(links, [f for f in form.visible_fields() if f.errors], strict=True):
        assert link.text == field.errors[0]
        assert link.text in page.one(id=f"{field.auto_id}_error").text  # the same words at the field


def test_what_went_wrong_stands_above_the_heading_of_the_page():
    page = drawn(EveryKind({}))
    order = [element for element in page.elements if element.tag == "h1" or element.attrs.get("role") == "alert"]
    assert [element.tag for element in order] == ["div", "h1"]
    assert order[0].within("form") is None


def test_what_belongs_to_no_visible_field_is_still_said():
    form = EveryKind(WRONG)
    form.add_error(None, "Give us one way to reach you.")
    summary = drawn(form).one(role="alert")
    assert "Give us one way to reach you." in summary.text
    assert form.errors["step"][0] in summary.text


def test_a_page_without_errors_has_no_summary_and_no_error_in_its_title():
    page = drawn(EveryKind())
    assert not page.all(role="alert")
    assert page.one("title").text == "Ask – Primevox"


def test_the_title_of_a_page_with_errors_starts_with_error():
    assert drawn(EveryKind({})).one("title").text.startswith("Error: ")


def test_the_hint_of_a_box_to_tick_stands_below_it(source):
    page = drawn(EveryKind(), source)
    order = [one.attrs.get("id") for one in page.elements]
    assert order.index("id_true") < order.index("id_true_helptext")
    assert order.index("id_name_helptext") < order.index("id_name")


def test_optional_fields_say_so_and_nothing_wears_an_asterisk():
    page = drawn(EveryKind())
    optional = {label.attrs.get("for") for label in page.all("label") if "(optional)" in label.text}
    assert optional == {"id_email", "id_more", "id_proof"}
    assert "*" not in page.html


def test_one_of_several_contacts_need_not_be_called_optional():
    form = EveryKind()
    form.fields["email"].mark_optional = False
    assert "(optional)" not in drawn(form).one("label", for_="id_email").text


def test_what_rosa_typed_comes_back_escaped():
    script = '"><script>alert(1)</script>'
    page = drawn(EveryKind({**WRONG, "name": script, "more": script, "state": script}))
    assert page.one("input", id="id_name").attrs["value"] == script
    assert page.one("textarea").text.strip() == script
    assert [element.attrs.get("src") for element in page.all("script")] == ["/static/portal.js"]


def test_labels_notes_and_hints_are_escaped_too():
    form = EveryKind()
    form.fields["name"].label = form.fields["name"].help_text = "<i>x</i>"
    form.fields["rights"].choices = [("a", Choice("<i>a</i>", "<i>b</i>"))]
    assert not drawn(form).all("i")


def test_the_legal_name_is_beside_the_choice_not_in_its_name():
    page = drawn(EveryKind())
    box = page.one("input", id="id_rights_0")
    assert page.one(id=box.attrs["aria-describedby"]).text == "Right of access"
    assert page.one("label", for_="id_rights_0").text == "Get a copy of my data"
    assert "aria-describedby" not in page.one("input", id="id_rights_1").attrs


@pytest.mark.parametrize("form", [OneQuestion, OneGroup, EveryKind])
def test_every_page_has_one_heading(form):
    assert drawn(form()).one("h1").text.strip()


def test_a_single_question_is_the_heading():
    page = drawn(OneQuestion())
    assert page.one("label", for_="id_code").within("h1").text.strip() == "Enter the code"
    assert "some rights depend on where you live." in page.one("p", class_="why").text


def test_a_group_that_is_the_question_has_the_heading_in_its_legend():
    assert drawn(OneGroup()).one("h1").within("legend")


def test_a_form_has_one_button_and_no_bubbles_of_the_browser():
    page = drawn(OneQuestion())
    assert page.one("button").text == "Continue"
    assert "novalidate" in page.one("form").attrs


def test_nothing_on_a_page_is_inline():
    page = drawn(EveryKind(WRONG))
    assert not page.all("style")
    for element in page.elements:
        assert not [name for name in element.attrs if name == "style" or name.startswith("on")]
    assert re.findall(r'(?:src|href)="(https?:|//)', page.html) == []


def test_each_language_link_leads_to_this_very_page_in_its_own_name():
    page = drawn(OneQuestion())
    links = {link.attrs["lang"]: link for link in page.all("a") if "hreflang" in link.attrs}
    assert links["es"].text == "Español"
    assert links["es"].attrs["href"] == "/es/start/"  # what may stand behind it is not said again
    assert links["en"].attrs["aria-current"] == "true"


def test_a_page_in_a_right_to_left_language_says_so():
    with translation.override("ar"):
        page = drawn(OneQuestion())
    assert (page.one("html").attrs["lang"], page.one("html").attrs["dir"]) == ("ar", "rtl")
