"""All addresses. Requester pages bear the language; what machines and staff use does not.

Upper floors are named by string here, in celery.py and in health/checks.py, and nowhere else on this floor.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.module_loading import import_string


def _view(name: str):
    return import_string(f"requests.views.{name}")


urlpatterns = [
    path("admin/", import_string("requests.admin.home.home")),
    path("admin/rules/", include("requests.admin.rule_urls")),
    path("admin/", admin.site.urls),
    path("health/alive/", _view("pages.alive"), name="alive"),
    path("health/ready/", _view("pages.ready"), name="ready"),
    path(".well-known/primevox-signing-keys.json", _view("pages.signing_keys"), name="signing_keys"),
    path(".well-known/gpc.json", _view("opting_out.support"), name="gpc"),
    *([path("demo/mail/", _view("demo.sent_mail"), name="demo_mail")] if settings.DEMO else []),
    *([path("demo/codes/", _view("demo.codes"), name="demo_codes")] if settings.DEMO else []),
    *i18n_patterns(path("", include("requests.urls")), prefix_default_language=False),
]
handler403 = "requests.views.pages.not_allowed"
handler404 = "requests.views.pages.not_found"
handler400 = "requests.views.when_broken.not_read"
handler500 = "requests.views.when_broken.not_saved"
