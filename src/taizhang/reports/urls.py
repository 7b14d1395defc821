from django.urls import path

from taizhang.reports import layout_views, views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("write/", views.write, name="write"),
    path("trace/", views.trace, name="trace"),
    path("layout/<int:pk>/", layout_views.layout, name="layout"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/docx/", views.download, name="download"),
    path("<int:pk>/publish/", views.publish, name="publish"),
]
