from django.apps import AppConfig
from django.core.signals import request_started


class CatalogConfig(AppConfig):
    name = "taizhang.catalog"
    label = "catalog"
    verbose_name = "业务包"

    def ready(self) -> None:
        from taizhang.catalog.current import forget_check

        request_started.connect(forget_check, dispatch_uid="catalog.current")
