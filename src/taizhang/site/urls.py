"""Every address of the program."""

from django.urls import include, path

from taizhang.registers.finding import search_views
from taizhang.registers.maker import calendar_views
from taizhang.site import audit_views, health, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("documents/", include("taizhang.documents.urls")),
    path("plans/", include("taizhang.plans.urls")),
    path("search/", search_views.page, name="search"),
    path("registers/", include("taizhang.registers.urls")),
    path("public/reports/", include("taizhang.reports.public_urls")),
    path("public/", include("taizhang.registers.public.urls")),
    path("collections/", include("taizhang.registers.collections.urls")),
    path("boards/", include("taizhang.indicators.board_urls")),
    path("figures/", include("taizhang.indicators.figure_urls")),
    path("indicators/", include("taizhang.indicators.urls")),
    path("standards/", include("taizhang.standards.urls")),
    path("quality/", include("taizhang.standards.quality_urls")),
    path("schedule/", include("taizhang.schedule.urls")),
    path("appraisal/", include("taizhang.appraisal.urls")),
    path("reports/", include("taizhang.reports.urls")),
    path("works/", include("taizhang.events.urls")),
    path("notices/", include("taizhang.org.notice_urls")),
    path("api/", include("taizhang.api.urls")),
    path("style/", include("taizhang.ui.urls")),
    path("settings/calendar/", calendar_views.page, name="calendar"),
    path("settings/packs/", include("taizhang.registers.maker.urls")),
    path("settings/audit/", audit_views.page, name="audit"),
    path("settings/audit/export/", audit_views.export, name="audit_export"),
    path("settings/health/", health.page, name="health"),
    path("settings/", include("taizhang.org.urls")),
    path("", include("taizhang.org.login_urls")),
]

handler403 = "taizhang.site.views.forbidden"
handler404 = "taizhang.site.views.not_found"
handler500 = "taizhang.site.views.broken"
