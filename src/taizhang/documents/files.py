"""The store of bytes: one file per content, named by its hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
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


def keep_file(source: Path) -> str:
    """Store a file that nobody changes any more and return its sha256: linked where the disk allows it, else copied.

    FileNotFoundError when it has gone meanwhile.
    """
    found = source.stat()
    digest = _sha256(str(source), found.st_mtime_ns, found.st_size)
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with suppress(OSError):  # another disk, or one without links
            partial.hardlink_to(source)
        if not partial.exists():
            shutil.copyfile(source, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return digest


def drop(sha256s: Iterable[str], named: Callable[[], set[str]]) -> None:
    """Delete stored bytes, but for those that ``named`` (asked when they are out of reach) says are wanted again.

    Whoever names bytes must look, after that is committed, whether they are still there, and store them again if not:
    either this sees the name, or that sees the gap.
    """
    aside = {}
    for sha256 in sha256s:
        path = _path(sha256)
        with suppress(FileNotFoundError):
            aside[sha256] = path.replace(path.with_name(f"{path.name}.{os.getpid()}.dropped"))
    wanted = named() if aside else set()
    for sha256, dropped in aside.items():
        if sha256 in wanted and not _path(sha256).exists():
            dropped.replace(_path(sha256))
        else:
            dropped.unlink()


@lru_cache(maxsize=1024)
def _sha256(path: str, changed: int, size: int) -> str:
    """The digest of a file as it was last changed; asked again for the same state it is not read again."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored(sha256: str) -> Path:
    """Where the bytes of a hash lie. NotFound when the store has lost them (a backup without its files)."""
    path = _path(sha256)
    if not path.is_file():
        raise NotFound("DOC-001", "文件库里找不到这个文件", remedy="请管理员从备份恢复 files 目录")
    return path


def _path(sha256: str) -> Path:
    return Path(settings.FILES) / sha256[:2] / sha256
