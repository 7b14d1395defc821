from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "taizhang.standards"
    label = "standards"
    verbose_name = "标准与达标"

    def ready(self) -> None:
        from taizhang.catalog.lint import PACK_RULES
        from taizhang.standards.linter import lint_quality, lint_standards

        PACK_RULES["standards.standards"] = lint_standards
        PACK_RULES["standards.quality"] = lint_quality
