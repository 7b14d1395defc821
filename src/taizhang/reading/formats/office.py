"""Old Word and WPS files, through LibreOffice when it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.docx import read_docx
from taizhang.reading.model import Source

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 120
"""How long LibreOffice may take for one file."""


def read_office(data: bytes, name: str) -> Source:
    """Text of a .doc, .wps, .rtf or .odt file. Without LibreOffice a Problem says how to go on."""
    program = next((found for item in PROGRAMS if (found := shutil.which(item))), None)
    if program is None:
        raise Problem(
            "reading.needs_office",
            "读 doc、wps 这类旧格式需要安装 LibreOffice,本机没有",
            where=name,
            remedy="请用 Word 或 WPS 另存为 docx 再上传,或请管理员安装 LibreOffice",
        )
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        old = Path(folder) / ("文稿" + (Path(name).suffix.lower() or ".doc"))
        old.write_bytes(data)
        # a profile of its own: a running office of the same user would swallow the order
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "docx"]
        try:
            subprocess.run([*command, "--outdir", folder, str(old)], capture_output=True, timeout=SECONDS, check=False)
            converted = old.with_suffix(".docx").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Problem(
                "reading.broken", "旧格式文件转换不成功", where=name, remedy="请用 Word 或 WPS 另存为 docx 再上传"
            ) from error
    return replace(read_docx(converted, name), format=(Path(name).suffix.lower().lstrip(".") or "doc"))
