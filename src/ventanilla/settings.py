"""Django's settings. What the machine decides comes from the environment; docs/settings.md lists it."""

from pathlib import Path

from ventanilla.lib import env, home

BASE = Path(__file__).resolve().parent

# Where everything lives: database, raw mail, attachments, secrets.
HOME = home.path()
SECRET_KEY = home.secret_key(HOME)
DEBUG = False
BASE_URL = env.text("VENTANILLA_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = ["*"]  # links use BASE_URL, never the Host header
STORAGE_URL = env.text("VENTANILLA_STORAGE", "")

DATABASES = {"default": home.database(HOME)}
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
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]

ROOT_URLCONF = "ventanilla.urls"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
LOGIN_URL = "/login/"
