"""Login, password, and the pages that show units and people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from taizhang.org.actions import change_password
from taizhang.org.forms import LoginForm, NewPasswordForm
from taizhang.org.queries import people_for, units_for

PAGE_SIZE = 50


class Login(LoginView):
    """The one page that needs no login."""

    template_name = "org/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        if self.request.user.must_change_password:
            return str(self.request.build_absolute_uri("/password/"))
        return super().get_success_url()


def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = change_password(user=request.user, password=form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。")
        return redirect("desk")
    return render(request, "org/password.html", {"form": form})


def units(request: HttpRequest) -> HttpResponse:
    """The unit tree, as far as the person may see it."""
    found = units_for(request.user).order_by("path")
    query = request.GET.get("q", "").strip()
    if query:
        found = found.filter(Q(name__icontains=query) | Q(code__startswith=query))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "org/units.html", {"page": page, "query": query})


def people(request: HttpRequest) -> HttpResponse:
    """Who holds which post."""
    found = people_for(request.user)
    query = request.GET.get("q", "").strip()
    if query:
        found = found.filter(Q(user__name__icontains=query) | Q(unit__name__icontains=query))
    page = Paginator(found.order_by("unit__path", "id"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "org/people.html", {"page": page, "query": query})
