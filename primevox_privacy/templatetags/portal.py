"""What the portal's templates need beyond Django's own tags. A template chooses words, never rights."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.forms.boundfield import BoundField, BoundWidget
from django.urls import translate_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from primevox_privacy.health import banner
from primevox_privacy.health.checks import State
from primevox_privacy.staff import keys
from primevox_privacy.staff.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def translated_path(context: template.Context, language: str) -> str:
    """This very page in another language; no part of its address comes back in a page but what leads to it."""
    return translate_url(context["request"].path, language)


@register.filter
def tel(phone: str) -> str:
    """The number to dial in "972-600-1150 (option 1)"."""
    number = re.search(r"\+?[\d\s().-]*\d", phone)
    return re.sub(r"[^+\d-]", "", number[0]) if number else ""


@register.filter
def day(on: date | None) -> str:
    """A day as staff read it everywhere: Monday 7 December 2026."""
    return date_format(timezone.localtime(on) if isinstance(on, datetime) else on, "DATE_WITH_WEEKDAY") if on else ""


@register.filter
def moment(at: datetime | None) -> str:
    """The same with the time at the office: Monday 7 December 2026, 14:05."""
    return date_format(timezone.localtime(at), "DATETIME_WITH_WEEKDAY") if at else ""


@register.filter
def linked_lines(text: str) -> SafeString:
    """The lines of a mail. An address at the end of its line leads there; one within a sentence is no link, because
    it is there to be typed by hand."""
    return format_html_join(mark_safe("<br>\n"), "{}", ((_linked(line),) for line in text.splitlines()))


def _linked(line: str) -> str:
    found = re.search(r"https?://\S+$", line)
    if found is None:
        return line
    return format_html('{}<a href="{}">{}</a>', line[: found.start()], found.group(), found.group())


@register.filter
def focus_id(field: BoundField) -> str:
    """The id a link to this field leads to; in a group that is its first choice."""
    return field.id_for_label or next((choice.id_for_label for choice in field), "")


@register.filter
def asks_question(field: BoundField) -> bool:
    """Is this field's label the heading of the page? (`question_as_heading` on the form)"""
    form = field.form
    return bool(getattr(form, "question_as_heading", False)) and form.visible_fields()[0].name == field.name


@register.simple_tag
def choice_input(choice: BoundWidget) -> SafeString:
    """One radio button or checkbox. The note under its label belongs to it, not to its name."""
    attrs = dict(choice.data["attrs"])
    if choice.data["type"] == "radio":
        attrs.pop("aria-invalid", None)  # a single radio button cannot bear it; its group does
    if "id" in attrs and getattr(choice.choice_label, "note", None):
        attrs["aria-describedby"] = f"{attrs['id']}_note"
    return BoundWidget(choice.parent_widget, {**choice.data, "attrs": attrs}, choice.renderer).tag()


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """What went wrong, said once: by the page, or by the form where the page did not."""
    if not getattr(form, "errors", None) or getattr(form, "summary_shown", False):
        return {}
    form.summary_shown = True
    return {"form": form}


LETTERS_TO_POST = "letters_to_post"


@register.inclusion_tag("admin/health.html", takes_context=True)
def health_banner(context: template.Context, in_queue: bool = False) -> dict[str, Any]:
    """What does not work as it should, for staff; nothing while all is well. That a letter waits to be printed is work,
    for who may print; once it is late it is everybody's."""
    found = banner.to_show()
    if not context.get("may_print"):
        found = [one for one in found if one.name != LETTERS_TO_POST or one.state is State.RED]
    is_red = any(one.state is State.RED for one in found)
    return {"found": found, "is_red": is_red, "in_queue": in_queue, "may_print": context.get("may_print")}


@register.inclusion_tag("admin/health.html")
def health_alarm(name: str) -> dict[str, Any]:
    """One check alone, while it is red; for pages that do not show the rest."""
    return {"found": [one for one in banner.to_show() if (one.name, one.state) == (name, State.RED)], "is_red": True}


@register.simple_tag
def keys_of(user: User) -> list[dict[str, Any]]:
    """The keys of the desk, as this member of staff presses them."""
    return keys.of(user)
