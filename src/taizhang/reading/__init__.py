"""Reads Chinese official prose: documents, headings, quantities, relations, targets, tasks. Pure Python, offline.

>>> from taizhang.reading import read_text
>>> [heading.text for heading in read_text("一、总体要求\\n坚持立德树人。").headings]
['总体要求']
"""

from taizhang.reading.formats import load, load_bytes
from taizhang.reading.outline import outline
from taizhang.reading.plantable import plan_rows, write_plan_xlsx
from taizhang.reading.reader import check, read, read_bytes, read_source, read_text

__all__ = [
    "check",
    "load",
    "load_bytes",
    "outline",
    "plan_rows",
    "read",
    "read_bytes",
    "read_source",
    "read_text",
    "write_plan_xlsx",
]
