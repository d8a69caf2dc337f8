"""Where secrets come from: the environment, a file named by `…_FILE`, or (never in production) `var/secrets/`."""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def made_once(folder: Path, name: str, value: str) -> str:
    """Return the secret kept under `name`, writing `value` first if there is none.

    Portal and worker may start at the same moment: the link is atomic, so both read the same secret.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        ours = folder / f".{name}.{os.getpid()}"
        ours.touch(mode=0o600)
        ours.write_text(value)
        try:
            os.link(ours, path)
        except FileExistsError:
            pass
        finally:
            ours.unlink()
    return path.read_text().strip()


def new_key() -> str:
    """A fresh 256-bit key as base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse_versioned(name: str, text: str, *, may_be_empty: bool = False) -> dict[int, bytes]:
    """Read `2:BASE64,1:BASE64` into keys by version, the one in use first.

    Raises ImproperlyConfigured naming the setting, never the value.
    """
    keys: dict[int, bytes] = {}
    if may_be_empty and not text:
        return keys
    try:
        for part in text.split(","):
            version, _, encoded = part.strip().partition(":")
            keys[int(version)] = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is written as VERSION:BASE64, the one in use first, separated by commas."
        ) from None
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise ImproperlyConfigured(f"Each key in {name} needs to be {KEY_BYTES} bytes, base64.")
    return keys
