from django.urls import path

from taizhang.plans.views import desk, plans, tasks

app_name = "plans"
urlpatterns = [
    path("", plans.index, name="index"),
    path("new/", plans.new, name="new"),
    path("draft/<int:document>/", plans.draft, name="draft"),
    path("tasks/", plans.tasks, name="tasks"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/edit/", plans.edit, name="edit"),
    path("<int:pk>/accept/", plans.accept, name="accept"),
    path("<int:pk>/close/", plans.close, name="close"),
    path("<int:pk>/desk/", desk.desk, name="desk"),
    path("<int:pk>/add/", desk.add, name="add"),
    path("<int:pk>/assign/", desk.assign, name="assign"),
    path("<int:pk>/merge/", desk.merge, name="merge"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/edit/", tasks.edit, name="task_edit"),
    path("tasks/<int:pk>/reopen/", tasks.reopen, name="reopen"),
    path("tasks/<int:pk>/cancel/", tasks.cancel, name="cancel"),
    path("tasks/<int:pk>/row/", desk.row, name="row"),
    path("tasks/<int:pk>/row/form/", desk.row_form, name="row_form"),
    path("tasks/<int:pk>/check/", desk.check, name="check"),
    path("tasks/<int:pk>/split/", desk.split, name="split"),
    path("tasks/<int:pk>/remove/", desk.remove, name="remove"),
    path("tasks/<int:pk>/target/", desk.target, name="target"),
]
