from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "taizhang.registers"
    label = "registers"
    verbose_name = "台账"

    def ready(self) -> None:
        from taizhang.catalog.actions import on_release
        from taizhang.events import daily
        from taizhang.registers.clock_actions import refresh_deadlines, run_ladders
        from taizhang.registers.finding import works as finding_works  # noqa: F401 (registers the bulk works)
        from taizhang.registers.finding.bulk import forget_old
        from taizhang.registers.finding.index import FORM, mend
        from taizhang.registers.refit import refit_records
        from taizhang.registers.retention import erase_due
        from taizhang.registers.sheets import works  # noqa: F401 (registers the long works)

        on_release("registers.records", refit_records)
        # By name in order: the dates are right before the ladders are climbed.
        daily.register("registers.deadlines", refresh_deadlines)
        daily.register("registers.ladders", run_ladders)
        daily.register("registers.erase", erase_due)
        # An upgrade that indexes otherwise has a key that has not run today: the worker mends within a minute.
        daily.register(f"registers.search.{FORM}", mend)
        daily.register("registers.bulk.forget_old", forget_old)
