"""The request that a view behind the login gets."""

from django.http import HttpRequest

from taizhang.org.models import User


class UserRequest(HttpRequest):
    """LoginRequiredMiddleware lets no one else through."""

    user: User  # type: ignore[assignment]
