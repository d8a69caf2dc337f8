from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RequestsConfig(AppConfig):
    """The case. Named after what it holds; the HTTP library of that name is not used here."""

    name = "requests"
    verbose_name = "Privacy requests"

    def ready(self) -> None:
        from requests import receivers, roles
        from requests.playbooks import loading

        receivers.connect()
        post_migrate.connect(roles.ensure_groups, sender=self)
        post_migrate.connect(loading.load_at_first_start, sender=self)
