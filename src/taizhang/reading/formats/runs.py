"""What a reader of the printed page sees of a stretch of Word's XML."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from taizhang.reading.formats.ooxml import W, attribute, is_on

MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# Deleted and moved-away text is gone for the reader; the fallback repeats what the choice already says; a reading
# printed above a character (rt) is no text.
GONE = {
    *(f"{W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "sdtPr", "pPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
# Signs of the Wingdings fonts that stand for a character; others are decoration.
SYMBOLS = (
    {0x80 + number: chr(0x245F + number) for number in range(1, 11)}
    | {0x8B + number: chr(0x2775 + number) for number in range(1, 11)}
    | {0xFC: "√", 0xFE: "☑", 0xA8: "□", 0x6F: "□", 0xA3: "□", 0x52: "☑", 0x54: "☒", 0xFB: "×", 0xE0: "→"}
)


def text_of(element: etree._Element) -> str:
    """Visible text of an element without that of the text boxes in it; paragraphs are parted by line ends."""
    pieces: list[str] = []
    stack: list[etree._Element | str] = [element]
    field: list[bool] = []  # for each open field: are we still in its code?
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if item.tag in GONE or item.tag == f"{W}txbxContent" or _hidden(item):
            continue
        if item.tag == f"{W}fldChar":
            _follow(field, attribute(item, "fldCharType"))
        elif not any(field):
            pieces.append(_printed(item))
        if item.tag == f"{W}p" and item is not element:
            stack.append("\n")
        stack.extend(reversed(item))
    return "".join(pieces)


def _follow(field: list[bool], step: str | None) -> None:
    if step == "begin":
        field.append(True)
    elif step == "separate" and field:
        field[-1] = False
    elif step == "end" and field:
        field.pop()


def _printed(item: etree._Element) -> str:
    if item.tag in (f"{W}t", MATH_TEXT):
        return item.text or ""
    if item.tag == f"{W}sym":
        return _symbol(item)
    return SIGNS.get(item.tag, "")


def _symbol(item: etree._Element) -> str:
    try:
        code = int(attribute(item, "char") or "", 16)
    except ValueError:
        return ""
    if "wingdings" in (attribute(item, "font") or "").lower():
        return SYMBOLS.get(code & 0xFF, "")
    return "" if 0xE000 <= code <= 0xF8FF or not 0x20 <= code <= 0xFFFD else chr(code)


def _hidden(item: etree._Element) -> bool:
    if item.tag == f"{W}sdt":  # the prompt of a field that nobody filled in
        return is_on(item.find(f"{W}sdtPr/{W}showingPlcHdr"))
    return item.tag == f"{W}r" and is_on(item.find(f"{W}rPr/{W}vanish"))


def mark_is_gone(paragraph: etree._Element) -> bool:
    """Was the paragraph's end deleted or moved away, so that its text runs on in the next one?"""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(mark.find(W + tag) is not None for tag in ("del", "moveFrom"))


def boxes_of(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes anchored in a paragraph, the outermost ones, each once."""
    for box in element.iter(f"{W}txbxContent"):
        above = {ancestor.tag for ancestor in box.iterancestors() if ancestor is not element}
        inside = list(box.iterancestors(f"{W}p"))
        if not (above & GONE) and inside and inside[0] is element:
            yield box
