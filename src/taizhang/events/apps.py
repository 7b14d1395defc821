from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "taizhang.events"
    label = "events"
    verbose_name = "操作记录"

    def ready(self) -> None:
        from taizhang.events import work  # noqa: F401 (registers what runs each day)
