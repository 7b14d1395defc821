from django.urls import path

from taizhang.registers import table_views, views

app_name = "registers"
urlpatterns = [
    path("", views.index, name="index"),
    path("records/<int:record_id>/", views.record, name="record"),
    path("records/<int:record_id>/edit/", views.edit, name="edit"),
    path("records/<int:record_id>/step/", views.step, name="step"),
    path("records/<int:record_id>/restore/", views.restore, name="restore"),
    path("records/<int:record_id>/reveal/", views.reveal, name="reveal"),
    path("records/<int:record_id>/attach/", views.attach, name="attach"),
    path("attachments/<int:attachment_id>/", views.attachment, name="attachment"),
    path("attachments/<int:attachment_id>/remove/", views.detach, name="detach"),
    path("<slug:code>/", table_views.records, name="list"),
    path("<slug:code>/columns/", table_views.columns, name="columns"),
    path("<slug:code>/new/", views.new, name="new"),
    path("<slug:code>/suggest/", views.suggest, name="suggest"),
    path("<slug:code>/export/", table_views.export, name="export"),
    path("<slug:code>/template/", table_views.template, name="template"),
    path("<slug:code>/import/", table_views.upload, name="import"),
    path("<slug:code>/import/<slug:token>/", table_views.confirm, name="confirm"),
    path("<slug:code>/import/<slug:token>/refused/", table_views.refused, name="refused"),
]
