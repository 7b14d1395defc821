from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "taizhang.appraisal"
    label = "appraisal"
    verbose_name = "考核"

    def ready(self) -> None:
        from taizhang.appraisal.linter import lint_schemes
        from taizhang.catalog.lint import PACK_RULES

        PACK_RULES["appraisal.schemes"] = lint_schemes
