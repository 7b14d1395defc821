"""The bureau's settings with what only tests need: a home of its own, quick hashing, plain static files."""

import atexit
import os
import shutil
import tempfile

os.environ["TAIZHANG_HOME"] = _home = tempfile.mkdtemp(prefix="taizhang-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)

from taizhang.site.settings import *  # noqa: E402, F403
from taizhang.site.settings import STORAGES as _STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
AXES_ENABLED = False
# Work is done where it is started.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Static files are not collected for tests, and WhiteNoise warns of that.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405
