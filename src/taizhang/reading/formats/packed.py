"""Zip containers: what is in them, and how much it really is when it is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

STEP = 256 * 1024
LOCAL_HEAD = 30
"""Bytes before the name of an entry."""


def inflated(data: bytes, entries: list[zipfile.ZipInfo], limit: int) -> int:
    """Bytes that the entries give when they are unpacked, counted while unpacking; stops soon after ``limit``.

    The sizes that a zip declares are the sender's word; a bomb declares small ones.
    """
    total = 0
    for entry in entries:
        total += _size(data, entry, limit - total)
        if total > limit:
            break
    return total


def _size(data: bytes, entry: zipfile.ZipInfo, limit: int) -> int:
    head = data[entry.header_offset : entry.header_offset + LOCAL_HEAD]
    if len(head) < LOCAL_HEAD:
        raise zipfile.BadZipFile("entry beyond the end of the file")
    name, extra = struct.unpack("<HH", head[26:30])
    start = entry.header_offset + LOCAL_HEAD + name + extra
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return max(entry.file_size, entry.compress_size)
    unpacker, count = zlib.decompressobj(-zlib.MAX_WBITS), 0
    source = io.BytesIO(data)
    source.seek(start)
    rest = b""
    while not unpacker.eof and count <= limit:
        rest = rest or source.read(STEP)
        if not rest:
            break
        count += len(unpacker.decompress(rest, STEP))
        rest = unpacker.unconsumed_tail
    return count
