from django.urls import path

from taizhang.indicators import dashboard_views

app_name = "boards"
urlpatterns = [
    path("", dashboard_views.boards, name="index"),
    path("<str:key>/", dashboard_views.board, name="board"),
]
