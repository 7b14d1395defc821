from django.urls import path

from taizhang.documents import compare, views

app_name = "documents"
urlpatterns = [
    path("", views.index, name="index"),
    path("upload/", views.upload, name="upload"),
    path("compare/", compare.compare, name="compare"),
    path("compare/check/", compare.check_page, name="compare_check_page"),
    path("compare/settle/", compare.settle, name="compare_settle"),
    path("compare/unsettle/", compare.unsettle, name="compare_unsettle"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/original/", views.original, name="original"),
    path("<int:pk>/check/", views.check_page, name="check_page"),
    path("<int:pk>/reread/", views.reread, name="reread"),
    path("<int:pk>/settle/", views.settle, name="settle"),
    path("<int:pk>/unsettle/", views.unsettle, name="unsettle"),
    path("<int:pk>/findings.xlsx", views.findings_xlsx, name="findings_xlsx"),
]
