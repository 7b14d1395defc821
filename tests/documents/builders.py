"""Files of our own words, good and bad."""

from __future__ import annotations

import io

import docx

# 45 + 30 = 75 is right; 45 + 30 = 76 is not.
REPORT = """测试县教育局2025年工作总结
一、安全工作
全年排查隐患120件,整改90件,整改率为75%。
二、经费工作
全年培训教师200人,其中合格150人,合格率为85%。
"""
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def as_docx(text: str) -> bytes:
    """The text as a Word file, one paragraph for each line."""
    book = docx.Document()
    for line in text.strip().splitlines():
        book.add_paragraph(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def encrypted_docx() -> bytes:
    """What Word writes when a file gets a password: a compound file with an EncryptedPackage, whatever its name."""
    return OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
