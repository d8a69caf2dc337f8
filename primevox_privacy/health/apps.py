from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HealthConfig(AppConfig):
    name = "primevox_privacy.health"
    label = "health"

    def ready(self) -> None:
        from primevox_privacy.health import sweeps

        post_migrate.connect(sweeps.begin_to_wait, sender=self)
