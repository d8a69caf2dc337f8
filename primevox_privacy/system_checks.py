"""What has to be true before the portal starts."""

import base64
import importlib.util
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, register

from primevox_privacy import signed


@register(Tags.compatibility)
def our_requests_app_is_imported(app_configs, **kwargs) -> list[Error]:
    """Our app bears the name of a well-known HTTP library, which would hide it or be hidden by it."""
    found = importlib.util.find_spec("requests")
    if found and found.origin and Path(found.origin).is_relative_to(settings.BASE_DIR):
        return []
    return [
        Error(
            "`import requests` does not find the portal's own app.",
            hint="Remove the HTTP library of that name from the environment, or start from the repository.",
            id="primevox.E001",
        )
    ]


@register(Tags.security, deploy=True)
def sealed_files_are_outside_the_web(app_configs, **kwargs) -> list[Error]:
    """Sealed files are never served, not even as ciphertext."""
    if settings.SEALED_FILES_DIR.is_relative_to(settings.STATIC_ROOT):
        return [Error("SEALED_FILES_DIR lies inside STATIC_ROOT.", id="primevox.E002")]
    return []


@register(Tags.security)
def old_signing_keys_are_what_they_say(app_configs, **kwargs) -> list[Error]:
    """A version names one key: a public key kept for an old version is the one that this version signs with."""
    public = signed.public_keys()
    return [
        Error(f"OLD_PUBLIC_KEYS has another key {version} than SIGNING_KEYS.", id="primevox.E004")
        for version, key in settings.OLD_PUBLIC_KEYS.items()
        if base64.b64decode(public[version]) != key
    ]
