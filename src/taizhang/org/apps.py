from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "taizhang.org"
    label = "org"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from taizhang.events import daily
        from taizhang.org.notices import deliver_waiting

        daily.register("org.notices.deliver", lambda day: deliver_waiting())
