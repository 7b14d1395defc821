from django.urls import path

from taizhang.standards import quality_views

app_name = "quality"
urlpatterns = [
    path("", quality_views.index, name="index"),
    path("<slug:code>/", quality_views.register, name="register"),
    path("<slug:code>/urge/", quality_views.urge, name="urge"),
]
