"""Where signing in leads: to the queue, for whoever works on cases; to their own tasks, for who collects.
Administrators get the plain index."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from requests import roles


def _home(request: HttpRequest) -> HttpResponse:
    if roles.sees_cases(request.user) and not roles.may_set_levels(request.user):
        return redirect("admin:requests_rightsrequest_changelist")
    if roles.may(request.user, "see_own_tasks") and not roles.may_set_levels(request.user):
        return redirect("admin:inventory_task_changelist")
    return admin.site.index(request)


home = admin.site.admin_view(_home)
