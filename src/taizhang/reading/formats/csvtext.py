"""Tables saved as text (.csv): read like the sheet that they come from."""

from __future__ import annotations

import csv
import io

from taizhang.kernel.errors import Problem
from taizhang.reading.decode import decode
from taizhang.reading.formats.build import Builder
from taizhang.reading.model import Source

SAMPLE = 4096
SIGNS = ",\t;|\uff0c"


def read_csv(data: bytes, name: str) -> Source:
    """Rows of a .csv in any Chinese encoding; the sign that parts the cells is found out."""
    text, encoding = decode(data, name)
    text = text.removeprefix("\ufeff")
    head = text[:SAMPLE]
    sign = max(SIGNS, key=head.count)
    builder = Builder()
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            filled = [cell for cell in cells if cell.strip()]
            if len(filled) == 1 and cells[0].strip():
                builder.paragraph(filled[0])
            else:
                builder.row(cells, table=0)
    except csv.Error as error:
        raise Problem(
            "reading.broken",
            "表格文本已损坏，读不出来",
            where=name,
            remedy="请用 Excel 或 WPS 打开后另存为 xlsx，再上传",
        ) from error
    source = builder.source(name, "csv")
    return Source(name, source.text, "csv", encoding, source.blocks)
