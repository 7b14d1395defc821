from django.urls import path

from taizhang.reports import public_views

app_name = "public_reports"
urlpatterns = [
    path("", public_views.index, name="index"),
    path("<int:pk>/", public_views.report, name="report"),
]
