from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "taizhang.plans"
    label = "plans"
    verbose_name = "要点任务"

    def ready(self) -> None:
        from taizhang.documents.hooks import register
        from taizhang.plans.offers import offers_for

        register("plans.draft", offers_for)
