"""The style page shows everything, and no page carries inline code or style."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

import taizhang.ui
from taizhang.ui import samples
from taizhang.ui.templatetags.ui import CATEGORIES, CELLS
from taizhang.ui.views import style_page

TEMPLATES = Path(taizhang.ui.__file__).parent / "templates"
PARTS = sorted(path.name for path in (TEMPLATES / "ui/parts").glob("*.html"))


def shell(request):
    """Stands in for the site's context processor."""
    return {"menu": samples.MENU, "search_url": "/search/", "period": "2026 年", "site_name": "清溪县教育局"}


@pytest.fixture(autouse=True)
def plain_site(settings):
    """The page without a database and without the site's own menu."""
    engine = settings.TEMPLATES[0]
    processors = ["django.template.context_processors.request", f"{__name__}.shell"]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": processors}}]
    settings.ROOT_URLCONF = "taizhang.ui.urls"
    settings.FORM_RENDERER = "taizhang.ui.renderer.Renderer"


@pytest.fixture
def shown():
    """Names of the templates that the style page draws, and its HTML."""
    from django.test.signals import template_rendered

    names = set()

    def note(template, **_):
        names.add(template.name)

    request = RequestFactory().get("/ui/style/?page=2")
    request.user = AnonymousUser()
    template_rendered.connect(note)
    try:
        html = style_page(request).content.decode()
    finally:
        template_rendered.disconnect(note)
    return names, html


@pytest.mark.parametrize("part", PARTS)
def test_the_style_page_shows_every_part(part, shown):
    assert f"ui/parts/{part}" in shown[0]


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_style_page_shows_every_state(category, shown):
    assert f'class="tz-state tz-{category}"' in shown[1]


def test_the_samples_use_every_kind_of_cell():
    used = {column.kind for table in (samples.hazards(), samples.enrolment()) for column in table.columns}
    assert used == set(CELLS)


def test_a_page_carries_no_inline_code_or_style(shown):
    assert not re.search(r"\sstyle=|\son\w+=|javascript:|hx-on", shown[1])
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", shown[1])
    assert scripts == []


def test_every_id_is_there_once_and_every_label_points_at_one(shown):
    ids = re.findall(r'\sid="([^"]+)"', shown[1])
    # The two sample forms show the same fields; a real page has one of them.
    twice = {name for name in ids if ids.count(name) > 1 and not name.startswith("id_")}
    assert twice == set()
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', shown[1])) <= set(ids)


@pytest.mark.parametrize("name", ["404", "403", "403_csrf", "500"])
def test_an_error_page_needs_no_context_and_says_what_to_do(name):
    html = render_to_string(f"{name}.html")
    assert "处理办法" in html
    assert "data-message" in html
    assert "<nav" not in html


def test_a_refusal_gives_its_own_reason():
    assert "要有“人事科”岗位" in render_to_string("403.html", {"exception": "登记处分要有“人事科”岗位。"})


def test_a_problem_page_gives_the_remedy():
    problem = {"code": "a.b", "message": "期间不存在", "where": "地址栏", "remedy": "写作 2026H1"}
    html = render_to_string("ui/problem.html", {"problem": problem})
    assert "写作 2026H1" in html
