"""Decides by content, not by name, what a file is, and hands it to the reader of that format."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from taizhang.kernel.errors import Problem
from taizhang.reading.decode import VIA, decode
from taizhang.reading.formats.build import MAX_CHARS, too_long
from taizhang.reading.formats.csvtext import read_csv
from taizhang.reading.formats.docx import read_docx
from taizhang.reading.formats.html import read_html
from taizhang.reading.formats.office import read_office
from taizhang.reading.formats.packed import inflated
from taizhang.reading.formats.pdf import read_pdf
from taizhang.reading.formats.xlsx import read_xlsx
from taizhang.reading.markdown import blocks_of
from taizhang.reading.model import Source

MAX_BYTES = 40 * 1024 * 1024
"""The largest file that is opened."""
MAX_UNPACKED = 300 * 1024 * 1024
"""The largest sum of a zip's contents, counted while unpacking; beyond it the file is taken for a bomb."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27", b"\x1f\x8b")
# Lines of the head of a mail; a text may begin with one of these words, but not with two such lines.
MAIL = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[a-z][a-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:mime-version|return-path|received|message-id):[^\n]*\n(?:[ \t][^\n]*\n)*[a-z][a-z0-9-]*:"
)
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def load(path: str | Path) -> Source:
    """The text of one file, with what its format says about it. Raises :class:`Problem` when it cannot be read."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise IsADirectoryError
        if size > MAX_BYTES:
            raise _too_big(path.name)
        data = path.read_bytes()
    except OSError as error:
        raise Problem(
            "reading.no_file", "打不开这个文件", where=str(path), remedy="请核对路径，并确认有读取权限"
        ) from error
    return load_bytes(data, path.name)


def load_bytes(data: bytes, name: str) -> Source:
    """The same for a file that is already in memory; ``name`` is what the user calls it."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Problem("reading.empty", "这个文件是空的", where=name, remedy="请重新导出或另选文件")
    if len(data) > MAX_BYTES:
        raise _too_big(name)
    try:
        source = _reader(data, name)(data, name)
    except Problem as problem:
        problem.where = problem.where or name
        raise
    if len(source.text) > MAX_CHARS:
        raise too_long(name)
    if not source.text.strip():
        raise Problem("reading.empty", "这个文件里没有文字", where=name, remedy="请另选文件")
    return source


def _reader(data: bytes, name: str) -> Callable[[bytes, str], Source]:
    suffix = Path(name).suffix.lower()
    if data.startswith(b"PK"):
        return _zip_reader(data, name)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise Problem("reading.encrypted", "文件有密码，打不开", where=name, remedy="请去掉密码后另存，再上传")
        return read_xlsx if suffix in (".xls", ".et") else read_office
    if data[:1024].lstrip().startswith(b"%PDF"):
        return read_pdf
    if data.startswith(b"{\\rtf"):
        return read_office
    if data.startswith(PICTURES) and (suffix not in (".txt", ".md") or b"\0" in data[:1024]):
        raise Problem("reading.picture", "这是图片，不是文字", where=name, remedy="请提供文字版，或先做文字识别")
    if data.startswith(ARCHIVES):
        raise _archive(name)
    head = data[:2048].lower()
    if MAIL.match(head):
        raise _mail(data[:8192].lower(), name)
    if suffix in (".html", ".htm", ".mht", ".xhtml") or b"<html" in head or b"<!doctype html" in head:
        return read_html
    return read_csv if suffix in (".csv", ".tsv") else _read_plain


def _zip_reader(data: bytes, name: str) -> Callable[[bytes, str], Source]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            unpacked = inflated(data, packed.infolist(), MAX_UNPACKED)
            locked = any(item.flag_bits & 1 for item in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zlib.error) as error:
        raise broken(name) from error
    if unpacked > MAX_UNPACKED:
        raise Problem(
            "reading.too_big",
            f"文件解开后太大，超过 {MAX_UNPACKED // 1024 // 1024} MB",
            where=name,
            remedy="请用原来的软件打开，去掉大图片后另存，再上传",
        )
    if locked:
        raise Problem("reading.encrypted", "文件有密码，打不开", where=name, remedy="请去掉密码后另存，再上传")
    if any(item.startswith("word/") and item.endswith(".xml") for item in names):
        return read_docx
    if any(item.startswith("xl/workbook") for item in names):
        return read_xlsx
    if "content.xml" in names:
        return read_office
    if any(item.startswith("ppt/") for item in names):
        raise Problem("reading.unknown", "这是演示文稿，不是文稿", where=name, remedy="请把文字复制到 Word 再上传")
    if "OFD.xml" in names:
        raise Problem(
            "reading.unknown",
            "OFD 版式文件不能直接读",
            where=name,
            remedy="请在 OFD 阅读器里另存为 PDF 或 Word，再上传",
        )
    raise _archive(name)


def _archive(name: str) -> Problem:
    return Problem(
        "reading.unknown",
        "这是压缩包，不是文稿",
        where=name,
        remedy="请先解压，再逐个上传里面的 docx、pdf、xlsx 或 txt 文件",
    )


def _mail(head: bytes, name: str) -> Problem:
    """A mail, or a web page that was saved as one."""
    if re.search(rb"multipart/related|snapshot-content-location", head):
        remedy = "请用浏览器或 Word 打开，另存为 docx 或 html，再上传"
        return Problem("reading.unknown", "这是单个文件网页（mht），不能直接读", where=name, remedy=remedy)
    remedy = "请把附件另存后再上传；正文请复制到 txt 或 Word"
    return Problem("reading.unknown", "这是邮件（eml），不是文稿", where=name, remedy=remedy)


def _read_plain(data: bytes, name: str) -> Source:
    text, encoding = decode(data, name)
    kind = "md" if Path(name).suffix.lower() in (".md", ".markdown") else "txt"
    notes = ("文件的编码被转错过，文字已还原",) if VIA in encoding else ()
    blocks = blocks_of(text) if kind == "md" else ()
    return Source(name=name, text=text, format=kind, encoding=encoding, blocks=blocks, notes=notes)


def broken(name: str) -> Problem:
    """The file's container is damaged."""
    return Problem("reading.broken", "文件已损坏，打不开", where=name, remedy="请用原来的软件打开后另存一份，再上传")


def _too_big(name: str) -> Problem:
    return Problem(
        "reading.too_big",
        f"文件太大，超过 {MAX_BYTES // 1024 // 1024} MB",
        where=name,
        remedy="请拆成几个文件，或去掉其中的图片后再读",
    )
