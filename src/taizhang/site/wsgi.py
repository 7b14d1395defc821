"""The WSGI application that the web server loads."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
django.setup(set_prefix=False)

from taizhang.site.wide_forms import Handler  # noqa: E402  (Django must be set up)

application = Handler()
