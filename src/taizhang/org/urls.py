from django.urls import path

from taizhang.org import views

app_name = "org"
urlpatterns = [
    path("units/", views.units, name="units"),
    path("people/", views.people, name="people"),
]
