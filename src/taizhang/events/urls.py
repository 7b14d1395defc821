from django.urls import path

from taizhang.events import views

app_name = "events"
urlpatterns = [
    path("", views.works, name="works"),
    path("<int:work_id>/", views.work, name="work"),
    path("<int:work_id>/file/", views.file, name="file"),
    path("<int:work_id>/retry/", views.again, name="retry"),
]
