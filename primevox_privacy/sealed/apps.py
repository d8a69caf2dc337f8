from django.apps import AppConfig


class SealedConfig(AppConfig):
    name = "primevox_privacy.sealed"
    label = "sealed"
