"""Addresses of the visual language: only its style page."""

from django.urls import path

from taizhang.ui.views import style_page

app_name = "ui"
urlpatterns = [path("style/", style_page, name="style")]
