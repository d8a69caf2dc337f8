from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_delete


class StaffConfig(AppConfig):
    name = "primevox_privacy.staff"
    label = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator

        from primevox_privacy.staff import sealing

        post_delete.connect(sealing.forget, sender=Authenticator, dispatch_uid="staff.forget")


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our own way in."""

    default_site = "primevox_privacy.staff.site.StaffSite"
