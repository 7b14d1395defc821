from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "taizhang.plans"
    label = "plans"
    verbose_name = "要点任务"

    def ready(self) -> None:
        from taizhang.documents.hooks import register
        from taizhang.events import daily
        from taizhang.plans.measuring import measure_all
        from taizhang.plans.offers import offers_for
        from taizhang.plans.supervise.ladder import run_ladders

        register("plans.draft", offers_for)
        # In the order of their keys: who is urged follows from the figures of the day.
        daily.register("plans.figures", measure_all)
        daily.register("plans.ladders", run_ladders)
