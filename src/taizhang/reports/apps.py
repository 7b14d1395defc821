from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "taizhang.reports"
    label = "reports"
    verbose_name = "稿件"

    def ready(self) -> None:
        from taizhang.catalog.lint import PACK_RULES
        from taizhang.documents.hooks import register as register_offer
        from taizhang.documents.papers import RENDERERS, STYLES
        from taizhang.plans import measuring
        from taizhang.plans.judging import register
        from taizhang.registers.public.queries import PAGES
        from taizhang.reports import archive  # noqa: F401 (registers the work)
        from taizhang.reports.judging import judgements, measured, measured_parts
        from taizhang.reports.layout_views import offers_for
        from taizhang.reports.letters import draw, lint_letters
        from taizhang.reports.linter import lint_reports
        from taizhang.reports.public import link

        PAGES["reports"] = link
        PACK_RULES["reports.templates"] = lint_reports
        PACK_RULES["reports.letters"] = lint_letters
        RENDERERS["letters.docx"] = draw
        STYLES["letters.docx"] = "reports/paper.css"
        register("reports.figures", judgements)
        measuring.register("reports.figures", measured, measured_parts)
        register_offer("reports.layout", offers_for)
