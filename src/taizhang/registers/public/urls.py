from django.urls import path

from taizhang.registers.public import views

app_name = "public"
urlpatterns = [
    path("", views.index, name="index"),
    path("follow/", views.follow, name="follow"),
    path("rate/", views.rate, name="rate"),
    path("cases/<slug:code>/", views.case, name="case"),
]
