from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "requests.policy"
    label = "policy"
    verbose_name = "Privacy policy"
