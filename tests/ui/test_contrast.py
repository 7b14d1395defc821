"""The colours of the stylesheet keep the contrast of WCAG 2.2 AA."""

import re
from pathlib import Path

import pytest

import taizhang.ui

CSS = (Path(taizhang.ui.__file__).parent / "static/ui/taizhang.css").read_text(encoding="utf-8")
PARTS = (Path(taizhang.ui.__file__).parent / "static/ui/parts.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--tz-([\w-]+): (#[0-9a-f]{3,6});", CSS.partition("@media")[0]))


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", ["paper", "ground", "accent-soft", "red-soft", "amber-soft", "green-soft"])
@pytest.mark.parametrize("ink", ["ink", "muted"])
def test_text_is_readable_on_every_ground(ink, ground):
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize("tone", ["accent", "red", "amber", "green"])
def test_a_coloured_word_is_readable_on_paper_and_on_its_own_tint(tone):
    assert contrast(TOKENS[tone], TOKENS["paper"]) >= 4.5
    assert contrast(TOKENS[tone], TOKENS[f"{tone}-soft"]) >= 4.5


def test_white_words_are_readable_on_buttons_and_controls_have_a_visible_edge():
    assert contrast("#fff", TOKENS["accent"]) >= 4.5
    assert contrast(TOKENS["control"], TOKENS["paper"]) >= 3


def test_the_look_has_no_gradients_and_no_soft_shadows():
    assert "gradient" not in CSS + PARTS
    shadows = re.findall(r"box-shadow: ([^;]+);", CSS + PARTS)
    assert all(shadow == "none" or shadow.startswith("inset 2px 0") for shadow in shadows)
