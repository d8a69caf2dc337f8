"""Loaded before the settings: where the tests keep their files, and which real parts are there.

On a machine with PostgreSQL on 127.0.0.1:5432 (or DATABASE_URL set) the tests run on it, else on SQLite. What a
test cannot do without is said by its marker; `pytest -rs` prints what was missing and how to get it.
"""

import os
import shutil
import socket
import tempfile
from pathlib import Path

VAR = tempfile.mkdtemp(prefix="primevox-tests-")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


HAS_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres") or (
    "DATABASE_URL" not in os.environ and answers(5432)
)
HAS_REDIS = answers(6379)
HOW_TO_GET = {
    "postgres": (HAS_POSTGRES, "PostgreSQL on 127.0.0.1:5432, trust for role postgres: `apt install postgresql`"),
    "redis": (HAS_REDIS, "Redis on 127.0.0.1:6379: `apt install redis-server`"),
    "browser": (bool(CHROMIUM), "Chromium on the PATH: `apt install chromium`"),
    "openssl": (bool(shutil.which("openssl")), "OpenSSL 3 on the PATH: `apt install openssl`"),
}

if HAS_POSTGRES:
    os.environ.setdefault("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/test")
os.environ["VAR_DIR"] = VAR
for name in ("REDIS_URL", "EMAIL_URL", "PRODUCTION", "DEMO", "HEARTBEAT", "HEARTBEAT_EMAIL"):
    os.environ.pop(name, None)
Path(VAR, "secrets").mkdir()
