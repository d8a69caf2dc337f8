from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "primevox_privacy.staff"
    label = "staff"
    verbose_name = "Staff"
