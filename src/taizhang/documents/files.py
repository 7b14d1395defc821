"""The store of bytes: one file per content, named by its hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from taizhang.kernel.errors import NotFound


def keep(data: bytes) -> str:
    """Store bytes and return their sha256; bytes that are there already are not written again.

    The file appears under its name only when it is whole, so a reader never meets half a file.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def stored(sha256: str) -> Path:
    """Where the bytes of a hash lie. NotFound when the store has lost them (a backup without its files)."""
    path = _path(sha256)
    if not path.is_file():
        raise NotFound("DOC-001", "文件库里找不到这个文件", remedy="请管理员从备份恢复 files 目录")
    return path


def _path(sha256: str) -> Path:
    return Path(settings.FILES) / sha256[:2] / sha256
