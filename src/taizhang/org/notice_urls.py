from django.urls import path

from taizhang.org import notice_views as views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="index"),
    path("read/", views.read_all, name="read_all"),
    path("failed/", views.failed, name="failed"),
    path("<int:notice_id>/read/", views.read, name="read"),
]
