"""What the vault needs before the portal starts."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from verification import scanning


@register(Tags.security)
def papers_are_scanned(app_configs, **kwargs) -> list[Error]:
    """In production nobody opens a paper that no virus scanner has looked at: without one, papers stay closed."""
    if not settings.PRODUCTION or scanning.is_configured():
        return []
    return [
        Error(
            "No virus scanner is configured, so no paper of a requester can be opened.",
            hint="Set CLAMD_URL, such as tcp://clamd:3310.",
            id="primevox.E003",
        )
    ]
