"""Where the rules stand at the desk. They are about no case and no person."""

from django.contrib import admin
from django.urls import path

from requests.admin import playbooks, rules

wrap = admin.site.admin_view
app_name = "rules"
urlpatterns = [
    path("", wrap(rules.index), name="index"),
    path("laws/", wrap(rules.laws), name="laws"),
    path("retention/", wrap(rules.how_long), name="retention"),
    path("permissions/", wrap(rules.permissions), name="permissions"),
    path("playbooks/", wrap(playbooks.index), name="playbooks"),
    path("playbooks/new/", wrap(playbooks.new), name="new_playbook"),
    path("playbooks/<uuid:pk>/", wrap(playbooks.show), name="playbook"),
    path("playbooks/versions/<uuid:pk>/confirm/", wrap(playbooks.confirm), name="confirm_playbook"),
    path("playbooks/versions/<uuid:pk>/drop/", wrap(playbooks.drop), name="drop_playbook"),
]
