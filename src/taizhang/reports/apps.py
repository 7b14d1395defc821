from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "taizhang.reports"
    label = "reports"
    verbose_name = "稿件"

    def ready(self) -> None:
        from taizhang.catalog.lint import PACK_RULES
        from taizhang.plans.judging import register
        from taizhang.reports.judging import judgements
        from taizhang.reports.linter import lint_reports

        PACK_RULES["reports.templates"] = lint_reports
        register("reports.figures", judgements)
