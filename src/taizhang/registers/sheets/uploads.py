"""An upload between its arrival and its confirmation: only its sender finds it again, and not for long."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from taizhang.kernel.errors import NotFound
from taizhang.kernel.sheets import open_workbook
from taizhang.org.models import User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.sheets.reading import Source, choose, understand

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. Sheets of persons are not kept longer than they are needed: a day."""

    token: str
    folder: Path

    @property
    def name(self) -> str:
        return (self.folder / "name").read_text(encoding="utf-8")

    def source(self, plan: Blueprint) -> Source:
        """The workbook as it reads into a register, with the sender's choices. Raises Problem when it does not."""
        book = open_workbook((self.folder / "data").read_bytes(), self.name)
        if only := self.note("sheet"):
            book.sheets = [sheet for sheet in book.sheets if sheet.name == only]
        source = understand(plan, book)
        if chosen := self.note("columns"):
            choose(source, chosen)
            source.remembered = True
        return source

    def note(self, key: str) -> Any:
        """What was put down under a key; None when nothing was."""
        path = self.folder / f"{key}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def put(self, key: str, value: Any) -> None:
        """Put something down; None takes it away."""
        path = self.folder / f"{key}.json"
        if value is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")


def keep(user: User, data: bytes, name: str, sheet: str = "") -> Upload:
    """Keep an upload, or one ``sheet`` of it, until it is confirmed; what was noted of it before is forgotten."""
    _forget_old(_folder(user))
    token = hashlib.sha256(f"{name}\0{sheet}\0".encode() + data).hexdigest()[:32]
    folder = _folder(user) / token
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "name").write_text(name, encoding="utf-8")
    (folder / "data").write_bytes(data)
    made = Upload(token, folder)
    made.put("sheet", sheet or None)
    return made


def kept(user: User, token: str) -> Upload:
    """An own upload. Raises NotFound."""
    folder = _folder(user) / token
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not folder.is_dir():
        raise NotFound("REG-160", "没有这次上传的表格", remedy="请重新上传")
    return Upload(token, folder)


def _forget_old(folder: Path) -> None:
    for old in folder.glob("*"):
        if old.is_dir() and time.time() - old.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _folder(user: User) -> Path:
    return Path(settings.FILES) / "imports" / str(user.pk)
