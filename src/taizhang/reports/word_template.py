"""A template as a Word file that a clerk edits, and back: one line of the markup is one paragraph, or one row of a table.

Headings are Word's own, tables are tables. Bindings {{ … }}, blocks {% … %}, notes {# … #} and marks of the layout (@…) stand
there as they are written. Word may split runs, turn quotes and braces into Chinese ones and put non-breaking spaces between:
inside a binding all that is read as it was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.reports import gongwen, layout
from taizhang.reports.effective import FALLBACK, W, parts_of
from taizhang.reports.layout import BODY, HEI, KAI, SIZE_2, SIZE_3, SIZE_TABLE
from taizhang.reports.ooxml import text_element, w

# Marks at the head of a line → the style of its paragraph, and how its text is set.
HEADS = {
    "#": ("Title", layout.BIAOSONG, SIZE_2), "##": ("Heading1", HEI, SIZE_3), "###": ("Heading2", KAI, SIZE_3),
    "####": ("Heading3", BODY, SIZE_3), "#####": ("Heading4", BODY, SIZE_3),
}  # fmt: skip
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
CODE = re.compile(r"[{｛]{2}.*?[}｝]{2}|[{｛][%％].*?[%％][}｝]|[{｛][#＃].*?[#＃][}｝]")
TAG = re.compile(r"\{%.*%\}|\{#.*#\}")
OPENS, CLOSES = re.compile(r"\{%-?\s*(?:for|if)\b"), re.compile(r"\{%-?\s*end(?:for|if)\b")
BINDING_COLOR, TAG_COLOR = "0B5CAD", "7A4B00"
# What may stand around a paragraph, table, row or cell; as many columns as Word lets a table have.
HOLDERS = tuple(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag"))
MOST_COLUMNS = 63
DOUBLE, SINGLE = '"“”„＂', "'‘’＇"
HALF = str.maketrans(
    {**{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, "\u3000": " ", "\xa0": " ", "、": ","}
)
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")


def to_docx(source: str, title: str) -> bytes:
    """The file for Word. The bytes depend on the arguments alone."""
    elements: list[Any] = []
    for lines in _grouped(source.rstrip("\n").split("\n")):
        elements += [_table(lines)] if lines[0].startswith("|") else [_paragraph(lines[0])]
    if elements[-1].tag == f"{W}tbl":
        elements.append(_paragraph(""))
    return gongwen.assemble(elements, gongwen.Meta(title=title, author="", at=EPOCH))


def from_docx(data: bytes, name: str) -> str:
    """The markup again. Raises Problem for a file that is no .docx, or that holds what a template cannot keep."""
    parts = parts_of(data, name, r"word/(document|styles)\.xml")
    body = parts["word/document.xml"].find(f"{W}body")
    if body is None:
        raise Problem("RPT-021", "文件里没有正文", where=name, remedy="用 Word 或 WPS 打开后另存为 .docx")
    levels = _levels(parts.get("word/styles.xml"))
    lines = [line for element in _flat(body) for line in _lines(element, levels)]
    return "\n".join(lines).strip("\n") + "\n"


def cells_of(row: str) -> list[str]:
    """The cells of a row | a | b |; a bar inside a binding parts nothing."""
    kept = CODE.sub(lambda match: match[0].replace("|", "\0"), row)
    return [cell.strip().replace("\0", "|") for cell in kept.removeprefix("|").removesuffix("|").split("|")]


# To Word


def _grouped(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each line alone, but the rows of a table together, with the blocks that run around some of them."""
    at = 0
    while at < len(lines):
        end = _table_end(lines, at) if lines[at].startswith("|") else at + 1
        yield list(lines[at:end])
        at = end


def _table_end(lines: Sequence[str], start: int) -> int:
    depth, end = 0, start
    for at in range(start, len(lines)):
        line = lines[at]
        if line.startswith("|"):
            end = at + 1
        elif not TAG.fullmatch(line) or (depth == 0 and not OPENS.match(line)):
            break
        elif OPENS.match(line):
            depth += 1
        elif CLOSES.match(line):
            depth, end = depth - 1, at + 1
    return end


