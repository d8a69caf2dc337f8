from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "verification.customers"
    label = "customers"
