from importlib import import_module

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"

    def ready(self) -> None:
        import_module("verification.system_checks")  # registers the check
