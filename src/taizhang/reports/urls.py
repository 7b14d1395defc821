from django.urls import path

from taizhang.reports import archive_views, audit_views, desk_views, layout_views, template_views, views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("write/", views.write, name="write"),
    path("trace/", views.trace, name="trace"),
    path("templates/", template_views.index, name="templates"),
    path("templates/<slug:folder>/<str:key>/", template_views.template, name="template"),
    path("templates/<slug:folder>/<str:key>/docx/", template_views.docx, name="template_docx"),
    path("templates/<slug:folder>/<str:key>/preview/", template_views.preview, name="template_preview"),
    path("templates/<slug:folder>/<str:key>/discard/", template_views.discard, name="template_discard"),
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
    path("<int:pk>/archive/", archive_views.archive, name="archive"),
    path("<int:pk>/open/", archive_views.open_to_public, name="open"),
    path("<int:pk>/withdraw/", archive_views.withdraw, name="withdraw"),
    path("<int:pk>/publish/", views.publish, name="publish"),
]
