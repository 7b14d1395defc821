"""The request as our views get it: the login middleware lets nobody else through."""

from __future__ import annotations

from django.http import HttpRequest

from taizhang.org.models import User


class Request(HttpRequest):
    """A request by a person who is logged in. Only a name for the type checker."""

    user: User
