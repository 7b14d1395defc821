"""Take the handbook's pictures from a running demo: ``taizhang demo --serve`` in one terminal, this in another.

    python scripts/make_screenshots.py [--base http://127.0.0.1:8000] [--chromium /usr/bin/chromium] [NAME...]

PAGES lists what lies at a fixed address, with the person who sees it; STORIES are pictures that something must be done
for first: a round is opened, a case is acted on, a sheet is handed in. What they do stays in the demo, except a draft.
The pictures go to docs/images; with NAMEs only those are taken.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PASSWORD = "qingshan2026"
OFFICE, SAFETY, SCHOOL = "bangongshi", "anquan", "2152990015"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIZE: ViewportSize = {"width": 1280, "height": 800}
# (picture, account, address)
PAGES = [
    ("desk-office", OFFICE, "/"),
    ("document", OFFICE, "/documents/1/"),
    ("plan", OFFICE, "/plans/1/"),
    ("indicator", OFFICE, "/indicators/junior_retention_rate/"),
    ("rows", OFFICE, "/indicators/hazard_rectified_rate/rows/?period=2026"),
    ("search", OFFICE, "/search/?q=消防"),
    ("register", SAFETY, "/registers/safety_hazard/"),
    ("form", SCHOOL, "/registers/safety_hazard/new/"),
    ("units", "guanliyuan", "/settings/units/"),
    ("public", "", "/public/cases/petition/"),
]


class Camera:
    """One browser on one demo; every person looks through a window of their own."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.windows: dict[str, Page] = {}

    def open(self, account: str, address: str) -> Page:
        """The page at an address as a person sees it (nobody's name: a stranger)."""
        if account not in self.windows:
            self.windows[account] = self.browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
            if account:
                self._sign_in(self.windows[account], account)
        page = self.windows[account]
        answer = page.goto(self.base + address)
        page.wait_for_load_state("networkidle")
        print(answer.status if answer else "?", account, address)
        return page

    def _sign_in(self, page: Page, account: str) -> None:
        page.goto(f"{self.base}/login/")
        page.fill("[name=username]", account)
        page.fill("[name=password]", PASSWORD)
        press(page, "main button[type=submit]")


def press(page: Page, what: str) -> None:
    """Click, and wait until the page that follows is quiet."""
    page.locator(what).first.click()
    page.wait_for_load_state("networkidle")


def save(page: Page, name: str) -> None:
    """A PNG of 64 colours: text and lines need no more, and a clone stays small."""
    file = IMAGES / f"{name}.png"
    page.screenshot(path=str(file))
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)


def collection(camera: Camera) -> None:
    """The office opens a round of the equipment register; a school sees what it owes and fills; the office watches."""
    page = camera.open(OFFICE, "/collections/new/?register=equipment_use")
    page.fill("[name=title]", "2026年秋季学期装备五率")
    page.fill("[name=due_on]", (date.today() + timedelta(days=10)).isoformat())
    page.fill("[name=instructions]", "按学期末实做数填；没有机房、实验室的留空，不填 0。")
    press(page, "main form button[type=submit]")
    if "/new/" in page.url:  # the ledger holds some of it already: the round must say why it asks again
        page.fill("[name=asked_again]", "学期末统一核对")
        press(page, "main form button[type=submit]")
    watch = page.url.removeprefix(camera.base)
    page = camera.open(SCHOOL, "/")
    save(page, "desk-school")
    press(page, "main a[href*='/collections/returns/']")
    for place, number in enumerate(("1846", "99", "99")):
        page.locator("#sheet td input[type=text]:visible").nth(place).fill(number)
    page.wait_for_timeout(2500)
    save(page, "return")
    save(camera.open(OFFICE, watch), "watch")


def record(camera: Camera) -> None:
    """A petition that waits is taken up: its page then shows the clock and the letter."""
    page = camera.open(OFFICE, "/registers/petition/?state=待受理")
    press(page, "main tbody a[href*='/registers/records/']")
    page.locator("main button", has_text=re.compile(r"^\s*受理\s*$")).first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("信访类别").select_option(index=1)
    dialog.get_by_label("首问责任人").fill("孟文川")
    press(page, "dialog[open] button[type=submit]:not([formaction])")
    page.set_viewport_size({"width": 1280, "height": 1600})  # down to the letter
    save(page, "record")
    page.set_viewport_size(SIZE)


def untidy_sheet(camera: Camera) -> None:
    """A sheet as a school sends it: a title, a header of two lines, a total, other words for the columns."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet("十一月")
        sheet.merge_range("A1:F1", "城关学区安全隐患排查情况表")
        sheet.merge_range("C2:D2", "排查情况", book.add_format({"align": "center"}))
        lines = [
            ["学校名称", "发现日期", "隐患类型", "具体情况", "要求完成日期", "联系人"],
            ["青山县实验小学", "2026.11.3", "消防", "三楼灭火器压力不足", "2026.11.20", "孟谷雨"],
            ["〃", "2026.11.5", "用电", "配电箱无盖板", "2026.11.25", "〃"],
            ["合计", "", "2", "", "", ""],
        ]
        for row, line in enumerate(lines, start=2):
            sheet.write_row(row, 0, line)
    page = camera.open(SAFETY, "/registers/safety_hazard/import/")
    page.set_input_files("input[type=file]", {"name": "十一月.xlsx", "mimeType": XLSX, "buffer": data.getvalue()})
    press(page, "main form button[type=submit]")
    save(page, "mapping")


def draft_register(camera: Camera) -> None:
    """A register on the desk where registers are made, like one that is there; the draft is given up afterwards."""
    page = camera.open(OFFICE, "/settings/packs/new/")
    for name, text in (("name", "食堂隐患台账"), ("register", "canteen_hazard"), ("line", "后勤")):
        page.fill(f"[name={name}]", text)
    page.select_option("[name=like]", "safety_hazard")
    press(page, "main form button[type=submit]")
    save(page, "maker")
    page.click("button[form=discard]")
    press(page, "#confirm button[value=yes]")


STORIES: dict[str, Callable[[Camera], None]] = {
    "collection": collection,
    "record": record,
    "mapping": untidy_sheet,
    "maker": draft_register,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]
    with sync_playwright() as playwright:
        camera = Camera(playwright.chromium.launch(executable_path=arguments.chromium, args=flags), arguments.base)
        for name, account, address in PAGES:
            if not arguments.names or name in arguments.names:
                save(camera.open(account, address), name)
        for name, story in STORIES.items():
            if not arguments.names or name in arguments.names:
                story(camera)
        camera.browser.close()


if __name__ == "__main__":
    main()
