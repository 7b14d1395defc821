"""Who is asking: one id for everything done in one request, and the address it came from."""

from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

_request: ContextVar[tuple[str, str]] = ContextVar("request", default=("", ""))


def current_request() -> tuple[str, str]:
    """(request id, remote address) of the running request; empty on the command line."""
    return _request.get()


class RequestContextMiddleware:
    """Gives each request its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request.set((uuid4().hex, request.META.get("REMOTE_ADDR", "")))
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)
