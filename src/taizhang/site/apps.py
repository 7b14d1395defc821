from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "taizhang.site"
    label = "site"
    verbose_name = "台账"
