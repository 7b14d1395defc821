from django.urls import path

from taizhang.appraisal.views import acts, rounds, sheets

app_name = "appraisal"
urlpatterns = [
    path("", rounds.index, name="index"),
    path("new/", rounds.new, name="new"),
    path("<int:pk>/", rounds.board, name="board"),
    path("<int:pk>/measure/", rounds.measure, name="measure"),
    path("<int:pk>/publish/", rounds.publish, name="publish"),
    path("<int:pk>/freeze/", rounds.freeze, name="freeze"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/judge/", sheets.judge, name="judge"),
    path("sheets/<int:pk>/self/", sheets.score_self, name="self"),
    path("sheets/<int:pk>/adjust/", acts.adjust, name="adjust"),
    path("sheets/<int:pk>/veto/", acts.veto, name="veto"),
    path("sheets/<int:pk>/waive/", acts.waive, name="waive"),
    path("sheets/<int:pk>/object/", acts.object_to, name="object"),
    path("entries/<int:pk>/strike/", acts.strike, name="strike"),
    path("entries/<int:pk>/lift/", acts.lift, name="lift"),
    path("entries/<int:pk>/answer/", acts.answer, name="answer"),
]
