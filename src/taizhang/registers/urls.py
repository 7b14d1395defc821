from django.urls import path

from taizhang.registers import case_views, table_views, views
from taizhang.registers.finding import bulk_views
from taizhang.registers.public.office import query_code
from taizhang.registers.sheets import views as sheets

app_name = "registers"
urlpatterns = [
    path("", views.index, name="index"),
    path("book/", sheets.book, name="book"),
    path("records/<int:record_id>/", views.record, name="record"),
    path("records/<int:record_id>/edit/", views.edit, name="edit"),
    path("records/<int:record_id>/step/", views.step, name="step"),
    path("records/<int:record_id>/restore/", views.restore, name="restore"),
    path("records/<int:record_id>/reveal/", views.reveal, name="reveal"),
    path("records/<int:record_id>/attach/", views.attach, name="attach"),
    path("records/<int:record_id>/query-code/", query_code, name="query_code"),
    path("records/<int:record_id>/undo/", case_views.undo, name="undo"),
    path("records/<int:record_id>/extend/", case_views.extend, name="extend"),
    path("records/<int:record_id>/preview/", case_views.preview, name="preview"),
    path("records/<int:record_id>/comments/", case_views.comment, name="comment"),
    path("records/<int:record_id>/print/", case_views.print_view, name="print"),
    path("comments/<int:comment_id>/edit/", case_views.edit_comment, name="edit_comment"),
    path("comments/<int:comment_id>/strike/", case_views.strike_comment, name="strike_comment"),
    path("letters/<int:letter_id>/", case_views.letter, name="letter"),
    path("letters/<int:letter_id>/file/", case_views.letter_file, name="letter_file"),
    path("letters/<int:letter_id>/sign/", case_views.sign, name="sign"),
    path("attachments/<int:attachment_id>/", views.attachment, name="attachment"),
    path("attachments/<int:attachment_id>/remove/", views.detach, name="detach"),
    path("views/<int:view_id>/remove/", table_views.remove_view, name="remove_view"),
    path("bulk/<int:act_id>/", bulk_views.act, name="bulk_act"),
    path("bulk/<int:act_id>/apply/", bulk_views.carry_out, name="bulk_apply"),
    path("bulk/<int:act_id>/undo/", bulk_views.take_back, name="bulk_undo"),
    path("<slug:code>/bulk/", bulk_views.choose, name="bulk"),
    path("<slug:code>/", table_views.records, name="list"),
    path("<slug:code>/views/", table_views.save_view, name="save_view"),
    path("<slug:code>/columns/", table_views.columns, name="columns"),
    path("<slug:code>/new/", views.new, name="new"),
    path("<slug:code>/suggest/", views.suggest, name="suggest"),
    path("<slug:code>/export/", table_views.export, name="export"),
    path("<slug:code>/template/", table_views.template, name="template"),
    path("<slug:code>/export/long/", sheets.export, name="export_long"),
    path("<slug:code>/import/", sheets.upload, name="import"),
    path("<slug:code>/import/<slug:token>/", sheets.confirm, name="confirm"),
    path("<slug:code>/import/<slug:token>/columns/", sheets.mapping, name="mapping"),
    path("<slug:code>/import/<slug:token>/refused/", sheets.refused, name="refused"),
]
