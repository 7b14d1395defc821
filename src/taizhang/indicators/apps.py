from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "taizhang.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from taizhang.catalog.lint import PACK_RULES
        from taizhang.indicators.counted import link_of
        from taizhang.indicators.linter import lint_dashboards
        from taizhang.indicators.queries import trial_value
        from taizhang.indicators.statement import trial_statement
        from taizhang.registers.maker.hooks import TRIALS
        from taizhang.registers.offers import RECORD_LINKS

        PACK_RULES["indicators.dashboards"] = lint_dashboards
        TRIALS["indicators"] = trial_value
        TRIALS["indicators.statement"] = trial_statement
        RECORD_LINKS["indicators"] = link_of
