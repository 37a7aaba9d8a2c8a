"""Django's settings, made of the checked environment."""

from __future__ import annotations

from datetime import timedelta

from doudi.server.config.secret import secret
from doudi.server.lib.environment import django_database, read

ENVIRONMENT = read()

SECRET_KEY = secret(ENVIRONMENT.keys)
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "doudi.server.audit",
    "doudi.server.areas",
    "doudi.server.accounts",
    "doudi.server.jobs",
    "doudi.server.policybook",
    "doudi.server.registry",
    "doudi.server.decisions",
    "doudi.server.rolls",
    "doudi.server.exchange",
    "doudi.server.operations",
    "doudi.server.web",
    "doudi.server.api",
]
MIDDLEWARE = [
    "doudi.server.config.logs.RequestLog",
    "doudi.server.config.headers.Headers",
    "doudi.server.config.away.Away",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "doudi.server.config.urls"
WSGI_APPLICATION = "doudi.server.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Migrations run in a process of their own as the role that owns the tables (`doudi migrate`).
DATABASES = {"default": django_database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Official"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
# Served from the apps' own folders: nothing has to be collected before the first start.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_VERBOSE = False
AXES_HANDLER = "doudi.server.accounts.locks.Handler"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]  # the handler counts them in this order
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the record of acts has it
AXES_CLIENT_IP_CALLABLE = "doudi.server.accounts.addresses.address_of"
AXES_CLIENT_STR_CALLABLE = "doudi.server.accounts.addresses.unnamed"
AXES_SENSITIVE_PARAMETERS = ["username", "code", "old", "new"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

FILE_UPLOAD_HANDLERS = [
    "doudi.server.web.exchange.uploads.Limit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "doudi.server.web.stale.stale"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING_CONFIG = None  # doudi.server.config.logs does it
if ENVIRONMENT.https:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 86400
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
