"""The measures of GB/T 9704-2012 and the styles that carry them. Twips (1/20 pt) unless a name says otherwise.

Page A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters in 3号 (16 pt). 225 mm / 22 lines is
28.99 pt; the grid keeps 28.95 pt, so that rounding never pushes the 22nd line out. 28 characters of 16 pt are wider
than 156 mm by 0.21 pt each, so every character gives up 0.25 pt.

Fonts carry the names that the trade expects. Where one is not installed a reader takes the next of ``FONTS`` (Word by
``w:altName``), and at last its own default: the layout stays, since all are square on the same grid.
"""

from __future__ import annotations

from typing import Any

from taizhang.reports.ooxml import w

MM = 1440 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = round(210 * MM), round(297 * MM)
TOP, BOTTOM, LEFT, RIGHT = round(37 * MM), round(35 * MM), round(28 * MM), round(26 * MM)
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
LINES, CHARACTERS = 22, 28
LINE_PITCH = 579
CELL = TEXT_WIDTH / CHARACTERS
SQUEEZE = -5
# The dash of the page number stands 7 mm under the text area; the footer's line is 14 pt high and hangs from its foot.
FOOTER = round((35 - 7 - 2.4) * MM)
# The mark's characters begin 35 mm under the text area's edge: an exact line lifts them by half a millimetre.
MARK_DROP = round(35.5 * MM)
# The red line runs 4 mm under the characters of 发文字号, whose own line leaves 0.7 mm of that below them.
NUMBER_LINE = 400
RED_LINE_GAP_PT = round((4 - 0.7) * 72 / 25.4)
RED = "E60012"

# 号 in half-points, as w:sz counts.
SIZE_2, SIZE_3, SIZE_4, SIZE_TABLE = 44, 32, 28, 24
BODY, HEI, KAI, SONG, BIAOSONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
WESTERN = "Times New Roman"
FONTS: dict[str, tuple[str, ...]] = {
    BODY: ("仿宋", "FangSong", "STFangsong"),
    HEI: ("SimHei", "STHeiti"),
    KAI: ("楷体", "KaiTi", "STKaiti"),
    SONG: ("SimSun", "STSong"),
    BIAOSONG: ("方正小标宋_GBK", "华文中宋", "SimSun"),
    WESTERN: ("Liberation Serif",),
}
# Styles by id: (name, font, half-points, alignment, outline level or None, first-line indent in characters)
STYLES: dict[str, tuple[str, str, int, str, int | None, int]] = {
    "Title": ("Title", BIAOSONG, SIZE_2, "center", None, 0),
    "Heading1": ("heading 1", HEI, SIZE_3, "both", 0, 2),
    "Heading2": ("heading 2", KAI, SIZE_3, "both", 1, 2),
    "Heading3": ("heading 3", BODY, SIZE_3, "both", 2, 2),
    "Heading4": ("heading 4", BODY, SIZE_3, "both", 3, 2),
    "BodyText": ("Body Text", BODY, SIZE_3, "both", None, 2),
    "Flush": ("Flush", BODY, SIZE_3, "both", None, 0),
    "Caption": ("caption", HEI, SIZE_4, "center", None, 0),
    "Footer": ("footer", SONG, SIZE_4, "left", None, 0),
}


def run_properties(font: str = BODY, size: int = SIZE_3, color: str | None = None, scale: int | None = None) -> Any:
    """Fonts for Chinese and western characters on the run itself, so that pasting or a bare template changes nothing.

    The hint makes quotation marks, dashes and ellipses Chinese ones: Word draws them in the western font otherwise.
    """
    western = font if font in (SONG, BIAOSONG) else WESTERN
    fonts = w("rFonts", {"hint": "eastAsia", "ascii": western, "hAnsi": western, "eastAsia": font, "cs": western})
    return w(
        "rPr",
        None,
        fonts,
        w("color", {"val": color}) if color else None,
        w("w", {"val": scale}) if scale else None,
        w("sz", {"val": size}),
        w("szCs", {"val": size}),
    )


def indent(first: float = 0, left: float = 0, right: float = 0, size: int = SIZE_3) -> Any:
    """Indents counted in characters; the twips beside them serve readers that do not count."""
    unit = size * 10
    if not (first or left or right):
        return None
    return w(
        "ind",
        {
            "left": round(left * CELL) if left else None,
            "right": round(right * unit) if right else None,
            "firstLineChars": round(first * 100) if first else None,
            "firstLine": round(first * unit) if first else None,
        },
    )


