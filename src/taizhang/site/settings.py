"""Django's settings, from the environment and the installation's folder. One file for demo, tests and a bureau."""

from pathlib import Path

import environ

from taizhang.site.home import home, secret

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()

DEBUG = env.bool("TAIZHANG_DEBUG", default=False)
SECRET_KEY = secret("django")
# Sensitive fields are encrypted with it: a backup without keys/ cannot read them.
FIELD_KEY = secret("fields")
FILES = HOME / "files"
WAREHOUSE = HOME / "warehouse"
CATALOG_FRESH_SECONDS = 1.0
ALLOWED_HOSTS = env.list("TAIZHANG_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("TAIZHANG_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "taizhang.ui",
    "taizhang.catalog",
    "taizhang.events",
    "taizhang.org",
    "taizhang.documents",
    "taizhang.plans",
    "taizhang.schedule",
    "taizhang.registers",
    "taizhang.warehouse",
    "taizhang.indicators",
    "taizhang.standards",
    "taizhang.appraisal",
    "taizhang.reports",
    "taizhang.api",
    "taizhang.site",
]

# How many of our own proxies stand before the program: the log and the limits want the caller's address, not theirs.
PROXIES = env.int("TAIZHANG_PROXIES", default=0)

MIDDLEWARE = [
    "taizhang.site.security.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "taizhang.site.security.PlainUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "taizhang.events.context.RequestContextMiddleware",
    "taizhang.site.problems.ProblemMiddleware",
    "taizhang.site.security.ContentSecurityPolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taizhang.site.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "taizhang.ui.renderer.Renderer"

ROOT_URLCONF = "taizhang.site.urls"
WSGI_APPLICATION = "taizhang.site.wsgi.application"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{HOME / 'taizhang.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writer writes; IMMEDIATE makes writers queue instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Pages ask many small questions: starting helpers or compiling for one takes longer than its answer.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c max_parallel_workers_per_gather=0"
    )
# A thread keeps its connection: opening one (functions, pragmas) costs SQLite more than a small page's queries.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Long work waits in the database for ``taizhang worker``; what a transaction queues is seen when it commits.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "taizhang.org.sessions"
SESSION_COOKIE_AGE = 12 * 3600
# Schools share one address behind their network's gateway, so a lock is on the pair of name and address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "org/locked.html"

# Behind a TLS proxy set TAIZHANG_TLS=1: cookies are then sent over TLS only.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("TAIZHANG_TLS", default=False)
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if SESSION_COOKIE_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Notices go out by e-mail when EMAIL_URL names a server (smtp+tls://name:password@host:587).
NOTICE_EMAIL = bool(env.str("EMAIL_URL", default=""))
vars().update(env.email("EMAIL_URL", default="consolemail://"))
# … and by the robots of groups in 企业微信, 钉钉, 飞书, each by its address (and signing key).
NOTICE_WECOM = env.str("NOTICE_WECOM", default="")
NOTICE_DINGTALK = env.str("NOTICE_DINGTALK", default="")
NOTICE_DINGTALK_SECRET = env.str("NOTICE_DINGTALK_SECRET", default="")
NOTICE_FEISHU = env.str("NOTICE_FEISHU", default="")
NOTICE_FEISHU_SECRET = env.str("NOTICE_FEISHU_SECRET", default="")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="taizhang@localhost")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = PACKAGE / "site" / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# A return of 500 fields in one form is normal here.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
