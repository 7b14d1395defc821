from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "taizhang.warehouse"
    label = "warehouse"
    verbose_name = "数据仓"
