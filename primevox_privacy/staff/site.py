"""The admin site, with our own way in. Django's own sign-in form is nowhere: `login` is replaced before any address is
read, and every page asks `has_permission`, which wants a second factor."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from primevox_privacy.staff import second_factor

NO_PAGES_FOR = frozenset({"account", "mfa", "usersessions"})  # apps whose rows are seen on our own pages alone


class StaffSite(AdminSite):
    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        if wanted := [model for model in models if model._meta.app_label not in NO_PAGES_FOR]:
            super().register(wanted, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return second_factor.may_enter(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from primevox_privacy.staff.pages import sign_in

        return sign_in.first(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from primevox_privacy.staff.pages import account

        return account.password(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's. What somebody sends after their session has ended is given back to them, kept nowhere."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def guarded_and_kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from primevox_privacy.staff.pages import sign_in

            if request.method == "POST" and not self.has_permission(request):
                return sign_in.came_too_late(request) or guarded(request, *args, **kwargs)
            return guarded(request, *args, **kwargs)

        return guarded_and_kept

    def get_urls(self) -> list[Any]:
        from primevox_privacy.staff.pages import account, settings, sign_in, welcome

        own = [
            path("login/second/", sign_in.second, name="second_factor"),
            path("welcome/", welcome.password, name="welcome"),
            path("welcome/<str:token>/", welcome.letter, name="welcome_letter"),
            path("your-settings/", self.admin_view(settings.show), name="your_settings"),
            path("your-sign-in/", self.admin_view(account.show), name="your_sign_in"),
            path("your-sign-in/app/", account.app, name="add_app"),
            path("your-sign-in/passkey/", account.passkey, name="add_passkey"),
            path("your-sign-in/codes/", self.admin_view(account.codes), name="new_codes"),
            path("your-sign-in/remove/<int:pk>/", self.admin_view(account.remove), name="remove_factor"),
            path("your-sign-in/end/", self.admin_view(account.end_others), name="end_sessions"),
            path("your-sign-in/end/<int:pk>/", self.admin_view(account.end), name="end_session"),
            path("confirm/", account.confirm, name="confirm"),
        ]
        return [*own, *(page for page in super().get_urls() if getattr(page, "name", "") != "password_change_done")]
