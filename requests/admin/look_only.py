"""Rows that Django's own forms never write: what changes them is a verb, with its event and its rules."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class LookOnly(admin.ModelAdmin):
    """`is_for` says of somebody who is signed in whether they see it at all."""

    is_for: Callable[[Any], bool]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_for(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_for(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
