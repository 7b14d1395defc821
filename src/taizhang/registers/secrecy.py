"""Sensitive values: encrypted at rest, masked on screen.

The keys come from ``settings.FIELD_KEY``, the newest first (more than one only while the key is being changed); a
backup without the installation's keys cannot read the values. A unique sensitive field is compared by a keyed digest,
never by its plain text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from taizhang.kernel.errors import Problem

PREFIX = "enc:"


def encrypt(plain: str) -> str:
    """The stored form of a value."""
    return PREFIX + _cipher(_newest()).encrypt(plain.encode()).decode("ascii")


def decrypt(stored: str) -> str:
    """The value behind a stored form. Raises Problem when the key is not the one it was stored with."""
    token = stored.removeprefix(PREFIX).encode()
    for key in settings.FIELD_KEY.split():
        try:
            return _cipher(key).decrypt(token).decode()
        except InvalidToken:
            continue
    raise Problem("REG-110", "敏感字段解不开", remedy="本机的 keys/fields 与保存时的密钥不一致，请从备份恢复密钥文件")


def renewed(stored: str) -> str:
    """The stored form under the newest key; the same text when it lies under that key already."""
    try:
        _cipher(_newest()).decrypt(stored.removeprefix(PREFIX).encode())
    except InvalidToken:
        return encrypt(decrypt(stored))
    return stored


def is_encrypted(stored: object) -> bool:
    """Whether a stored value is encrypted."""
    return isinstance(stored, str) and stored.startswith(PREFIX)


def digest(plain: str) -> str:
    """A keyed digest by which equal values are found without reading them."""
    return "mac:" + hmac.new(_derived(_newest(), b"digest"), plain.encode(), hashlib.sha256).hexdigest()


def mask(plain: str) -> str:
    """Enough to recognise a value, not enough to use it: 139****8888, 3301**********1234, 张*."""
    if len(plain) >= 15:
        return plain[:4] + "*" * (len(plain) - 8) + plain[-4:]
    if len(plain) >= 10:
        return plain[:3] + "*" * (len(plain) - 7) + plain[-4:]
    if len(plain) >= 3:
        return plain[0] + "*" * (len(plain) - 2) + plain[-1]
    return plain[:1] + "*"


def _newest() -> str:
    return str(settings.FIELD_KEY).split()[0]


@cache
def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, b"fernet")))


@cache
def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=b"taizhang", info=purpose).derive(secret.encode())
