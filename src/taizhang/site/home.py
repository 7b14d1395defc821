"""The installation's folder, ``TAIZHANG_HOME``: database, files, warehouse, keys."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDERS = ("files", "warehouse", "keys")


def home() -> Path:
    """The folder of this installation (default ``./var``), made when it is missing."""
    path = Path(os.environ.get("TAIZHANG_HOME") or "var").resolve()
    for name in FOLDERS:
        (path / name).mkdir(parents=True, exist_ok=True)
    return path


def secret(name: str) -> str:
    """A secret kept in ``keys/``, made at first use; only its owner can read the file."""
    path = home() / "keys" / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
