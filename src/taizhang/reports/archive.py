"""The archive of a signed report (归档): every form of it in one zip, with the hash of each."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from taizhang.events.models import Work
from taizhang.events.work import work
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.reading.formats.office import PROGRAMS, convert
from taizhang.reports.models import Report
from taizhang.reports.numbers_table import numbers_xlsx
from taizhang.reports.ooxml import fixed_zip
from taizhang.reports.queries import get_report_for

SECONDS = 180
NO_PDF = "本机没有安装 LibreOffice，没有生成 PDF"


def to_pdf(docx: bytes) -> bytes | None:
    """The paper as PDF by LibreOffice; None where it is not installed. Raises Problem when it fails."""
    try:
        return convert(docx, ".docx", "pdf", SECONDS)
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise Problem(
            "RPT-076", "转成 PDF 没有成功", remedy="稍后重做；仍不行请用 Word 打开 docx 另存为 PDF"
        ) from wrong


def require_signed(report: Report) -> None:
    """Raise Problem for a draft."""
    if report.state != Report.PUBLISHED:
        raise Problem("RPT-077", "草稿不归档", remedy="签发后再归档")


def package(report: Report) -> bytes:
    """The zip: docx, PDF where there can be one, a page, the table and the JSON of the numbers, the manifest. Raises
    Problem for a draft."""
    require_signed(report)
    docx = report.docx_bytes()
    pdf = to_pdf(docx)
    # A stroke in a title would make a folder.
    name = report.title.replace("/", "／").replace("\\", "＼")
    files = {
        f"{name}.docx": docx,
        f"{name}.html": _page(report).encode(),
        "数字出处.xlsx": numbers_xlsx(report),
        "数字出处.json": _json(numbers(report)),
        **({f"{name}.pdf": pdf} if pdf is not None else {}),
    }
    files["清单.json"] = _json(manifest(report, files, "" if pdf is not None else NO_PDF))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        for file, data in files.items():
            zipped.writestr(file, data)
    return fixed_zip(target.getvalue())


def numbers(report: Report) -> dict[str, Any]:
    """Every number of the text with indicator, unit, period, value and build."""
    about = {
        "title": report.title, "template": report.template, "unit": report.unit.code, "unit_name": report.unit.name,
        "period": report.period, "day": report.day.isoformat(), "build": report.build,
    }  # fmt: skip
    listed = [{"number": tag, "indicator": bound["code"], **bound} for tag, bound in report.used().items()]
    return {"report": about, "numbers": listed, "declared": report.declared}


def manifest(report: Report, files: dict[str, bytes], note: str) -> dict[str, Any]:
    """What lies in the package, who signed it, and what it was computed from."""
    signed = report.published_at.isoformat() if report.published_at else ""
    return {
        "title": report.title, "revision": report.revision, "build": report.build, "numbers": len(report.used()),
        "signed_by": str(report.published_by or ""), "signed_at": signed, "note": note,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
        ],
    }  # fmt: skip


@work("reports.archive")
def make_package(made: Work, *, report: int) -> dict[str, Any]:
    """The package of one report, made in the background: LibreOffice takes its time."""
    if made.by is None:
        raise Forbidden("RPT-078", "归档要由登录的人发起", remedy="登录后重做")
    found = get_report_for(made.by, report)
    made.path.write_bytes(package(found))
    return {"words": "" if any(shutil.which(name) for name in PROGRAMS) else NO_PDF}


def _page(report: Report) -> str:
    """A page that stands alone: the looks of the paper are inside."""
    found = finders.find("reports/paper.css")
    css = Path(found).read_text(encoding="utf-8") if found else ""
    return render_to_string("reports/archived.html", {"report": report, "css": css})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
