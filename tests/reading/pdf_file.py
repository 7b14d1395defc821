"""Writes the smallest PDF with real Chinese text: one font without glyphs, its character map, lines at fixed places."""

SIZE = 12


def pdf_file(*pages: list[str], header: str = "", footer: str = "", width: int = 40) -> bytes:
    """Pages of paragraphs; each is broken into lines of ``width`` characters. ``{page}`` in the footer is the number."""
    return pages_file(
        *(
            _content(paragraphs, header, footer.replace("{page}", str(number)), width)
            for number, paragraphs in enumerate(pages, 1)
        )
    )


def printed(text: str, left: float, base: float, size: int = SIZE) -> bytes:
    """Text at a place of the page, in points from its lower left corner."""
    return b"BT /F %d Tf %.1f %.1f Td <%s> Tj ET\n" % (size, left, base, text.encode("utf-16-be").hex().encode())


def ruled(*lines: tuple[float, float, float, float]) -> bytes:
    """Straight strokes from one point to another."""
    return b"".join(b"%.1f %.1f m %.1f %.1f l S\n" % line for line in lines)


def picture() -> bytes:
    """An image that fills the page, as a scanner makes it."""
    return b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q\n"


def pages_file(*contents: bytes, turn: int = 0, trailer: bytes = b"") -> bytes:
    """A PDF from the drawing orders of its pages, all shown turned by ``turn`` degrees."""
    objects = [b"", b"", _font(), _descendant(), _map()]  # 1 catalog, 2 pages, 3 font, 4 descendant, 5 map
    kids = []
    for content in contents:
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate %d/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % (turn, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return out + end % (size, table, size, trailer, len(out))


def _content(paragraphs: list[str], header: str, footer: str, width: int) -> bytes:
    lines = [(header, 800)] if header else []
    height = 760
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), width):
            lines.append((paragraph[start : start + width], height))
            height -= 18
    lines += [(footer, 40)] if footer else []
    return b"".join(printed(text, 50, place) for text, place in lines)


def _font() -> bytes:
    return b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"


def _descendant() -> bytes:
    return (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
        b"/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>"
    )


def _map() -> bytes:
    body = (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/X def/CMapType 2 def\n"
        b"1 begincodespacerange<0000><FFFF>endcodespacerange\n1 beginbfrange<0020><FFFE><0020>endbfrange\n"
        b"endcmap end end"
    )
    return b"<</Length %d>>stream\n%s\nendstream" % (len(body), body)
