"""Administrators keep the accounts. Nobody can make themselves more than an administrator here: one's own roles are
for somebody else to change. Nobody sets a password for somebody else: a new account gets an invitation."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from primevox_privacy.ledger.models import record
from primevox_privacy.staff import confirming, inviting, second_factor, sessions, tries
from primevox_privacy.staff.models import User

admin.site.unregister(Group)
ADMINISTRATOR = "administrator"
PERSON: Any = {"fields": ("first_name", "last_name", "email")}


class NewMember(forms.ModelForm):
    """A new account: no password, since its owner chooses one."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = _("The link to set up the account goes there. It is good for 24 hours.")

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = True
        self.instance.set_unusable_password()
        return super().save(commit=commit)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Accounts and roles. Superuser and single permissions are not offered: roles say all."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_help_text = gettext_lazy("Part of a username, name or e-mail address")
    show_facets = admin.ShowFacets.NEVER
    add_form = NewMember
    add_form_template = "admin/change_form.html"
    change_form_template = "admin/staff/member.html"
    fieldsets = (
        (None, {"fields": ("username",)}),
        (gettext_lazy("Person"), PERSON),
        (gettext_lazy("Roles"), {"fields": ("is_active", "is_staff", "groups")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username",)}),
        (gettext_lazy("Person"), PERSON),
        (gettext_lazy("Roles"), {"fields": ("groups",)}),
    )
    filter_horizontal = ()

    def has_module_permission(self, request) -> bool:
        return ADMINISTRATOR in getattr(request.user, "roles", ())

    def has_view_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_change_permission = has_view_permission

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Boxes to tick: there are few roles, and each can be read and reached by key."""
        kwargs |= {"widget": forms.CheckboxSelectMultiple, "help_text": ""}  # each box would point to a hint not there
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        return ("is_active", "is_staff", "groups") if obj == request.user else ()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False  # the record names accounts; switch one off instead

    # --- Roles and keys want a second factor shown just now ---------------------------------------------------
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and self.has_change_permission(request) and (asked := confirming.ask(request)):
            return asked
        who = User.objects.filter(pk=object_id).first() if _is_id(object_id) else None
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **_of(who)})

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            kind = "account_opened" if obj.is_active else "account_closed"
            record(obj.pk, kind, by=request.user.as_actor)

    def save_related(self, request, form, formsets, change) -> None:
        before = _roles_of(form.instance)
        super().save_related(request, form, formsets, change)
        after = _roles_of(form.instance)
        if before != after:
            changed = {"given": sorted(after - before), "taken": sorted(before - after)}
            record(form.instance.pk, "roles_changed", by=request.user.as_actor, **changed)
        if not change:
            inviting.invite(form.instance, by=request.user.as_actor)

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("%(who)s gets a mail with a link to set up the account.") % {"who": obj})
        return redirect("admin:staff_user_changelist")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/invite/", wrap(invite), name="staff_invite"),
            path("<uuid:pk>/end-sessions/", wrap(end_sessions), name="staff_end_sessions"),
        ]
        return [*own, *(page for page in super().get_urls() if page.name != "auth_user_password_change")]


def _roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def _is_id(given: str | None) -> bool:
    try:
        return bool(given and uuid.UUID(given))
    except ValueError:
        return False


def _of(who: User | None) -> dict[str, Any]:
    """What an administrator sees of somebody's sign-in: which ways there are and who tried, no secret."""
    if who is None:
        return {}
    kinds = [tries.DOORS[kind] for kind in sorted(second_factor.kinds_of(who))]
    return {"who": who, "ways": kinds, "open_sessions": len(sessions.of(who)), "tries": tries.of(who)[:10]}


def _somebody_else(request: HttpRequest, pk: uuid.UUID) -> User:
    """Whose account an administrator is about to touch; never one's own. Raises PermissionDenied or Http404."""
    if ADMINISTRATOR not in cast(User, request.user).roles or pk == request.user.pk:
        raise PermissionDenied
    return get_object_or_404(User, pk=pk)


@require_POST
@confirming.fresh
def invite(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody starts over: every way in from before is closed, and a link goes to their mailbox."""
    who = _somebody_else(request, pk)
    if not who.email:
        messages.error(request, _("Enter an e-mail address for them first: the link goes there."))
        return redirect("admin:staff_user_change", pk)
    inviting.invite(who, by=cast(User, request.user).as_actor)
    messages.success(request, _("%(who)s gets a mail with a link to set up the account.") % {"who": who})
    return redirect("admin:staff_user_change", pk)


@require_POST
@confirming.fresh
def end_sessions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Whoever sits at a desk as this person is signed out at once."""
    sessions.end(_somebody_else(request, pk), by=cast(User, request.user))
    messages.success(request, _("All their sessions are ended."))
    return redirect("admin:staff_user_change", pk)
