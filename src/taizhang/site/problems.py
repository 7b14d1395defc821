"""A Problem becomes a page, a part or JSON here, once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from taizhang.kernel.errors import Problem


class ProblemMiddleware:
    """Turns a Problem that a view raised into an answer with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Problem):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(exception.as_dict(), status=exception.status)
        if getattr(request, "htmx", False):
            # A part of a page was asked for: the notice goes where notices stand, not into that part.
            answer = render(request, "site/problem_part.html", {"problem": exception}, status=exception.status)
            return retarget(reswap(answer, "innerHTML show:top"), "#notices")
        return render(request, "ui/problem.html", {"problem": exception}, status=exception.status)
