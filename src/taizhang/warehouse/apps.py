from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "taizhang.warehouse"
    label = "warehouse"
    verbose_name = "数据仓"

    def ready(self) -> None:
        from taizhang.events import daily
        from taizhang.warehouse.actions import forget_drafts

        daily.register("warehouse.forget_drafts", forget_drafts)
