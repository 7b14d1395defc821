"""Codes by which a case is followed: 80 random bits, written in letters and digits that cannot be mistaken."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

# Without I, L, O and U, which people misread or which spell words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """A fresh code in groups of four: 7K2M-9QXW-…"""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str:
    """A typed code in its one form, however it was spaced and cased; '' when it cannot be one."""
    text = re.sub(r"[\s\-—–_.]", "", unicodedata.normalize("NFKC", typed)).upper().translate(_MISREAD)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def digest_of(text: str) -> str:
    """What is kept of a code. Its 80 bits cannot be tried out, so a plain hash does, and no change of keys voids it."""
    return hashlib.sha256(read_code(text).encode()).hexdigest()
