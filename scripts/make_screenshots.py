"""Take the handbook's pictures from a running demo: ``taizhang demo --serve`` in one terminal, this in another.

    python scripts/make_screenshots.py [--base http://127.0.0.1:8000] [--chromium /usr/bin/chromium]

Every page of the handbook is listed in PAGES with the person who sees it; the pictures go to docs/images.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PASSWORD = "qingshan2026"
# (picture, account, address or a link's text on the page before, whole page)
PAGES = [
    ("desk-office", "bangongshi", "/"),
    ("document", "bangongshi", "/documents/1/"),
    ("plan", "bangongshi", "/plans/1/"),
    ("tasks", "bangongshi", "/plans/tasks/"),
    ("task", "bangongshi", "/plans/tasks/5/"),
    ("indicators", "bangongshi", "/indicators/"),
    ("indicator", "bangongshi", "/indicators/junior_retention_rate/"),
    ("rows", "bangongshi", "/indicators/hazard_rectified_rate/rows/?period=2026"),
    ("register", "anquan", "/registers/safety_hazard/"),
    ("record", "anquan", "/registers/records/330/"),
    ("import", "anquan", "/registers/safety_hazard/import/"),
    ("desk-school", "2152990015", "/"),
    ("form", "2152990015", "/registers/safety_hazard/new/"),
]


def sign_in(page: Page, base: str, account: str) -> None:
    page.goto(f"{base}/login/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")


def save(page: Page, name: str) -> None:
    """A PNG of 64 colours: text and lines need no more, and a clone stays small."""
    file = IMAGES / f"{name}.png"
    page.screenshot(path=str(file))
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)


def draft_register(page: Page, base: str) -> None:
    """A register on the desk where registers are made, like one that is there; the draft is given up afterwards."""
    page.goto(f"{base}/settings/packs/new/")
    for name, text in (("name", "食堂隐患台账"), ("register", "canteen_hazard"), ("line", "后勤")):
        page.fill(f"[name={name}]", text)
    page.select_option("[name=like]", "safety_hazard")
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    save(page, "maker")
    page.click("button[form=discard]")
    page.click("#confirm button[value=yes]")
    page.wait_for_load_state("networkidle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=flags)
        for account, pages in groupby(PAGES, key=lambda item: item[1]):
            page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
            sign_in(page, arguments.base, account)
            for name, _, address in pages:
                answer = page.goto(arguments.base + address)
                page.wait_for_load_state("networkidle")
                print(answer.status if answer else "?", name, address)
                save(page, name)
            if account == "bangongshi":
                draft_register(page, arguments.base)
        browser.close()


if __name__ == "__main__":
    main()
