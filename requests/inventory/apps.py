from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InventoryConfig(AppConfig):
    name = "requests.inventory"
    label = "inventory"
    verbose_name = "Data inventory"

    def ready(self) -> None:
        from requests.inventory import loading

        post_migrate.connect(loading.load_at_first_start, sender=self)
