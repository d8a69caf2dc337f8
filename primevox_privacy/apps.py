"""The ground floor as a Django app: system checks and ways to forget."""

from importlib import import_module

from django.apps import AppConfig


class PrimevoxPrivacyConfig(AppConfig):
    name = "primevox_privacy"

    def ready(self) -> None:
        import_module("primevox_privacy.system_checks")  # registers the checks
