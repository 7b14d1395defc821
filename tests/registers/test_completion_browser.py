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


def test_the_form_of_a_field_shows_what_its_type_can_say_and_nothing_that_is_filled_in_is_hidden():
    from playwright.sync_api import sync_playwright

    form = """<form class="maker-form"><select name="type"><option>text</option><option>choice</option></select>
    <div class="tz-field"><textarea name="options" data-fits="choice choices"></textarea></div>
    <div class="tz-field"><input name="unit" data-fits="integer" value="人"></div></form><style>[hidden]{display:none}</style>"""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(form)
        page.add_script_tag(path=str(SCRIPT))
        options, unit = page.locator("textarea"), page.locator("input")
        assert not options.is_visible() and unit.is_visible()
        page.select_option("select", "choice")
        assert options.is_visible()
        options.fill("甲")
        page.select_option("select", "text")
        assert options.is_visible()
        browser.close()
