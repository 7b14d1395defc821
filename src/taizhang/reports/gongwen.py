"""Blocks → a .docx as GB/T 9704-2012 wants it (measures and styles: :mod:`taizhang.reports.layout`).

Every number with an origin becomes an inline content control (``w:sdt``): its tag finds the binding in the document's
own custom XML part, so that a copy that went through other hands can still answer for its figures. The bytes depend on
the arguments alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from taizhang.reports import layout
from taizhang.reports.blocks import (
    Addressee,
    Annex,
    Attachment,
    Block,
    Caption,
    Control,
    DocNumber,
    Heading,
    Imprint,
    Inline,
    IssuerMark,
    Note,
    Paragraph,
    Runs,
    Signature,
    Table,
    Title,
    plain,
    width,
)
from taizhang.reports.layout import BIAOSONG, BODY, CHARACTERS, HEI, KAI, RED, SIZE_2, SIZE_3, SIZE_4, SIZE_TABLE, SONG
from taizhang.reports.ooxml import fixed_zip, foot_box, text_element, w, xml_bytes

BOOKMARK = "tz_"
BINDINGS_NAMESPACE = "urn:taizhang:bindings:1"
_ITEM_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?><ds:datastoreItem ds:itemID="{0B0E3F5C-6C1B-4A57-9E0D-1B5F0'
    '7A2C0E1}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"><ds:schemaRefs><ds:schemaRef '
    f'ds:uri="{BINDINGS_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
)
_APPLICATION = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/office'
    'Document/2006/extended-properties"><Application>Taizhang</Application></Properties>'
)
_KEPT_RELATIONS = (RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.FONT_TABLE)
# A cell with more characters than this holds a sentence and reads from the left; a shorter one is a figure or a word.
SENTENCE = 14
HEADING_FONTS = {1: HEI, 2: KAI, 3: BODY, 4: BODY}
# 小标宋 of the red head: as large as the standard leaves to the issuer, and never wider than the text area.
MARK_SIZE_PT = 48
# A line of the 版记, 4号 with some air.
IMPRINT_LINE = 440
# What a table cell's two margins take, in characters of its text.
CELL_PADDING = 0.6


@dataclass(frozen=True, slots=True)
class Meta:
    """The document's properties; ``bindings`` is JSON that travels inside the file."""

    title: str
    author: str
    at: datetime
    bindings: str = "{}"


def write(blocks: Sequence[Block], meta: Meta) -> bytes:
    """The document's bytes: the same for the same arguments."""
    writer, elements = _Writer(), list[Any]()
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        elements.extend(writer.draw(block, following))
    return assemble(elements, meta)


def assemble(elements: Sequence[Any], meta: Meta) -> bytes:
    """A document of drawn paragraphs and tables, on the standard's page with the standard's styles."""
    document = Document()
    _bare(document)
    body = document.element.body
    for child in list(body):
        body.remove(child)
    body.extend(elements)
    body.append(w("sectPr"))
    _page(document)
    _properties(document, meta)
    _attach(document, meta.bindings)
    target = io.BytesIO()
    document.save(target)
    return fixed_zip(target.getvalue())


