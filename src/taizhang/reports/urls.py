from django.urls import path

from taizhang.reports import audit_views, desk_views, layout_views, views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("write/", views.write, name="write"),
    path("trace/", views.trace, name="trace"),
    path("layout/<int:pk>/", layout_views.layout, name="layout"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/coverage/", audit_views.coverage, name="coverage"),
    path("<int:pk>/numbers/", audit_views.numbers, name="numbers"),
    path("<int:pk>/print/", audit_views.printed, name="print"),
    path("<int:pk>/desk/", desk_views.desk, name="desk"),
    path("<int:pk>/desk/block/<int:index>/", desk_views.block, name="block"),
    path("<int:pk>/desk/insert/", desk_views.insert, name="insert"),
    path("<int:pk>/desk/restore/", desk_views.restore, name="restore"),
    path("<int:pk>/remarks/", desk_views.remark, name="remark"),
    path("remarks/<int:pk>/settle/", desk_views.settle, name="settle"),
    path("copies/<int:pk>/", desk_views.copy, name="copy"),
    path("<int:pk>/docx/", views.download, name="download"),
    path("<int:pk>/publish/", views.publish, name="publish"),
]
