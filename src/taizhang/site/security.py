"""Response headers that Django does not set itself, and whose request it is."""

import contextlib
import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse

# No inline script or style anywhere: what the browser runs and how it looks comes from our own files.
POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'self'"


class ContentSecurityPolicyMiddleware:
    """Lets the browser run nothing but our own files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        return response


class ClientAddressMiddleware:
    """Behind our own proxies the caller's address is in ``X-Forwarded-For``: as many places from the right as there are
    proxies (``TAIZHANG_PROXIES``). What stands further left the caller may have written himself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if 0 < settings.PROXIES <= len(told):
            with contextlib.suppress(ValueError):  # no address: the proxy's own stays
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(told[-settings.PROXIES]))
        return self.get_response(request)


class PlainUserMiddleware:
    """Behind the login the user is there: a page asks it a hundred times, and through Django's lazy proxy each time costs
    more than the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if getattr(view, "login_required", True):
            request.user = get_user(request)
