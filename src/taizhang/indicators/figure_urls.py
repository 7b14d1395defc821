from django.urls import path

from taizhang.indicators import compare_views, kept_views, record_views

app_name = "figures"
urlpatterns = [
    path("compare/", compare_views.compare, name="compare"),
    path("kept/", kept_views.index, name="kept_index"),
    path("kept/<int:pk>/", kept_views.kept, name="kept"),
    path("kept/<int:pk>/drop/", kept_views.drop, name="drop_kept"),
    path("records/<int:pk>/", record_views.record, name="record"),
]
