"""What every page may say about the controller."""

from django.conf import settings
from django.http import HttpRequest

from primevox_privacy import telephone


def controller(request: HttpRequest) -> dict[str, object]:
    """How to reach the controller (policy §6), for `other ways to ask` on every page."""
    return {
        "compliance_email": settings.COMPLIANCE_EMAIL,
        "compliance_phone": telephone.in_words(),
        "compliance_address": settings.COMPLIANCE_POSTAL_ADDRESS,
        "policy_url": settings.POLICY_URL,
        "demo": settings.DEMO,
    }
