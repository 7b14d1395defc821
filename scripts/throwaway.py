"""An installation of its own for a script that plays on the program: empty, migrated, thrown away at the end."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def installation() -> Iterator[None]:
    """Django set up on it; pages answer to the test client. The program and the tests can be imported inside."""
    with tempfile.TemporaryDirectory(prefix="taizhang-") as home:
        os.environ |= {"TAIZHANG_HOME": home, "DJANGO_SETTINGS_MODULE": "taizhang.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        yield