class _Writer:
    """Draws one block after the other; control ids run through the document."""

    def __init__(self) -> None:
        self.controls = 0

    def draw(self, block: Block, following: Block | None) -> list[Any]:
        match block:
            case IssuerMark(runs):
                return [self._mark(runs)]
            case DocNumber(runs):
                # Off the grid: the red head's measures count from one another, the text below finds the grid again.
                return [
                    _blank(loose=True),
                    _blank(loose=True),
                    self._number(runs),
                    _blank(loose=True),
                    _blank(loose=True),
                ]
            case Title(lines):
                # Off the grid, which would give a 2号 line two of its own.
                return [*(self._title(line) for line in lines), _blank()]
            case Addressee(runs):
                return [self.paragraph("Flush", runs)]
            case Heading(level, runs, number):
                return [self.paragraph(f"Heading{level}", (number, *runs), HEADING_FONTS[level], keep=True)]
            case Paragraph(runs):
                # The date's page must hold text of the body as well.
                return [self.paragraph("BodyText", runs, keep=isinstance(following, Signature))]
            case Caption(runs):
                return [self.paragraph("Caption", runs, HEI, SIZE_4, keep=True)]
            case Table(header, rows):
                return [self._table(header, rows), *([] if following is None else [_blank()])]
            case Attachment(names):
                return [_blank(), *self._attachments(names)]
            case Signature(unit, date):
                return [_blank(keep=True), *self._signature(unit, date)]
            case Note(runs):
                return [self.paragraph("BodyText", ("（", *runs, "）"))]
            case Annex(title, number):
                return self._annex(title, number)
            case Imprint():
                return [self._imprint(block)]

    def paragraph(
        self, style: str, runs: Runs, font: str = BODY, size: int = SIZE_3, *, keep: bool = False, extra: Any = ()
    ) -> Any:
        properties = w("pPr", None, w("pStyle", {"val": style}), w("keepNext") if keep else None, *extra)
        return w("p", None, properties, *self.inlines(runs, font, size))

    def inlines(self, runs: Runs, font: str, size: int, **look: Any) -> list[Any]:
        return [part for piece in runs if piece != "" for part in self._inline(piece, font, size, look)]

    def _inline(self, piece: Inline, font: str, size: int, look: dict[str, Any]) -> list[Any]:
        text = piece.text if isinstance(piece, Control) else piece
        run = w("r", None, layout.run_properties(font, size, **look), text_element(text))
        if not isinstance(piece, Control):
            return [run]
        self.controls += 1
        mark = {"id": self.controls, "name": BOOKMARK + piece.tag}
        # Twice marked: Word keeps the control's tag, older office programs lose it and keep the bookmark.
        return [w("bookmarkStart", mark), self._control(piece, run), w("bookmarkEnd", {"id": self.controls})]

    def _control(self, piece: Control, run: Any) -> Any:
        return w(
            "sdt",
            None,
            w(
                "sdtPr",
                None,
                w("alias", {"val": piece.alias[:64]}),
                w("tag", {"val": piece.tag}),
                w("id", {"val": self.controls}),
            ),
            w("sdtContent", None, run),
        )

    def _mark(self, runs: Runs) -> Any:
        """35 mm below the text area's top edge, centred, red, narrowed to fit one line."""
        points = width(plain(runs)) * MARK_SIZE_PT
        scale = min(100, int(layout.TEXT_WIDTH / 20 / points * 100))
        extra = [layout.line_spacing(before=layout.MARK_DROP, line=MARK_SIZE_PT * 20), w("jc", {"val": "center"})]
        properties = w("pPr", None, w("pStyle", {"val": "Flush"}), w("snapToGrid", {"val": 0}), *extra)
        size = MARK_SIZE_PT * 2
        return w("p", None, properties, *self.inlines(runs, BIAOSONG, size, color=RED, scale=scale))

    def _number(self, runs: Runs) -> Any:
        """Centred, with the red line as wide as the text area 4 mm below."""
        line = {"val": "single", "sz": 12, "space": layout.RED_LINE_GAP_PT, "color": RED}
        lead = layout.line_spacing(before=layout.LINE_PITCH - layout.NUMBER_LINE, line=layout.NUMBER_LINE)
        extra = [w("pBdr", None, w("bottom", line)), w("snapToGrid", {"val": 0}), lead, w("jc", {"val": "center"})]
        return self.paragraph("Flush", runs, extra=extra)

    def _title(self, line: Runs) -> Any:
        return self.paragraph("Title", line, BIAOSONG, SIZE_2, keep=True, extra=[w("snapToGrid", {"val": 0})])

    def _annex(self, title: Runs, number: str) -> list[Any]:
        """附件 in the first line of a new page, the title in the third."""
        return [
            self.paragraph("Flush", (f"附件{number}",), HEI, keep=True, extra=[w("pageBreakBefore")]),
            _blank(keep=True),
            self._title(title),
            _blank(),
        ]

    def _imprint(self, block: Imprint) -> Any:
        """A box at the text area's foot: thick rules outside, a thin one between."""
        rows: list[tuple[Runs, Runs]] = [(("抄送：", *block.copies, "。"), ())] if block.copies else []
        rows.append((block.printer, (*block.date, "印发")))
        thick, thin = ({"val": "single", "sz": size, "space": 0, "color": "000000"} for size in (8, 6))
        sides = {"left": {"w": 0, "type": "dxa"}, "right": {"w": 0, "type": "dxa"}}
        table = w(
            "tbl",
            None,
            w(
                "tblPr",
                None,
                w("tblW", {"w": layout.TEXT_WIDTH, "type": "dxa"}),
                w("tblInd", {"w": 0, "type": "dxa"}),
                w("tblBorders", None, w("top", thick), w("bottom", thick), w("insideH", thin)),
                w("tblLayout", {"type": "fixed"}),
                w("tblCellMar", None, *(w(side, value) for side, value in sides.items())),
            ),
            w("tblGrid", None, w("gridCol", {"w": layout.TEXT_WIDTH})),
            *(w("tr", None, self._imprint_cell(left, right)) for left, right in rows),
        )
        room = layout.TEXT_WIDTH / (SIZE_4 * 10) - 2
        lines = sum(max(1, -int(-(width(plain(left)) - 3) // (room - 3))) if not right else 1 for left, right in rows)
        return foot_box([table, _speck()], layout.TEXT_WIDTH, lines * IMPRINT_LINE + 60, _speck())

    def _imprint_cell(self, left: Runs, right: Runs) -> Any:
        char = SIZE_4 * 10
        properties = w(
            "pPr",
            None,
            w("pStyle", {"val": "Flush"}),
            w("tabs", None, w("tab", {"val": "right", "pos": layout.TEXT_WIDTH - char})) if right else None,
            w("snapToGrid", {"val": 0}),
            layout.line_spacing(line=IMPRINT_LINE),
            # 抄送: lines after the first stand under the first name.
            w("ind", {"left": char} if right else {"left": char * 4, "right": char, "hanging": char * 3}),
            w("jc", {"val": "left"}),
        )
        tab = [w("r", None, layout.run_properties(BODY, SIZE_4), w("tab"))] if right else []
        inlines = [*self.inlines(left, BODY, SIZE_4), *tab, *self.inlines(right, BODY, SIZE_4)]
        cell = w("tcPr", None, w("tcW", {"w": layout.TEXT_WIDTH, "type": "dxa"}))
        return w("tc", None, cell, w("p", None, properties, *inlines))

    def _attachments(self, names: Sequence[Runs]) -> list[Any]:
        """附件: after two characters; with several, numbers whose names line up."""
        if len(names) == 1:
            return [self.paragraph("BodyText", ("附件：", *names[0]))]
        drawn = []
        for index, name in enumerate(names, start=1):
            if index == 1:
                drawn.append(self.paragraph("BodyText", (f"附件：{index}. ", *name)))
            else:
                drawn.append(self.paragraph("Flush", (f"{index}. ", *name), extra=[layout.indent(left=5)]))
        return drawn

    def _signature(self, unit: Runs, date: Runs) -> list[Any]:
        """The date begins two characters right of the name's first; two characters stay free at the right."""
        name_width, date_width = width(plain(unit)), width(plain(date))
        start = CHARACTERS - 2 - max(name_width, date_width + 2)
        drawn = []
        for runs, left, keep in ((unit, start, True), (date, start + 2, False)):
            # Room beyond the margin, so that a wider substitute font does not break the line.
            margins = layout.indent(left=max(left, 0), right=-4)
            drawn.append(self.paragraph("Flush", runs, keep=keep, extra=[margins, w("jc", {"val": "left"})]))
        return drawn

    def _table(self, header: Sequence[Runs], rows: Sequence[Sequence[Runs]]) -> Any:
        columns = _column_widths([header, *rows])
        edge = {"val": "single", "sz": 8, "space": 0, "color": "000000"}
        inner = {**edge, "sz": 4}
        sides = [
            ("top", edge),
            ("left", edge),
            ("bottom", edge),
            ("right", edge),
            ("insideH", inner),
            ("insideV", inner),
        ]
        table = w(
            "tbl",
            None,
            w(
                "tblPr",
                None,
                w("tblW", {"w": sum(columns), "type": "dxa"}),
                w("jc", {"val": "center"}),
                w("tblBorders", None, *(w(side, line) for side, line in sides)),
                w("tblLayout", {"type": "fixed"}),
                w("tblCellMar", None, w("left", {"w": 57, "type": "dxa"}), w("right", {"w": 57, "type": "dxa"})),
            ),
            w("tblGrid", None, *(w("gridCol", {"w": column}) for column in columns)),
        )
        table.append(self._row(header, columns, HEI, head=True))
        for row in rows:
            table.append(self._row(row, columns, BODY))
        return table

    def _row(self, cells: Sequence[Runs], columns: Sequence[int], font: str, *, head: bool = False) -> Any:
        properties = w(
            "trPr",
            None,
            w("cantSplit"),
            w("trHeight", {"val": 454, "hRule": "atLeast"}),
            w("tblHeader") if head else None,
        )
        row = w("tr", None, properties)
        for index, (runs, column) in enumerate(zip(cells, columns, strict=True)):
            # Off the line grid: table text is smaller than a line of the page.
            align = "left" if not head and (index == 0 or len(plain(runs)) > SENTENCE) else "center"
            paragraph = w(
                "pPr",
                None,
                w("pStyle", {"val": "Flush"}),
                w("snapToGrid", {"val": 0}),
                layout.line_spacing(line=320),
                w("jc", {"val": align}),
            )
            row.append(
                w(
                    "tc",
                    None,
                    w("tcPr", None, w("tcW", {"w": column, "type": "dxa"}), w("vAlign", {"val": "center"})),
                    w("p", None, paragraph, *self.inlines(runs, font, SIZE_TABLE)),
                )
            )
        return row


def _speck() -> Any:
    """A paragraph of one point: the format wants one behind a table, the eye does not."""
    small = w("pPr", None, w("pStyle", {"val": "Flush"}), w("snapToGrid", {"val": 0}), layout.line_spacing(line=20))
    return w("p", None, small)


def _blank(*, keep: bool = False, loose: bool = False) -> Any:
    """One line, on the grid unless ``loose``."""
    off = w("snapToGrid", {"val": 0}) if loose else None
    return w("p", None, w("pPr", None, w("pStyle", {"val": "Flush"}), w("keepNext") if keep else None, off))


def _column_widths(rows: Sequence[Sequence[Runs]]) -> list[int]:
    """Each column as wide as its text wants; when that is too much, the widest give way and break their lines.

    A head of more than three characters may stand in two lines.
    """
    header, *body = rows
    needs = []
    for index, head in enumerate(header):
        longest = max((width(plain(row[index])) for row in body), default=0)
        label = width(plain(head))
        needs.append(max(longest, 3, label if label <= 3 else -(-label // 2)) + CELL_PADDING)
    room = layout.TEXT_WIDTH / (SIZE_TABLE * 10)
    while sum(needs) > room:
        widest = max(range(len(needs)), key=needs.__getitem__)
        if needs[widest] <= 2:
            break
        needs[widest] -= 0.5
    widths = [int(layout.TEXT_WIDTH * need / sum(needs)) for need in needs]
    widths[-1] += layout.TEXT_WIDTH - sum(widths)
    return widths


def _bare(document: Any) -> None:
    """Only what we declare ourselves: python-docx's own template brings a theme, list styles and a picture along."""
    part = document.part
    for key, relation in list(part.rels.items()):
        if relation.reltype not in _KEPT_RELATIONS:
            del part.rels[key]
        elif relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = xml_bytes(layout.font_table())
    package = part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.EXTENDED_PROPERTIES:
            relation.target_part._blob = _APPLICATION.encode()
        elif relation.reltype not in (RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES):
            del package.rels[key]
    for element, fresh in ((document.styles.element, layout.styles()), (document.settings.element, layout.settings())):
        for child in list(element):
            element.remove(child)
        element.extend(list(fresh))


def _page(document: Any) -> None:
    section = document.sections[0]
    section.footer.is_linked_to_previous = False
    section.even_page_footer.is_linked_to_previous = False
    # A page number keeps one character from the outer edge: right on odd pages, left on even ones.
    for footer, align, margins in ((section.footer, "right", (0, 1)), (section.even_page_footer, "left", (1, 0))):
        root = footer._element
        for child in list(root):
            root.remove(child)
        root.append(_page_number(align, *margins))
    element = section._sectPr
    for measure in layout.section().values():
        element.append(measure)


def _page_number(align: str, left: int, right: int) -> Any:
    unit = SIZE_4 * 10
    properties = w(
        "pPr",
        None,
        w("pStyle", {"val": "Footer"}),
        w("snapToGrid", {"val": 0}),
        layout.line_spacing(line=unit),
        w("ind", {"left": left * unit, "right": right * unit}),
        w("jc", {"val": align}),
    )

    def run(*children: Any) -> Any:
        return w("r", None, layout.run_properties(SONG, SIZE_4), *children)

    instruction = w("instrText")
    instruction.text = "PAGE"
    return w(
        "p",
        None,
        properties,
        run(text_element("— ")),
        run(w("fldChar", {"fldCharType": "begin"})),
        run(instruction),
        run(w("fldChar", {"fldCharType": "separate"})),
        run(text_element("1")),
        run(w("fldChar", {"fldCharType": "end"})),
        run(text_element(" —")),
    )


def _properties(document: Any, meta: Meta) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by = meta.title[:255], meta.author[:255], meta.author[:255]
    core.created = core.modified = meta.at
    core.revision, core.language = 1, "zh-CN"
    core.comments = core.keywords = core.subject = core.category = ""


def _attach(document: Any, bindings: str) -> None:
    """The bindings as the document's custom XML, the place that office programs carry along unread."""
    root = etree.Element(f"{{{BINDINGS_NAMESPACE}}}bindings", nsmap={None: BINDINGS_NAMESPACE})  # type: ignore[dict-item]
    root.text = bindings
    package = document.part.package
    item = Part(PackURI("/customXml/item1.xml"), "application/xml", xml_bytes(root), package)
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    properties = Part(PackURI("/customXml/itemProps1.xml"), kind, _ITEM_PROPERTIES.encode(), package)
    document.part.relate_to(item, RELATIONSHIP_TYPE.CUSTOM_XML)
    item.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