def _paragraph(line: str) -> Any:
    mark, _, rest = line.partition(" ")
    if mark in HEADS and rest:
        style, font, size = HEADS[mark]
        return w("p", None, w("pPr", None, w("pStyle", {"val": style})), *_runs(rest, font, size))
    style = "Flush" if line.startswith(("@", "{%", "{#")) else "BodyText"
    return w("p", None, w("pPr", None, w("pStyle", {"val": style})), *_runs(line, BODY, SIZE_3))


def _runs(text: str, font: str, size: int) -> Iterator[Any]:
    """The text with its bindings in colour, so that an eye finds them."""
    last = 0
    for match in CODE.finditer(text):
        color = BINDING_COLOR if match[0].startswith("{{") else TAG_COLOR
        for part, ink in ((text[last : match.start()], None), (match[0], color)):
            if part:
                yield w("r", None, layout.run_properties(font, size, color=ink), text_element(part))
        last = match.end()
    if text[last:]:
        yield w("r", None, layout.run_properties(font, size), text_element(text[last:]))


def _table(lines: Sequence[str]) -> Any:
    """Rows as rows; a block, or a row with another number of cells, goes across the whole table as it is written."""
    count = len(cells_of(lines[0]))
    column = layout.TEXT_WIDTH // count
    line = {"val": "single", "sz": 4, "space": 0, "color": "000000"}
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    table = w(
        "tbl", None,
        w("tblPr", None, w("tblW", {"w": column * count, "type": "dxa"}), w("tblBorders", None, *(w(side, line) for side in sides)),
          w("tblLayout", {"type": "fixed"})),
        w("tblGrid", None, *(w("gridCol", {"w": column}) for _ in range(count))),
    )  # fmt: skip
    for text in lines:
        cells = cells_of(text) if text.startswith("|") else []
        fits = len(cells) == count
        table.append(w("tr", None, *(_cell(cell, column, 1) for cell in (cells if fits else ()))))
        if not fits:
            table[-1].append(_cell(text, column * count, count))
    return table


def _cell(text: str, width: int, span: int) -> Any:
    properties = w(
        "tcPr", None, w("tcW", {"w": width, "type": "dxa"}), w("gridSpan", {"val": span}) if span > 1 else None
    )
    look = w(
        "pPr",
        None,
        w("pStyle", {"val": "Flush"}),
        w("snapToGrid", {"val": 0}),
        layout.line_spacing(line=320),
        w("jc", {"val": "left"}),
    )
    return w("tc", None, properties, w("p", None, look, *_runs(text, BODY, SIZE_TABLE)))


# From Word