def line_spacing(before: int = 0, line: int = LINE_PITCH, after: int = 0) -> Any:
    return w("spacing", {"before": before, "after": after, "line": line, "lineRule": "exact"})


def section() -> dict[str, Any]:
    """Page, margins and grid."""
    return {
        "pgSz": w("pgSz", {"w": PAGE_WIDTH, "h": PAGE_HEIGHT}),
        "pgMar": w(
            "pgMar",
            {
                "top": TOP,
                "right": RIGHT,
                "bottom": BOTTOM,
                "left": LEFT,
                "header": 851,
                "footer": FOOTER,
                "gutter": 0,
            },
        ),
        "docGrid": w("docGrid", {"type": "lines", "linePitch": LINE_PITCH}),
    }


def styles() -> Any:
    """The styles part: nothing inherited from a template, so nothing of a theme can come through."""
    body = run_properties()
    body.append(w("lang", {"val": "en-US", "eastAsia": "zh-CN"}))
    normal = run_properties()
    normal.insert(1, w("spacing", {"val": SQUEEZE}))
    root = w(
        "styles",
        None,
        w("docDefaults", None, w("rPrDefault", None, body), w("pPrDefault", None)),
        w(
            "style",
            {"type": "paragraph", "default": "1", "styleId": "Normal"},
            w("name", {"val": "Normal"}),
            w("qFormat"),
            # No automatic gap between Chinese and western characters: it would push text off the grid.
            w(
                "pPr",
                None,
                w("widowControl", {"val": 0}),
                w("autoSpaceDE", {"val": 0}),
                w("autoSpaceDN", {"val": 0}),
                line_spacing(),
                w("jc", {"val": "both"}),
            ),
            normal,
        ),
        w(
            "style",
            {"type": "table", "default": "1", "styleId": "TableNormal"},
            w("name", {"val": "Normal Table"}),
            w("uiPriority", {"val": 99}),
            w("semiHidden"),
            w("unhideWhenUsed"),
            w("tblPr", None, w("tblInd", {"w": 0, "type": "dxa"})),
        ),
    )
    for key, (name, font, size, align, outline, first) in STYLES.items():
        root.append(_style(key, name, font, size, align, outline, first))
    return root


def _style(key: str, name: str, font: str, size: int, align: str, outline: int | None, first: int) -> Any:
    paragraph = w(
        "pPr",
        None,
        indent(first=first, size=size),
        w("jc", {"val": align}),
        w("outlineLvl", {"val": outline}) if outline is not None else None,
    )
    return w(
        "style",
        {"type": "paragraph", "styleId": key},
        w("name", {"val": name}),
        w("basedOn", {"val": "Normal"}),
        w("qFormat"),
        paragraph,
        run_properties(font, size),
    )


def font_table() -> Any:
    """The fonts with the names under which a machine may have them."""
    root = w("fonts")
    for name, others in FONTS.items():
        root.append(
            w(
                "font",
                {"name": name},
                w("altName", {"val": ",".join(others)}),
                w("charset", {"val": "00" if name == WESTERN else "86"}),
                w("family", {"val": "roman" if name == WESTERN else "auto"}),
                w("pitch", {"val": "variable"}),
            )
        )
    return root


def settings() -> Any:
    """Odd and even pages differ; Chinese punctuation is not squeezed; Word 2013 layout rules."""
    rule = {"uri": "http://schemas.microsoft.com/office/word"}
    return w(
        "settings",
        None,
        w("zoom", {"percent": 100}),
        w("bordersDoNotSurroundHeader"),
        w("bordersDoNotSurroundFooter"),
        w("defaultTabStop", {"val": 420}),
        w("evenAndOddHeaders"),
        w("drawingGridVerticalSpacing", {"val": LINE_PITCH}),
        w("characterSpacingControl", {"val": "doNotCompress"}),
        w(
            "compat",
            None,
            w("spaceForUL"),
            w("balanceSingleByteDoubleByteWidth"),
            w("doNotLeaveBackslashAlone"),
            w("ulTrailSpace"),
            w("adjustLineHeightInTable"),
            w("compatSetting", {"name": "compatibilityMode", **rule, "val": 15}),
        ),
        w("themeFontLang", {"val": "en-US", "eastAsia": "zh-CN"}),
        w("decimalSymbol", {"val": "."}),
        w("listSeparator", {"val": ","}),
    )
