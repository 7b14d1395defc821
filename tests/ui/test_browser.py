"""The style page in a real browser, under a policy that forbids inline code and style."""

import os
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler

import taizhang.ui

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
VENDOR = Path(taizhang.ui.__file__).parent / "static/vendor/stamp.txt"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM.exists() and VENDOR.exists()), reason="needs Chromium and the browser assets"),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """The test's output is no access log."""


class StrictPolicy:
    """Sends the policy with every page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response


def shell(request):
    """Stands in for the site's context processor."""
    items = [{"label": "我的工作台", "url": "#desk", "icon": "home", "key": "d"}]
    return {"menu": [{"label": "", "items": items}], "search_url": "/search/", "site_name": "清溪县教育局"}


@pytest.fixture
def address(settings):
    """The style page served alone: no database, no other app's pages."""
    settings.ROOT_URLCONF = "taizhang.ui.urls"
    settings.FORM_RENDERER = "taizhang.ui.renderer.Renderer"
    settings.MIDDLEWARE = [f"{__name__}.StrictPolicy"]
    processors = ["django.template.context_processors.request", f"{__name__}.shell"]
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": processors}}]
    server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)


def open_page(browser, address, width, height):
    """The page with its charts drawn, and the errors that the browser reported."""
    page = browser.new_page(viewport={"width": width, "height": height})
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.wait_for_selector(".tz-chart svg")
    return page, errors


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_page_obeys_the_strict_policy_and_never_scrolls_sideways(browser, address, width, height):
    page, errors = open_page(browser, address, width, height)
    assert errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".tz-chart[data-drawn]").count() == page.locator(".tz-chart").count() > 0


def test_keys_search_help_and_menu_work_and_typing_is_left_alone(browser, address):
    page, _ = open_page(browser, address, 1440, 900)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("g?d")
    assert page.input_value("#search") == "g?d"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert "我的工作台" in page.inner_text("#help")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    assert page.url.endswith("#desk")


def test_sorting_and_filtering_replace_the_list_and_keep_each_other(browser, address):
    page, errors = open_page(browser, address, 1440, 900)
    page.click("#list thead a >> nth=0")
    page.wait_for_selector("#list th[aria-sort=ascending]")
    page.select_option("select[name=状态]", "整改中")
    page.wait_for_url("**?*%E7%8A%B6%E6%80%81*")
    assert "sort=" in page.url
    assert "q=" not in page.url
    assert page.locator("#list").count() == 1
    assert errors == []


def test_nothing_is_voided_without_a_yes(browser, address):
    page, _ = open_page(browser, address, 1440, 900)
    button = page.locator(".tz-bulk .btn-danger")
    assert button.is_disabled()
    page.check("[data-tick-all]")
    button.click()
    assert page.locator("#confirm").is_visible()
    page.click("#confirm >> text=取消")
    assert not page.locator("#confirm").is_visible()
    assert page.url == address


def test_a_mark_and_its_entry_light_each_other_and_a_kind_can_be_hidden(browser, address):
    page, _ = open_page(browser, address, 1440, 900)
    page.hover("#document .tz-mark-ok >> nth=0")
    assert page.locator("#document li.tz-on[data-kind=ok]").count() == 1
    page.click("#document li[data-kind=alarm] a >> nth=0")
    assert page.locator(".tz-marked-text .tz-mark-alarm.tz-on").count() == 1
    page.uncheck("#document input[data-kind=alarm]")
    assert not page.locator("#document li[data-kind=alarm]").is_visible()


def test_a_refused_request_says_what_to_do(browser, address):
    page, _ = open_page(browser, address, 1440, 900)
    page.evaluate("htmx.ajax('GET', '/nowhere', '#notices')")
    page.wait_for_selector(".tz-toast.tz-error")
    assert "没有这一页" in page.inner_text(".tz-toast") or "地址写错了" in page.inner_text(".tz-toast")
    assert "核对地址" in page.inner_text(".tz-toast")


def test_the_phone_menu_opens_and_closes(browser, address):
    page, _ = open_page(browser, address, 390, 844)
    assert not page.locator("#menu").is_visible()
    page.click(".tz-menu-button")
    assert page.locator("#menu").is_visible()
    assert page.get_attribute(".tz-menu-button", "aria-expanded") == "true"
