"""The ground floor as a Django app: system checks and ways to forget."""

from django.apps import AppConfig


class PrimevoxPrivacyConfig(AppConfig):
    name = "primevox_privacy"

    def ready(self) -> None:
        from primevox_privacy import system_checks  # noqa: F401  (registers the checks)
