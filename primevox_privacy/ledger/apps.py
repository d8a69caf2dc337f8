from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "primevox_privacy.ledger"
    label = "ledger"

    def ready(self) -> None:
        from primevox_privacy.ledger import triggers

        post_migrate.connect(triggers.after_migrate, sender=self)
