"""Addresses of the visual language: only its style page, which the site puts at ``style/``."""

from django.urls import path

from taizhang.ui.views import style_page

app_name = "ui"
urlpatterns = [path("", style_page, name="style")]
