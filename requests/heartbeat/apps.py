from django.apps import AppConfig


class HeartbeatConfig(AppConfig):
    name = "requests.heartbeat"
    label = "heartbeat"

    def ready(self) -> None:
        from requests.heartbeat import steps
        from requests.signals import synthetic_code_made

        synthetic_code_made.connect(steps.keep_code, dispatch_uid="heartbeat_keeps_its_code")
