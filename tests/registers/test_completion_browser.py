"""The words offered while a formula is typed, in a real browser: a key never changes a name that stands already."""

import json
from pathlib import Path

import pytest

import taizhang.registers

CHROMIUM = Path("/usr/bin/chromium")
SCRIPT = Path(taizhang.registers.__file__).parent / "static/registers/formula.js"
SHOWN = ("在校生数", "初中在校生数", "在校生数合计", "占地面积(m²)")
WORDS = [{"text": f'"{shown}"' if "(" in shown else shown, "shown": shown, "hint": "字段"} for shown in SHOWN]
PAGE = f"""<textarea data-formula="row"></textarea><input>
<script id="formula-words" type="application/json">{json.dumps(WORDS)}</script>"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    # The browser's driver leaves its pipes to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TYPED = [
    ("在校", ["Tab"], "在校生数"),
    ("在校", ["ArrowDown", "Enter"], "在校生数合计"),
    ("在校", ["Shift+Tab"], "在校"),
    ("在校", ["Escape", "Tab"], "在校"),
    ("在校生数", ["Tab"], "在校生数"),
    ("在校生数", ["ArrowDown", "Enter"], "在校生数合计"),
    ("在校生数", ["ArrowUp", "Enter"], "初中在校生数"),
    ('"占地', ["Enter"], '"占地面积(m²)"'),
]


def test_a_key_takes_what_is_marked_and_leaves_a_whole_name_alone():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        for typed, keys, formula in TYPED:
            page.goto("about:blank")
            page.set_content(PAGE)
            page.add_script_tag(path=str(SCRIPT))
            page.locator("textarea").click()
            page.keyboard.insert_text(typed)
            page.locator(".maker-complete").wait_for()
            for key in keys:
                page.keyboard.press(key)
            assert page.locator("textarea").input_value() == formula, (typed, keys)
        assert faults == []
        browser.close()
