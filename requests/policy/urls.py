"""Addresses of the policy, within those of the requester: /policy/ shows the version in force, /policy/DAY/ any."""

from datetime import date

from django.urls import path, register_converter

from requests.policy import views


class DayConverter:
    """A day as 2023-06-01."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # raises ValueError: no such page

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("", views.show, name="policy"),
    path("<day:effective_on>/", views.show_version, name="policy_version"),
]
