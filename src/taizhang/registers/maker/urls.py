from django.urls import path

from taizhang.registers.maker import editor, shared_views, views

app_name = "maker"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.start, name="start"),
    path("from-sheet/", views.from_sheet, name="from_sheet"),
    path("take-in/", views.take_in, name="take_in"),
    path("take-in/<slug:token>/", views.taken, name="taken"),
    path("releases/<int:release_id>/", views.release, name="release"),
    path("releases/<int:release_id>/restore/", views.restore, name="restore"),
    path("releases/<int:release_id>/zip/", views.download, name="download"),
    path("drafts/<int:draft_id>/", editor.draft, name="draft"),
    path("drafts/<int:draft_id>/check/", editor.check, name="check"),
    path("drafts/<int:draft_id>/move/", editor.move, name="move"),
    path("drafts/<int:draft_id>/release/", editor.release_draft, name="release_draft"),
    path("shared/<slug:folder>/", shared_views.start, name="start_shared"),
    path("shared/<slug:folder>/<str:name>/", shared_views.shared, name="shared"),
    path("shared/<slug:folder>/<str:name>/edit/", shared_views.edit, name="edit_shared"),
    path("shared/<slug:folder>/<str:name>/drop/", shared_views.drop, name="drop_shared"),
    path("registers/<slug:code>/", views.register, name="register"),
    path("registers/<slug:code>/edit/", views.edit, name="edit"),
    path("registers/<slug:code>/retire/", views.retire, name="retire"),
]
