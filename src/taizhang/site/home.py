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
    return put_secret(name, f"{secrets.token_urlsafe(48)}\n{secret(name)}")


def drop_old_secrets(name: str) -> str:
    """Leave only the newest secret in ``keys/name``."""
    return put_secret(name, secret(name).split()[0])


def put_secret(name: str, text: str) -> str:
    """Make ``text`` the secret (several lines while a key is being changed)."""
    return write_private(home() / "keys" / name, text)


def write_private(path: Path, text: str) -> str:
    """Replace a file as a whole, readable by its owner alone: a half-written key would lock every sensitive value."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="ascii")
    partial.replace(path)
    return text
