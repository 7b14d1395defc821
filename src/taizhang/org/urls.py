from django.urls import path

from taizhang.org import manage_views, views

app_name = "org"
urlpatterns = [
    path("units/", views.units, name="units"),
    path("people/", views.people, name="people"),
    path("people/new/", manage_views.new_person, name="new_person"),
    path("people/<int:person_id>/", manage_views.person, name="person"),
    path("people/<int:person_id>/post/", manage_views.give_post, name="give_post"),
    path("people/<int:person_id>/active/", manage_views.set_active, name="set_active"),
    path("people/<int:person_id>/password/", manage_views.reset_password, name="reset_password"),
    path("posts/<int:post_id>/end/", manage_views.end_post, name="end_post"),
    path("posts/<int:post_id>/delegate/", manage_views.delegate, name="delegate"),
    path("delegations/<int:delegation_id>/end/", manage_views.end_delegation, name="end_delegation"),
    path("me/", manage_views.me, name="me"),
    path("load/<slug:what>/", manage_views.load, name="load"),
    path("load/<slug:what>/template/", manage_views.load_template, name="load_template"),
    path("units/<str:code>/", manage_views.unit, name="unit"),
    path("units/<str:code>/<slug:act>/", manage_views.change_unit, name="change_unit"),
]
