from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "taizhang.events"
    label = "events"
    verbose_name = "操作记录"
