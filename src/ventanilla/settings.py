"""Django's settings. What the machine decides comes from the environment: docs/settings.md."""

from datetime import timedelta
from pathlib import Path

from ventanilla.lib import env, home

BASE = Path(__file__).resolve().parent

# Where everything lives: database, raw mail, attachments, secrets.
HOME = home.path()
SECRET_KEY = home.secret_key(HOME)
DEBUG = False

# Where the pages are served, and how the world reaches them: links in mail begin with BASE_URL.
WEB_HOST = env.text("VENTANILLA_HOST", "127.0.0.1")
WEB_PORT = env.port("VENTANILLA_PORT", 8000)
WEB_THREADS = env.number("VENTANILLA_WEB_THREADS", 4, low=1, high=64)
WEB_BODY_LIMIT = env.number("VENTANILLA_WEB_BODY_LIMIT_MB", 60, low=1) * 1_000_000
BASE_URL = env.url("VENTANILLA_BASE_URL", f"http://127.0.0.1:{WEB_PORT}")
# Only these may say, by X-Forwarded-For and -Proto, for whom they ask.
TRUSTED_PROXIES = env.networks("VENTANILLA_TRUSTED_PROXIES")
ALLOWED_HOSTS = ["*"]  # links use BASE_URL, never the Host header
STORAGE_URL = env.text("VENTANILLA_STORAGE", "")
# The server for the desk's own mail, and for inboxes without one of their own.
SMTP_URL = env.url("VENTANILLA_SMTP_URL", "", ("smtp", "smtp+starttls", "smtps"))
# Without such a server: a folder that mails are written to instead of being sent.
MAIL_FOLDER = env.text("VENTANILLA_MAIL_FOLDER", "")
# From whom the desk's own mail comes; empty: the first inbox's address.
MAIL_FROM = env.text("VENTANILLA_MAIL_FROM", "")
# How long an outgoing server may take for one answer before the mail goes back to the queue.
SMTP_TIMEOUT = env.seconds("VENTANILLA_SMTP_TIMEOUT", 30)
# Where the built-in receivers listen: host:port, for LMTP also a socket's path; empty: off.
SMTP_LISTEN = env.text("VENTANILLA_SMTP_LISTEN", "127.0.0.1:2525")
LMTP_LISTEN = env.text("VENTANILLA_LMTP_LISTEN", "")
# The receivers offer STARTTLS when these name a certificate (with its chain) and its key.
SMTP_TLS_CERTIFICATE = env.text("VENTANILLA_SMTP_TLS_CERTIFICATE", "")
SMTP_TLS_KEY = env.text("VENTANILLA_SMTP_TLS_KEY", "")

# DATABASE_URL, else the embedded server's socket. Connections are kept, and tried before use.
DATABASES = {
    "default": home.database(HOME) | {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "ventanilla.lib",
    "ventanilla.events",
    "ventanilla.people",
    "ventanilla.tickets",
    "ventanilla.tickets.search",
    "ventanilla.mail",
    "ventanilla.sla",
    "ventanilla.automation",
    "ventanilla.notifications",
    "ventanilla.desk",
]
EVENT_WIRING = "ventanilla.wiring"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "ventanilla.people.passwords.Strong"},
]

MIDDLEWARE = [
    "ventanilla.lib.request_log.RequestLog",
    "ventanilla.desk.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ventanilla.desk.middleware.Identity",
]
TEMPLATES = [
    {
        "BACKEND": "ventanilla.desk.jinja.Pages",
        "DIRS": [BASE / "desk" / "templates"],
        "OPTIONS": {},
    },
]
CSRF_FAILURE_VIEW = "ventanilla.desk.views.problems.forgery"

# Over TLS cookies are bound to this host; plain http is for this machine only.
SECURE = BASE_URL.startswith("https://")
SESSION_ENGINE = "ventanilla.lib.sessions"
SESSION_COOKIE_NAME = "__Host-vt-session" if SECURE else "vt-session"
CSRF_COOKIE_NAME = "__Host-vt-csrf" if SECURE else "vt-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Signed out by itself when it was not used for this long.
SESSION_IDLE = timedelta(hours=env.number("VENTANILLA_SESSION_IDLE_HOURS", 12, low=1, high=336))

# What one uploaded file may weigh; the rest of a form is small.
UPLOAD_LIMIT = env.number("VENTANILLA_UPLOAD_LIMIT_MB", 25, low=1) * 1_000_000
# How long what nobody needs more is kept: uploads that no draft names, the bytes of sent mails.
KEEP_UPLOADS = env.days("VENTANILLA_KEEP_UPLOADS_DAYS", 7)
KEEP_SENT = env.days("VENTANILLA_KEEP_SENT_DAYS", 30)
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 50

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]

ROOT_URLCONF = "ventanilla.urls"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Our own files only: what third parties bring is vendored, with its version.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [BASE / "desk" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ventanilla.desk.assets.AssetStorage"},
}
IMMUTABLE_FILE = r"\.[0-9a-f]{12}\."  # what AssetStorage has hashed may be kept for ever
LOGIN_URL = "/login/"

LOGGING_CONFIG = "ventanilla.lib.log.set_up"
LOGGING = {
    "level": env.choice("VENTANILLA_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
    "form": env.choice("VENTANILLA_LOG_FORM", "auto", ("auto", "json", "console")),
}
