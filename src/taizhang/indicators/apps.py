from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "taizhang.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from taizhang.indicators.queries import trial_value
        from taizhang.registers.maker.hooks import TRIALS

        TRIALS["indicators"] = trial_value
