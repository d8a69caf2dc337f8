from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "primevox_privacy.limits"
    label = "limits"
