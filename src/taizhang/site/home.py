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


def add_secret(name: str) -> str:
    """Put a new secret before those in ``keys/name``; the old ones stay below it until :func:`drop_old_secrets`."""
    return _write_secret(name, f"{secrets.token_urlsafe(48)}\n{secret(name)}")


def drop_old_secrets(name: str) -> str:
    """Leave only the newest secret in ``keys/name``."""
    return _write_secret(name, secret(name).split()[0])


def _write_secret(name: str, text: str) -> str:
    """Replace the file as a whole: a half-written key file would lock every sensitive value."""
    path = home() / "keys" / name
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="ascii")
    partial.replace(path)
    return text
