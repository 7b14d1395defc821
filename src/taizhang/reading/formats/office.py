"""Old Word and WPS files, through LibreOffice when it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.docx import read_docx
from taizhang.reading.model import Source

PROGRAMS = ("soffice", "libreoffice")
FILTER = "docx:MS Word 2007 XML"
"""The target with its filter named: an HTML page or a text that calls itself .doc must not choose another one."""
SECONDS = 120
"""How long LibreOffice may take for one file."""
LOST_PATTERN = re.compile(rb"\{\\leveltext[^{}]*\\'3f[^{}]*\}")
LIST_TEXT = re.compile(rb"\{(?:\\\*)?\\listtext\b")
IN_LIST = re.compile(rb"\\ls\d+(?=[^\d])")


def read_office(data: bytes, name: str) -> Source:
    """Text of a .doc, .wps, .rtf or .odt file. Without LibreOffice a Problem says how to go on."""
    suffix = Path(name).suffix.lower() or ".doc"
    try:
        converted = convert(_with_printed_numbers(data), suffix, FILTER, SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Problem(
            "reading.broken", "旧格式文件转换不成功", where=name, remedy="请用 Word 或 WPS 另存为 docx 再上传"
        ) from error
    if converted is None:
        raise Problem(
            "reading.needs_office",
            "读 doc、wps 这类旧格式需要安装 LibreOffice,本机没有",
            where=name,
            remedy="请用 Word 或 WPS 另存为 docx 再上传，或请管理员安装 LibreOffice",
        )
    return replace(read_docx(converted, name), format=suffix.lstrip("."))


def convert(data: bytes, suffix: str, target: str, seconds: int) -> bytes | None:
    """A document (``suffix`` as ".doc") as LibreOffice saves it: ``target`` is its kind, with a filter or without
    ("pdf"). None where LibreOffice is not installed; OSError, TimeoutExpired when it fails."""
    program = next((found for item in PROGRAMS if (found := shutil.which(item))), None)
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        old = Path(folder) / f"文稿{suffix}"
        old.write_bytes(data)
        # a profile of its own: a running office of the same user would swallow the order
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target]
        subprocess.run([*command, "--outdir", folder, str(old)], capture_output=True, timeout=seconds, check=False)
        return old.with_suffix(f".{target.partition(':')[0]}").read_bytes()


def _with_printed_numbers(data: bytes) -> bytes:
    """An .rtf whose list patterns lost their Chinese signs (``一?``) keeps them in the number printed at each paragraph.

    Some writers put only the code page's characters into the pattern. Then the printed numbers become plain text and
    the lists are dropped; any other file stays as it is.
    """
    if not data.startswith(b"{\\rtf") or not LOST_PATTERN.search(data):
        return data
    return IN_LIST.sub(b"", LIST_TEXT.sub(b"{", data))
