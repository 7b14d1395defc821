"""The list numbers that Word shows but does not store: they are counted again from numbering.xml."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from taizhang.reading.formats.numberforms import printed
from taizhang.reading.formats.ooxml import W, attribute, is_on, number_in

BULLETS = {"bullet", "none"}
MAX_STYLE_CHAIN = 20


@dataclass(frozen=True)
class _Level:
    """``restart`` is the level (from 1) above which a number starts this one again; 0 never, None any."""

    form: str
    pattern: str
    start: int
    legal: bool
    restart: int | None
    style: str | None
    gap: str


@dataclass(frozen=True)
class _Style:
    parent: str | None
    outline: int | None
    number: str | None
    depth: int | None


class Numbering:
    """Counts through a document's lists; ask it once for every paragraph, in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
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
            own_number, own_depth = _number_of(own)
            number = number if own_number is None else own_number
            depth = depth if own_depth is None else own_depth
        direct = None if properties is None else properties.find(f"{W}outlineLvl")
        if direct is not None:
            outline = number_in(direct, "val", 9)
        heading = outline + 1 if outline is not None and 0 <= outline <= 8 else 0
        if depth is None:
            depth = self._depth_of_style(number, style_id)
        return self._count(number, depth), heading

    def _depth_of_style(self, number: str | None, style: str | None) -> int:
        """A style that names only its list: the list says which level it is."""
        _, levels = self._lists.get(number or "", ("", {}))
        return next((depth for depth, level in levels.items() if style and level.style == style), 0)

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
            limit = levels[deeper].restart if deeper in levels else None
            if limit is None or depth < limit:
                del counts[deeper]
        if level.form in BULLETS:
            return ""

        def shown(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            form, start = (levels[index].form, levels[index].start) if index in levels else ("decimal", 1)
            return printed(counts.get(index, start), "decimal" if level.legal else form)

        text = re.sub(r"%([1-9])", shown, level.pattern)
        return text + level.gap if text and text[-1].isalnum() else text

    def _from_style(self, style: str | None) -> tuple[int | None, str | None, int | None]:
        outline: int | None = None
        number: str | None = None
        depth: int | None = None
        for _ in range(MAX_STYLE_CHAIN):
            if style is None or style not in self._styles:
                break
            own = self._styles[style]
            outline = own.outline if outline is None else outline
            depth = own.depth if depth is None else depth
            if number is None:
                number = own.number
            style = own.parent
        return outline, number, depth

    def _read(self, root: etree._Element) -> None:
        abstracts, linked = _abstracts(root)
        for item in root.findall(f"{W}num"):
            link = item.find(f"{W}abstractNumId")
            key = "" if link is None else attribute(link, "val") or ""
            key = linked.get(key, key)
            number = attribute(item, "numId") or ""
            levels = dict(abstracts.get(key, {}))
            starts_again = False
            for override in item.findall(f"{W}lvlOverride"):
                depth = number_in(override, "ilvl", 0)
                own, start = override.find(f"{W}lvl"), override.find(f"{W}startOverride")
                if own is not None:
                    levels[depth] = _read_level(own)
                if start is not None and depth in levels:
                    starts_again = True
                    levels[depth] = replace(levels[depth], start=number_in(start, "val", 1))
            # An override restarts the list; without one, lists of one abstract definition count on together.
            self._lists[number] = (f"{key}/{number}" if starts_again else key, levels)


def _abstracts(root: etree._Element) -> tuple[dict[str, dict[int, _Level]], dict[str, str]]:
    """Levels of every list definition, and for those that only name a list style the definition of that style."""
    found: dict[str, dict[int, _Level]] = {}
    styles: dict[str, str] = {}
    links: dict[str, str] = {}
    for abstract in root.findall(f"{W}abstractNum"):
        key = attribute(abstract, "abstractNumId") or ""
        found[key] = {number_in(level, "ilvl", 0): _read_level(level) for level in abstract.findall(f"{W}lvl")}
        style, link = abstract.find(f"{W}styleLink"), abstract.find(f"{W}numStyleLink")
        if style is not None:
            styles[attribute(style, "val") or ""] = key
        if link is not None:
            links[key] = attribute(link, "val") or ""
    return found, {key: styles[style] for key, style in links.items() if style in styles}


def _read_level(level: etree._Element) -> _Level:
    form = level.find(f"{W}numFmt")
    if form is None:  # newer forms stand in an alternative
        form = next(level.iter(f"{W}numFmt"), None)
    pattern, style, gap = (level.find(W + tag) for tag in ("lvlText", "pStyle", "suff"))
    restart = level.find(f"{W}lvlRestart")
    return _Level(
        form="decimal" if form is None else attribute(form, "val") or "decimal",
        pattern="" if pattern is None else attribute(pattern, "val") or "",
        start=number_in(level.find(f"{W}start"), "val", 1),
        legal=is_on(level.find(f"{W}isLgl")),
        restart=None if restart is None else number_in(restart, "val", 0),
        style=None if style is None else attribute(style, "val"),
        gap="" if gap is not None and attribute(gap, "val") == "nothing" else " ",
    )


def _read_styles(styles: etree._Element | None) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for style in [] if styles is None else styles.findall(f"{W}style"):
        parent, outline = style.find(f"{W}basedOn"), style.find(f"{W}pPr/{W}outlineLvl")
        own = style.find(f"{W}pPr/{W}numPr")
        number, depth = (None, None) if own is None else _number_of(own)
        found[attribute(style, "styleId") or ""] = _Style(
            parent=None if parent is None else attribute(parent, "val"),
            outline=None if outline is None else number_in(outline, "val", 9),
            number=number,
            depth=depth,
        )
    return found


def _number_of(properties: etree._Element) -> tuple[str | None, int | None]:
    item, level = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
    return (
        None if item is None else attribute(item, "val"),
        None if level is None else number_in(level, "val", 0),
    )
