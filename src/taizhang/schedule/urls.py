from django.urls import path

from taizhang.schedule import views

app_name = "schedule"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.table, name="table"),
    path("<int:pk>/add/", views.add, name="add"),
    path("<int:pk>/take/", views.take, name="take"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/paper/", views.paper, name="paper"),
    path("<int:pk>/remark/<int:week>/", views.remark, name="remark"),
    path("entries/<int:pk>/", views.edit, name="edit"),
    path("entries/<int:pk>/remove/", views.remove, name="remove"),
    path("feed/<str:token>/", views.feed, name="feed"),
]
