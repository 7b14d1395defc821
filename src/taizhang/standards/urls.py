from django.urls import path

from taizhang.standards import views, what_if_views

app_name = "standards"
urlpatterns = [
    path("", views.index, name="index"),
    path("scenarios/<int:scenario_id>/drop/", what_if_views.drop, name="drop_scenario"),
    path("<slug:code>/", views.board, name="board"),
    path("<slug:code>/schools/<str:unit>/", views.school, name="school"),
    path("<slug:code>/spread/", views.spread, name="spread"),
    path("<slug:code>/items/", views.items, name="items"),
    path("<slug:code>/history/", views.history, name="history"),
    path("<slug:code>/what-if/", what_if_views.what_if, name="what_if"),
    path("<slug:code>/what-if/keep/", what_if_views.keep, name="keep_scenario"),
]
