from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "primevox_privacy.outbox"
    label = "outbox"
