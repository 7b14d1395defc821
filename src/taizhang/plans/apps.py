from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "taizhang.plans"
    label = "plans"
    verbose_name = "要点任务"
