from django.apps import AppConfig
from django.core.signals import request_finished, request_started


class CatalogConfig(AppConfig):
    name = "taizhang.catalog"
    label = "catalog"
    verbose_name = "业务包"

    def ready(self) -> None:
        from taizhang.catalog.current import forget_check

        for signal in (request_started, request_finished):
            signal.connect(forget_check, dispatch_uid="catalog.current")
