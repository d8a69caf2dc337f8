from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InventoryConfig(AppConfig):
    name = "requests.inventory"
    label = "inventory"
    verbose_name = "Data inventory"

    def ready(self) -> None:
        from requests.inventory import beginning, loading
        from requests.signals import request_taken, right_changed
        from verification.signals import check_decided

        check_decided.connect(beginning.after_check, dispatch_uid="search_after_check")
        request_taken.connect(beginning.after_taking, dispatch_uid="search_after_taking")
        right_changed.connect(beginning.after_another_right, dispatch_uid="search_after_another_right")
        post_migrate.connect(loading.load_at_first_start, sender=self)
