from django.urls import path

from taizhang.registers.collections import return_views, views

app_name = "collections"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("burden/", views.burden, name="burden"),
    path("<int:round_id>/", views.watch, name="watch"),
    path("<int:round_id>/edit/", views.edit, name="edit"),
    path("<int:round_id>/end/", views.end, name="end"),
    path("<int:round_id>/extend/", views.extend, name="extend"),
    path("<int:round_id>/urge/", views.urge, name="urge"),
    path("<int:round_id>/approve/", views.approve, name="approve"),
    path("<int:round_id>/export/", views.export, name="export"),
    path("<int:round_id>/template/", views.template, name="template"),
    path("<int:round_id>/upload/", views.upload, name="upload"),
    path("returns/<int:return_id>/", return_views.fill, name="return"),
    path("returns/<int:return_id>/draft/", return_views.draft, name="draft"),
    path("returns/<int:return_id>/submit/", return_views.submit, name="submit"),
    path("returns/<int:return_id>/rows/", return_views.rows, name="rows"),
    path("returns/<int:return_id>/withdraw/", return_views.withdraw, name="withdraw"),
    path("returns/<int:return_id>/approve/", return_views.approve, name="approve_one"),
    path("returns/<int:return_id>/back/", return_views.back, name="back"),
]
