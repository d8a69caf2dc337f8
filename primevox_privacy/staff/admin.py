"""Administrators keep the accounts. Nobody can make themselves more than an administrator here: one's own roles are
for somebody else to change."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group

from primevox_privacy.staff.models import User

admin.site.unregister(Group)
ADMINISTRATOR = "administrator"


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Accounts and roles. Superuser and single permissions are not offered: roles say all."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Roles", {"fields": ("is_active", "is_staff", "groups")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "is_staff", "groups")}),
    )
    filter_horizontal = ("groups",)

    def has_module_permission(self, request) -> bool:
        return ADMINISTRATOR in getattr(request.user, "roles", ())

    def has_view_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_change_permission = has_view_permission

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        return ("is_active", "is_staff", "groups") if obj == request.user else ()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False  # the record names accounts; switch one off instead