def _flat(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those inside content controls too."""
    for element in parent:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in HOLDERS:
            yield from _flat(element)


def _lines(element: Any, levels: dict[str, int]) -> Iterator[str]:
    if element.tag == f"{W}tbl":
        for row in _within(element, f"{W}tr"):
            yield _row(row)
        return
    mark = "#" * _level(element, levels)
    for text in _text(element).split("\n"):
        line = mended(text)
        yield f"{mark} {line}" if mark and line and not line.startswith(("{%", "{#", "@", "|", "#")) else line


def _row(row: Any) -> str:
    cells: list[str] = []
    for cell in _within(row, f"{W}tc"):
        text = mended(" ".join(" ".join(_text(one).split("\n")) for one in cell.iter(f"{W}p")).strip())
        cells += [text, *[""] * (_span(cell) - 1)]
    first = cells[0] if cells else ""
    if first.startswith(("{%", "{#", "|")) and not any(cells[1:]):
        return first
    kept = [
        CODE.sub(lambda match: match[0].replace("|", "\0"), cell).replace("|", "｜").replace("\0", "|")
        for cell in cells
    ]
    return "| " + " | ".join(kept) + " |"


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table, or cells of a row, inside content controls too; not those of a table inside a cell."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in HOLDERS:
            yield from _within(element, tag)


def _span(cell: Any) -> int:
    """How many columns a cell covers; 1 where the file says nothing that Word would have written."""
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    said = found.get(f"{W}val", "") if found is not None else ""
    return int(said) if re.fullmatch(r"[1-9]\d?", said) and int(said) <= MOST_COLUMNS else 1


def _text(paragraph: Any) -> str:
    """What stands in a paragraph once its changes are accepted."""
    found = []
    for element in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        above = list(element.iterancestors())
        if any(one.tag in (f"{W}del", f"{W}moveFrom", FALLBACK, f"{W}pPr") for one in above[: above.index(paragraph)]):
            continue
        if next(element.iterancestors(f"{W}p")) is not paragraph:
            continue
        kind = element.tag.removeprefix(W)
        found.append({"t": element.text or "", "tab": " ", "noBreakHyphen": "-"}.get(kind, "\n"))
    return "".join(found)


def _levels(styles: Any) -> dict[str, int]:
    """Style → how many # its paragraphs begin with; a style that is based on a heading is one."""
    found: dict[str, int] = {}
    bases: dict[str, str] = {}
    for style in () if styles is None else styles.iter(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        name, base = style.find(f"{W}name"), style.find(f"{W}basedOn")
        said = re.sub(r"\s", "", name.get(f"{W}val", "") if name is not None else key).lower()
        match = re.fullmatch(r"(?:heading|标题)([1-4])", said)
        if match:
            found[key] = int(match[1]) + 1
        elif said in ("title", "标题"):
            found[key] = 1
        elif base is not None:
            bases[key] = base.get(f"{W}val", "")
    for key, base in bases.items():
        seen = {key}
        while base in bases and base not in seen:
            seen.add(base)
            base = bases[base]
        if base in found:
            found[key] = found[base]
    return found


def _level(paragraph: Any, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    known = levels.get(style.get(f"{W}val"), 0) if style is not None else 0
    outline = paragraph.find(f"{W}pPr/{W}outlineLvl")
    return known or (int(outline.get(f"{W}val")) + 2 if outline is not None and outline.get(f"{W}val") in "0123" else 0)


def mended(text: str) -> str:
    """A line with its bindings as the language writes them; the prose around stays, its odd spaces apart."""
    plain = UNSEEN.sub("", text).replace("\xa0", " ").strip()
    return CODE.sub(lambda match: _code(match[0]), plain)


def _code(text: str) -> str:
    """{｛ 值（“在校生数”） ｝} → {{ 值("在校生数") }}."""
    opening, inner, closing = text[:2].translate(HALF), text[2:-2], text[-2:].translate(HALF)
    if opening == "{#":
        return opening + inner + closing
    done, at = [], 0
    while at < len(inner):
        marks = next((one for one in (DOUBLE, SINGLE) if inner[at] in one), "")
        if not marks:
            done.append(inner[at].translate(HALF))
            at += 1
            continue
        end = _string_end(inner, at, marks)
        said = inner[at + 1 : end]
        quote = marks[0] if marks[0] not in said else "'" if marks is DOUBLE else '"'
        done.append(quote + said + quote)
        at = end + 1
    return opening + "".join(done) + closing


def _string_end(text: str, start: int, marks: str) -> int:
    """Where a string ends that begins at ``start``: at its like, where it has one; Chinese quotes inside Chinese ones count
    in pairs. The end of the text when it does not end."""
    straight, opens, closes = marks[0], marks[1], marks[2]
    if text[start] == straight and text.count(straight) % 2 == 0:
        return text.index(straight, start + 1) if straight in text[start + 1 :] else len(text)
    depth = 0
    for at in range(start + 1, len(text)):
        if text[at] == opens and text[start] == opens:
            depth += 1
        elif text[at] == closes and depth:
            depth -= 1
        elif text[at] in marks and not depth:
            return at
    return len(text)
