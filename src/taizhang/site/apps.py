from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "taizhang.site"
    label = "site"
    verbose_name = "台账"

    def ready(self) -> None:
        from taizhang.site import audit_views  # noqa: F401 (registers its long work)
