"""The request as our views get it: the login middleware lets nobody else through."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest

from taizhang.org.models import User

T = TypeVar("T")


class Request(HttpRequest):
    """A request by a person who is logged in. Only a name for the type checker."""

    user: User


def sent(request: Request, data: T) -> T | None:
    """A form's data when the form was sent, however empty; None when it is only asked for."""
    return data if request.method == "POST" else None
