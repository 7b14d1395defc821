from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "taizhang.schedule"
    label = "schedule"
    verbose_name = "日程"

    def ready(self) -> None:
        from taizhang.documents.hooks import register
        from taizhang.schedule.offers import offers_for

        register("schedule.fill", offers_for)
