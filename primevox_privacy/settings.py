"""All settings, read top to bottom. Starts with no environment at all; production says PRODUCTION=1.

Policy numbers are not settings: they stand, cited, in the policy modules (requests/deadlines.py and others).
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from primevox_privacy.secrets_at_rest import made_once, new_key, parse_versioned

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME, or NAME_FILE with the path of a file that holds it

# --- What kind of place this is --------------------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", default=False)
DEMO = env.bool("DEMO", default=False)  # demo staff, demo cases, and a page that shows the mail sent
if PRODUCTION and DEMO:
    raise ImproperlyConfigured("DEMO shows everybody's mail, so it cannot run with PRODUCTION.")
DEBUG = False  # never: its error pages print personal data
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def secret(name: str, make=new_key) -> str:
    """A secret from the environment; made and kept in var/secrets/ where this is not production."""
    value = env.str(name, default="")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE: production does not start without it.")
    return made_once(VAR_DIR / "secrets", name, make())


def needed(name: str, default: str) -> str:
    """A setting with a default for trying out, which production has to name."""
    value = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it.")
    return value or default


# --- Secrets (see docs/keys.md) --------------------------------------------------------------------
SECRET_KEY = secret("SECRET_KEY")
WRAPPING_KEYS = parse_versioned("WRAPPING_KEYS", secret("WRAPPING_KEYS", lambda: f"1:{new_key()}"))
SIGNING_KEYS = parse_versioned("SIGNING_KEYS", secret("SIGNING_KEYS", lambda: f"1:{new_key()}"))
# No secret: public keys of signing keys that are destroyed, so that what they signed can still be checked.
OLD_PUBLIC_KEYS = parse_versioned("OLD_PUBLIC_KEYS", env.str("OLD_PUBLIC_KEYS", default=""), may_be_empty=True)
INDEX_KEY = secret("INDEX_KEY").encode()  # blind indexes for exact look-ups
CODE_PEPPER = secret("CODE_PEPPER").encode()  # digests of one-time codes

# --- Database, broker, mail --------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(needed("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"))}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["OPTIONS"] = (
    {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete: a destroyed key is overwritten, not left in a free page.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
    if ON_SQLITE
    # jit: compiling the statement of a page of the queue takes longer than any of them runs.
    else {"connect_timeout": 5, "options": "-c jit=off"}
)
DATABASES["default"]["CONN_MAX_AGE"] = 0 if ON_SQLITE else 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = needed("REDIS_URL", "memory://localhost/")
EMBEDDED = REDIS_URL.startswith("memory:")  # worker and beat are one process; its sweeps find what is owed

EMAIL_URL = needed("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
    EMAIL_FILE_PATH.mkdir(exist_ok=True)
EMAIL_TIMEOUT = 20  # seconds
COMPLIANCE_EMAIL = env.str("COMPLIANCE_EMAIL", default="compliance@primevox.net")  # policy §6
COMPLIANCE_PHONE = env.str("COMPLIANCE_PHONE", default="972-600-1150 (option 1)")  # policy §6
# Where letters and people can come; lines apart by \\n. Without it our pages say to call for the address.
COMPLIANCE_POSTAL_ADDRESS = env.str("COMPLIANCE_POSTAL_ADDRESS", default="", multiline=True).strip()
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"Primevox privacy requests <{COMPLIANCE_EMAIL}>")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="primevox.net")  # right-hand side of our Message-IDs
PUBLIC_URL = needed("PUBLIC_URL", "http://localhost:8000").rstrip("/")  # stands in letters
POLICY_URL = env.str("POLICY_URL", default="https://www.primevox.net/privacy")
# How long a letter belongs to the worker that took it; longer than sending takes, EMAIL_TIMEOUT included.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=120)
ADMINS: list[tuple[str, str]] = []  # no error mails: they would carry personal data

# --- Apps ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "primevox_privacy.apps.PrimevoxPrivacyConfig",
    "primevox_privacy.sealed",
    "primevox_privacy.ledger",
    "primevox_privacy.outbox",
    "primevox_privacy.limits",
    "primevox_privacy.health",
    "primevox_privacy.staff.apps.StaffConfig",
    "verification.apps.VerificationConfig",
    "verification.customers.apps.CustomersConfig",
    "requests.apps.RequestsConfig",
    "requests.policy.apps.PolicyConfig",
    "requests.inventory.apps.InventoryConfig",
    "requests.heartbeat.apps.HeartbeatConfig",
    "primevox_privacy.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_countries",
    "crispy_forms",
    "csp",
]
AUTH_USER_MODEL = "staff.User"
ROOT_URLCONF = "primevox_privacy.urls"
WSGI_APPLICATION = "primevox_privacy.wsgi.application"
CRISPY_TEMPLATE_PACK = "primevox"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("primevox",)
COUNTRIES_FIRST = ["US", "CA"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "primevox_privacy.compressing.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "primevox_privacy.staff.sessions.EndOfSessions",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "requests.views.by_button.OnlyByButton",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "primevox_privacy.context.controller",
            ],
        },
    }
]

# --- What a browser may do -------------------------------------------------------------------------------
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "testserver"])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: production does not start without it.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies of ours stand in front
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
# Not `no-referrer`: browsers then send `Origin: null` with a form, which the CSRF check has to refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0  # two years
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 60 * 60  # seconds. Ends of staff: staff/sessions.py; of requesters: requests/access.py
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "requests.views.pages.csrf_failure"
FILE_UPLOAD_HANDLERS = ["primevox_privacy.sealed.uploads.SealedUploadHandler"]  # never in plain on disk
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "primevox_privacy.staff.passwords.MadeOfCommonOnes"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# --- How staff sign in (primevox_privacy/staff; lengths of time stand there) ---------------------------------
# Only the models and the cryptography of allauth are used: its pages are in no list of addresses.
MFA_ADAPTER = "primevox_privacy.staff.sealing.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, for clocks that differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost while trying out
ACCOUNT_RATE_LIMITS = False  # those of allauth count per process; ours are exact: staff/proving.py
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
NEEDS_PASSKEY = "requests.roles.needs_passkey"  # which roles see documents is said upstairs

# --- Language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["primevox_privacy.formats"]
TIME_ZONE = "America/Chicago"  # the controller's office
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
SEALED_FILES_DIR = Path(env.str("SEALED_FILES_DIR", default=str(VAR_DIR / "sealed")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is stored in plain
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION or env.bool("COLLECT_MANIFEST", default=False)  # the image is built without secrets
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = not PRODUCTION
# The latest seal of the record is also written here, outside the database.
LEDGER_HEAD_FILE = Path(env.str("LEDGER_HEAD_FILE", default=str(VAR_DIR / "ledger-head.jsonl")))
# Which keys were destroyed: read after a restore, which brings them back (`manage.py replay_purges`).
PURGE_LEDGER_FILE = Path(env.str("PURGE_LEDGER_FILE", default=str(VAR_DIR / "purges.jsonl")))
# What looks at papers before they are opened. Without it production leaves them closed, and a system check says so.
SCANNER = env.str("SCANNER", default="verification.scanning.clamd")
CLAMD_URL = env.str("CLAMD_URL", default="")  # such as tcp://clamd:3310 or unix:///run/clamav/clamd.ctl
BACKUP_DAYS = env.int("BACKUP_DAYS", default=35)  # days; how long backups and archived WAL are kept

# --- Customers: where a verifier looks up whom a request is about (verification/customers/directory.py) -----------
CUSTOMER_DIRECTORY = env.str("CUSTOMER_DIRECTORY", default="verification.customers.table.SealedTable")

# --- The daily test request (requests/heartbeat) ----------------------------------------------------------------
HEARTBEAT = env.bool("HEARTBEAT", default=not DEMO)  # the demo shows all mail, and this would stand among it
HEARTBEAT_EMAIL = env.str("HEARTBEAT_EMAIL", default=COMPLIANCE_EMAIL)  # a mailbox of the controller's own

# --- Limits (settings because networks differ; the reasons stand in primevox_privacy/limits) --------------------
SUBMISSIONS_PER_HOUR = env.int("SUBMISSIONS_PER_HOUR", default=60)  # per IPv4 address or IPv6 /64
ERASURE_WAIT_HOURS = env.int("ERASURE_WAIT_HOURS", default=72)  # between telling the person and a deletion
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10_000_000)  # a file

# --- Celery: only the bell. What is owed stands in rows ----------------------------------------------------------
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=2.0 if EMBEDDED else 15.0)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a web request never waits for the broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.5}
    if EMBEDDED
    else {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 0,  # a visitor does not wait while the broker is away; worker and beat come back by themselves
        # Without these two a lost message comes back only after about 100 seconds.
        "visibility_timeout": 60,
        "unacked_restore_interval": 5,
    }
)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Logs: no personal data, no bodies, no addresses ------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own lines name the path of a refused page; the query string is not among them.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
