"""Writes the smallest PDF with real Chinese text: one font without glyphs, its character map, lines at fixed places."""

SIZE = 12


def pdf_file(*pages: list[str], header: str = "", footer: str = "", width: int = 40) -> bytes:
    """Pages of paragraphs; each is broken into lines of ``width`` characters. ``{page}`` in the footer is the number."""
    objects = [b"", b"", _font(), _descendant(), _map()]  # 1 catalog, 2 pages, 3 font, 4 descendant, 5 map
    kids = []
    for number, paragraphs in enumerate(pages, 1):
        content = _content(paragraphs, header, footer.replace("{page}", str(number)), width)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
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
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(out),
    )


def _content(paragraphs: list[str], header: str, footer: str, width: int) -> bytes:
    lines = [(header, 800)] if header else []
    height = 760
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), width):
            lines.append((paragraph[start : start + width], height))
            height -= 18
    lines += [(footer, 40)] if footer else []
    shown = [
        b"BT /F %d Tf 50 %d Td <%s> Tj ET" % (SIZE, place, text.encode("utf-16-be").hex().encode())
        for text, place in lines
    ]
    return b"\n".join(shown)


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
