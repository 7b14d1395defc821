"""The desk in a real browser: keys move and act, text and rows point at each other."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from taizhang.plans import actions
from taizhang.plans.models import Plan
from tests.plans.builders import plan_document
from tests.support import make_county

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    # The browser's driver leaves its pipes to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:No directory at"),
]


@pytest.fixture
def desk(live_server, monkeypatch):
    """The desk of a fresh draft, opened by the office, with the plan behind it."""
    from playwright.sync_api import sync_playwright

    if connection.vendor != "sqlite":
        pytest.skip("the server's thread keeps its connection, and PostgreSQL will not drop a database in use")
    # The driver runs a loop in this thread; our own queries here are still plain and serial.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    county = make_county()
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    client = Client()
    client.force_login(county.office)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context()
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(live_server.url + reverse("plans:desk", args=[plan.pk]))
        yield page, plan
        assert faults == []
        browser.close()


def test_a_row_is_found_mended_and_checked_without_the_mouse(desk):
    page, plan = desk
    first, second, *_ = plan.tasks.all()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == f"t{second.pk}"
    assert page.locator(f'[data-marks~="t{second.pk}"].tz-on').count() >= 1
    page.keyboard.press("k")
    page.keyboard.press("e")
    page.wait_for_selector(f"#t{first.pk} form")
    page.fill(f"#t{first.pk} [name=title]", "全面排查校园隐患")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#t{first.pk}:not(.tz-editing)")
    page.keyboard.press("a")
    page.wait_for_selector(f"#t{first.pk}.tz-checked")
    page.wait_for_selector("#counts :text('1/4')")
    first.refresh_from_db()
    assert first.title == "全面排查校园隐患" and first.checked


def test_ticked_rows_get_their_unit_at_once_and_the_plan_is_accepted(desk):
    page, plan = desk
    last = plan.tasks.last()
    assert page.locator("#ticked button >> nth=0").is_disabled()
    page.check(f"#t{last.pk} [name=key]")
    page.fill("#ticked [name=leads]", "计划财务科")
    page.click("#ticked button >> nth=0")
    page.wait_for_selector("text=已为 1 项任务指定牵头单位")
    page.click("text=确认计划")
    page.click("#confirm button[value=yes]")
    page.wait_for_selector("text=计划已确认")
    plan.refresh_from_db()
    assert plan.state == Plan.ACCEPTED


def test_the_views_of_a_plan_are_walked_from_the_keyboard_and_the_help_says_so(desk):
    page, plan = desk
    page.goto(page.url.split("/plans/")[0] + reverse("plans:plan", args=[plan.pk]))
    page.keyboard.press("2")
    page.wait_for_url("**view=board**")
    page.keyboard.press("j")
    titles = page.eval_on_selector_all(".tz-card strong", "all => all.map(one => one.textContent)")
    focused = "document.activeElement.querySelector('strong').textContent"
    assert page.evaluate(focused) == titles[0]
    page.keyboard.press("j")
    assert page.evaluate(focused) == titles[1]
    page.keyboard.press("k")
    assert page.evaluate(focused) == titles[0]
    page.keyboard.press("4")
    page.wait_for_url("**view=calendar**")
    before = page.locator(".tz-month strong").text_content()
    page.keyboard.press("]")
    page.wait_for_url("**month=**")
    assert page.locator(".tz-month strong").text_content() != before
    page.keyboard.press("?")
    assert "日历上个月、下个月" in page.locator("#help").text_content()
