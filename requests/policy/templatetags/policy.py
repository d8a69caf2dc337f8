"""The line on the start page while a change of the policy is new."""

from typing import Any

from django import template
from django.db import Error
from django.utils import timezone

from requests import words
from requests.policy import in_force
from requests.policy.models import PolicyVersion

register = template.Library()


@register.inclusion_tag("components/policy_news.html")
def policy_news() -> dict[str, Any]:
    """A change that matters and is new, or comes; nothing else. While the database is away the page stands without."""
    try:
        versions, today = list(PolicyVersion.objects.without_text()), timezone.localdate()
    except Error:
        return {}
    coming = [one for one in in_force.coming(versions, today) if one.material]
    news = in_force.changed_lately(versions, today) or (coming[0] if coming else None)
    return {"day": words.day(news.effective_on), "is_coming": news.effective_on > today, "news": news} if news else {}
