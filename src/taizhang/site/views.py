"""The desk, and the pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def desk(request: HttpRequest) -> HttpResponse:
    """What the person owes: tasks, records, and what they may start."""
    return render(request, "site/desk.html", {})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/500.html", status=500)
