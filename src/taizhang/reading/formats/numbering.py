"""The list numbers that Word shows but does not store: they are counted again from numbering.xml."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from taizhang.reading.formats.ooxml import W, attribute

DIGITS = "零一二三四五六七八九"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "ideographDigital",
    "ideographTraditional",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "chineseLegalSimplified",
}
BULLETS = {"bullet", "none"}
MAX_STYLE_CHAIN = 20


@dataclass(frozen=True)
class _Level:
    form: str
    pattern: str
    start: int


class Numbering:
    """Counts through a document's lists; ask it once for every paragraph, in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = _read_styles(styles)
        if numbering is not None:
            self._read(numbering)

    def next(self, paragraph: etree._Element) -> tuple[str, int]:
        """The printed number of a paragraph ("" if it has none) and its heading level (0: body text)."""
        properties = paragraph.find(f"{W}pPr")
        style = None if properties is None else properties.find(f"{W}pStyle")
        style_id = None if style is None else attribute(style, "val")
        outline, number, depth = self._from_style(style_id)
        own = None if properties is None else properties.find(f"{W}numPr")
        if own is not None:
            number, depth = _number_of(own, number, depth)
        direct = None if properties is None else properties.find(f"{W}outlineLvl")
        if direct is not None:
            outline = _integer(attribute(direct, "val"), 9)
        heading = outline + 1 if outline is not None and 0 <= outline <= 8 else 0
        return self._count(number, depth), heading

    def _count(self, number: str | None, depth: int) -> str:
        if number is None or number == "0" or number not in self._lists:
            return ""
        abstract, levels = self._lists[number]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        if level.form in BULLETS:
            return ""

        def shown(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            form = levels[index].form if index in levels else "decimal"
            start = levels[index].start if index in levels else 1
            return printed(counts.get(index, start), form)

        text = re.sub(r"%([1-9])", shown, level.pattern)
        return text + (" " if text and text[-1].isalnum() else "")

    def _from_style(self, style: str | None) -> tuple[int | None, str | None, int]:
        outline: int | None = None
        number: str | None = None
        depth = 0
        for _ in range(MAX_STYLE_CHAIN):
            if style is None or style not in self._styles:
                break
            parent, its_outline, its_number, its_depth = self._styles[style]
            outline = its_outline if outline is None else outline
            if number is None and its_number is not None:
                number, depth = its_number, its_depth
            style = parent
        return outline, number, depth

    def _read(self, root: etree._Element) -> None:
        for abstract in root.findall(f"{W}abstractNum"):
            levels = {}
            for level in abstract.findall(f"{W}lvl"):
                levels[_integer(attribute(level, "ilvl"), 0)] = _read_level(level)
            self._abstract[attribute(abstract, "abstractNumId") or ""] = levels
        for item in root.findall(f"{W}num"):
            link = item.find(f"{W}abstractNumId")
            key = "" if link is None else attribute(link, "val") or ""
            number = attribute(item, "numId") or ""
            levels = dict(self._abstract.get(key, {}))
            overrides = item.findall(f"{W}lvlOverride")
            for override in overrides:
                depth = _integer(attribute(override, "ilvl"), 0)
                own, start = override.find(f"{W}lvl"), override.find(f"{W}startOverride")
                if own is not None:
                    levels[depth] = _read_level(own)
                if start is not None and depth in levels:
                    old = levels[depth]
                    levels[depth] = _Level(old.form, old.pattern, _integer(attribute(start, "val"), 1))
            # An override restarts the list; without one, lists of one abstract definition count on together.
            self._lists[number] = (f"{key}/{number}" if overrides else key, levels)


def printed(number: int, form: str) -> str:
    """A list number in one of Word's forms."""
    if form in CHINESE:
        return chinese(number)
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        return roman(number) if form == "upperRoman" else roman(number).lower()
    if form == "decimalZero":
        return f"{number:02d}"
    return str(number)


def chinese(number: int) -> str:
    """1–99 in Chinese numerals, others in Arabic ones: 12 → 十二."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


def roman(number: int) -> str:
    """A Roman numeral; numbers that no list reaches stay Arabic."""
    if not 0 < number < 1000:
        return str(number)
    steps = ((900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for value, sign in (*steps, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, number = divmod(number, value)
        text += sign * count
    return text


def _read_level(level: etree._Element) -> _Level:
    form, pattern, start = (level.find(W + tag) for tag in ("numFmt", "lvlText", "start"))
    return _Level(
        "decimal" if form is None else attribute(form, "val") or "decimal",
        "" if pattern is None else attribute(pattern, "val") or "",
        1 if start is None else _integer(attribute(start, "val"), 1),
    )


def _read_styles(styles: etree._Element | None) -> dict[str, tuple[str | None, int | None, str | None, int]]:
    found: dict[str, tuple[str | None, int | None, str | None, int]] = {}
    for style in [] if styles is None else styles.findall(f"{W}style"):
        parent, outline = style.find(f"{W}basedOn"), style.find(f"{W}pPr/{W}outlineLvl")
        own = style.find(f"{W}pPr/{W}numPr")
        number, depth = (None, 0) if own is None else _number_of(own, None, 0)
        found[attribute(style, "styleId") or ""] = (
            None if parent is None else attribute(parent, "val"),
            None if outline is None else _integer(attribute(outline, "val"), 9),
            number,
            depth,
        )
    return found


def _number_of(properties: etree._Element, number: str | None, depth: int) -> tuple[str | None, int]:
    item, level = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
    if item is not None:
        number = attribute(item, "val")
    if level is not None:
        depth = _integer(attribute(level, "val"), 0)
    return number, depth


def _integer(text: str | None, default: int) -> int:
    try:
        return max(-1, min(int(text or ""), 10_000))
    except ValueError:
        return default
