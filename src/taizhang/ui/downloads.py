"""A file as an answer: always saved, never opened inside our own pages."""

from __future__ import annotations

import io

from django.http import HttpResponse
from django.utils.http import content_disposition_header

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


def download(data: bytes | io.BytesIO, name: str, kind: str) -> HttpResponse:
    """``data`` to be saved as ``name``, which may be Chinese."""
    content = data.getvalue() if isinstance(data, io.BytesIO) else data
    header = content_disposition_header(True, name)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": header})
