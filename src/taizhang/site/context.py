"""What the frame of every page shows: the menu, the period, the person's post."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``ui/base.html``."""
    return {"menu": [], "period": None, "search_url": None}
