"""Every setting of the site, read from the environment. It runs with nothing set."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu.entity import Queue

from config import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What this machine keeps for itself -------------------------------------------------------------------------------

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def own_key(name: str, made: str) -> str:
    """A key made at the first start and kept in the ignored folder, readable by its owner alone."""
    path = VAR_DIR / name
    if not path.exists():
        draft = VAR_DIR / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(made)
        try:
            os.link(draft, path)  # fails if another process was first: then its key stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


# --- Where it runs ----------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
IS_LOCAL = all(host in {"localhost", "127.0.0.1", "[::1]"} for host in ALLOWED_HOSTS)
DEBUG = env.bool("DEBUG", default=False)
# One-click sign-in as each of the demonstration's cast, and a banner on every page.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
# People who work in the office need a second factor to sign in.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMONSTRATION)
SECRET_KEY = env.str("SECRET_KEY", default="")
# Keys of before: what they signed is still believed, so that a new key signs nobody out.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The first key encrypts bank details; the others still decrypt what was written under them.
BANK_DETAIL_KEYS = env.list("BANK_DETAIL_KEYS", default=[])

if not IS_LOCAL:
    refused = {
        "ALLOWED_HOSTS must not be '*': name the hosts.": "*" in ALLOWED_HOSTS,
        "DEBUG shows the insides of the site to visitors: switch it off.": DEBUG,
        "DEMONSTRATION lets anybody sign in as anybody: switch it off.": DEMONSTRATION,
        "STAFF_SECOND_FACTOR must be on.": not STAFF_SECOND_FACTOR,
        "SECRET_KEY must be set: 50 characters or more, made for this site.": len(SECRET_KEY) < 50
        or SECRET_KEY.startswith("django-insecure"),
        "BANK_DETAIL_KEYS must be set: make one with `make key` and keep it safe.": not BANK_DETAIL_KEYS,
    }
    if reasons := [reason for reason, broken in refused.items() if broken]:
        raise ImproperlyConfigured(f"This site is reachable as {', '.join(ALLOWED_HOSTS)}. " + " ".join(reasons))

SECRET_KEY = SECRET_KEY or own_key("secret-key", secrets.token_urlsafe(64))
BANK_DETAIL_KEYS = BANK_DETAIL_KEYS or [own_key("bank-detail-key", Fernet.generate_key().decode())]

# --- The council ------------------------------------------------------------------------------------------------------

COUNCIL_NAME = env.str("COUNCIL_NAME", default="Example County Council")
FUND_NAME = env.str("FUND_NAME", default="Community Challenge Fund")
FUND_PREFIX = env.str("FUND_PREFIX", default="CCF")  # references read CCF-2026-0001
HELP_PHONE = env.str("HELP_PHONE", default="01632 960 001")
HELP_EMAIL = env.str("HELP_EMAIL", default="fund@council.example")
HELP_HOURS = env.str("HELP_HOURS", default="Monday to Friday, 9am to 5pm")
# What pages and messages call `council`.
COUNCIL = {
    "name": COUNCIL_NAME,
    "fund": FUND_NAME,
    "phone": HELP_PHONE,
    "email": HELP_EMAIL,
    "hours": HELP_HOURS,
    "address": env.str("COUNCIL_ADDRESS", default="County Hall, High Street, Exampletown, EX1 1AA"),
    "website": env.str("COUNCIL_WEBSITE", default="https://www.council.example"),
}
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.str('PORT', default='8000')}")
COUNCIL_GSS_CODE = env.str("COUNCIL_GSS_CODE", default="E10000012")
DISTRICT_GSS_CODES = env.list("DISTRICT_GSS_CODES", default=[f"E070000{number}" for number in range(66, 78)])
THREE_SIXTY_PREFIX = env.str("THREE_SIXTY_PREFIX", default="360G-example")
COUNCIL_ORG_ID = env.str("COUNCIL_ORG_ID", default="GB-LAE-EXA")
# Days on which the council is shut, beside England's bank holidays: 2026-12-29,2026-12-30
COUNCIL_CLOSURES = env.list("COUNCIL_CLOSURES", default=[])
# Heading and source of each column of the file that finance loads into its own system.
PAYMENT_EXPORT_COLUMNS = env.json(
    "PAYMENT_EXPORT_COLUMNS",
    default=[
        ["Supplier number", "supplier_number"],
        ["Payee", "payee"],
        ["Sort code", "sort_code"],
        ["Account number", "account_number"],
        ["Amount", "amount"],
        ["Reference", "reference"],
        ["Cost code", "cost_code"],
        ["Ledger code", "ledger_code"],
    ],
)
COST_CODE = env.str("COST_CODE", default="CCF01")
LEDGER_CODE = env.str("LEDGER_CODE", default="4300")

# --- Parts ------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "communities",  # first: its templates win over the admin's, its runserver over the static files'
    "grants",
    "evaluation",
    "config.office.OfficeConfig",  # the admin, as the office
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widgets' templates, some of them ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_structlog",
    "import_export",
]
MIDDLEWARE = [
    "communities.core.clock.mark_arrival",  # before anything reads the body
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "communities.people.sign_in.second_factor",
    "communities.core.refusals.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.context.council",
                "communities.core.navigation.navigation",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("govuk",)
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False
IMPORT_EXPORT_SKIP_ADMIN_CONFIRM = False
IMPORT_EXPORT_USE_TRANSACTIONS = True

# --- Databases, cache, queue ------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
database: dict[str, Any] = dict(env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'fund.sqlite3'}"))
if "sqlite3" in database["ENGINE"]:
    database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",  # two writers wait for each other instead of failing
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # a file, so that threads share it
else:
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    limits = "-c lock_timeout=3s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
    waits = {"connect_timeout": 5, "tcp_user_timeout": 30_000}  # a server that vanished is noticed
    # planning a statement over a dozen tables takes longer than running it: each connection plans it a few times only
    plans = {"server_side_binding": True, "prepare_threshold": 4}
    database["OPTIONS"] = {**waits, **plans, **database.get("OPTIONS", {}), "options": limits}
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

in_database = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
in_redis = {
    "BACKEND": "config.caches.RedisOrDatabase",
    "LOCATION": env.str("REDIS_CACHE_URL", default=REDIS_URL),
    "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
}
CACHES = {"default": in_redis if REDIS_URL else in_database, "database": in_database}

# What workers take their work from; each periodic task says which of them it waits in.
QUEUES = ("messages", "imports", "scanning", "periodic")
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TIMEZONE = "UTC"
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]  # type: ignore[no-untyped-call]
CELERY_TASK_DEFAULT_QUEUE = "periodic"
CELERY_TASK_CREATE_MISSING_QUEUES = False  # a worker told to serve a queue that is not there says so
CELERY_TASK_IGNORE_RESULT = True
# A task is done when it is done, not when it was fetched: one whose worker was killed runs again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # all are safe to run twice
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes, looked at between two tasks
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 30
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file: what is due stands in the database
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # workers wait for Redis as long as it takes
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}

# A message that is due and not sent for so long makes the site "not ready": nobody drains the outbox.
READY_OUTBOX_MINUTES = env.int("READY_OUTBOX_MINUTES", default=30)

# --- Files and mail ---------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "assets"]
# Tests and `runserver` serve the files as they are; everything else by names that carry their content's digest.
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=not DEBUG)
on_disk = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": env.str("FILES_DIR", default=str(VAR_DIR / "files")), "base_url": None},
}
# Where several servers share the files: a private bucket. Without keys, those of the machine's own role are used.
FILES_S3_BUCKET = env.str("FILES_S3_BUCKET", default="")
in_bucket = {
    "BACKEND": "config.buckets.PrivateBucket",
    "OPTIONS": {
        "bucket_name": FILES_S3_BUCKET,
        "endpoint_url": env.str("FILES_S3_ENDPOINT", default="") or None,
        "region_name": env.str("FILES_S3_REGION", default="eu-west-2"),
        "access_key": env.str("FILES_S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("FILES_S3_SECRET_KEY", default="") or None,
    },
}
STORAGES = {
    "default": in_bucket if FILES_S3_BUCKET else on_disk,
    "staticfiles": {
        "BACKEND": "config.storages.NamedByContent"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        # for everybody, unlike what people send: nginx reads them, too
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
BACKUPS_DIR = Path(env.str("BACKUPS_DIR", default=str(VAR_DIR / "backups")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_MAX_SIZE = env.int("FILE_MAX_SIZE", default=10 * 1024 * 1024)
# A function that looks at a file's bytes and answers True when it is clean: "config.clamd.is_clean" asks ClamAV.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
CLAMD = env.str("CLAMD", default="/run/clamav/clamd.ctl")  # or host:port
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

if EMAIL_URL := env.str("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 10
EMAIL_SUBJECT_PREFIX = ""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{FUND_NAME} <{HELP_EMAIL}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"  # shown; the database keeps UTC
USE_I18N = True
USE_TZ = True

# --- Sign-in ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "communities.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "communities.people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
# Nobody signs up: a code opens an account. But without "password1" the sign-in form loses its password field.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "request_login_code": "communities.people.forms.RequestCodeForm",
    "confirm_login_code": "communities.people.forms.ConfirmCodeForm",
    "confirm_email_verification_code": "communities.people.forms.ConfirmAddressForm",
    "add_email": "communities.people.forms.NewAddressForm",
    "login": "communities.people.forms.PasswordForm",
    "set_password": "communities.people.forms.SetPasswordForm",
    "change_password": "communities.people.forms.ChangePasswordForm",
    "reauthenticate": "communities.people.forms.AskPasswordForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "communities.people.forms.FactorForm",
    "reauthenticate": "communities.people.forms.AskFactorForm",
    "activate_totp": "communities.people.forms.SetUpAppForm",
    "add_webauthn": "communities.people.forms.AddKeyForm",
    "edit_webauthn": "communities.people.forms.RenameKeyForm",
}
MFA_TOTP_ISSUER = f"{COUNCIL_NAME} {FUND_NAME}"
# How many of our own proxies stand in front: with 0, the forwarded address is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- Headers, cookies, policy -----------------------------------------------------------------------------------------

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.stale"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not IS_LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Log: what happened, never who they are ---------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG  # turns come several a second
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_NOTICE_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # people mistype addresses

LOGGING = logs.as_json(level=env.str("LOG_LEVEL", default="WARNING" if IS_LOCAL else "INFO"))
