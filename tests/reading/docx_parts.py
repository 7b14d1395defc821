"""Builds Word files from raw XML, for what python-docx cannot write."""

import io
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def docx_file(body: str, **parts: str) -> bytes:
    """A .docx whose body is the given XML; ``parts`` add word/NAME.xml with the given inner XML of their root."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, inner in parts.items():
            root = {"header1": "hdr", "footer1": "ftr"}.get(name, name)
            packed.writestr(f"word/{name}.xml", f"<w:{root} {W}>{inner}</w:{root}>")
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int = 0, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(*levels: tuple[str, str], numbers: int = 1, restart: bool = False) -> str:
    """One abstract list with (form, pattern) per level, used by ``numbers`` lists."""
    inner = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for index, (form, pattern) in enumerate(levels)
    )
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="7"/>{override if restart and number > 1 else ""}</w:num>'
        for number in range(1, numbers + 1)
    )
    return f'<w:abstractNum w:abstractNumId="7">{inner}</w:abstractNum>{lists}'
