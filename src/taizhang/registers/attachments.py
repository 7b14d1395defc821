"""Files of records: checked, stored under their hash, pictures with a small re-encoded copy."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Protocol

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from taizhang.kernel.errors import NotFound, Problem
from taizhang.registers.models import Attachment

MOST_BYTES = 20 * 2**20
MOST_PIXELS = 80_000_000
THUMBNAIL = (480, 480)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Suffix → media type and what the bytes must begin with (empty: text, which has no signature).
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG",)),
    ".gif": ("image/gif", (b"GIF8",)),
    ".webp": ("image/webp", (b"RIFF",)),
    ".pdf": ("application/pdf", (b"%PDF",)),
    ".ofd": ("application/ofd", (_ZIP,)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (_ZIP,)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (_ZIP,)),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (_ZIP,)),
    ".doc": ("application/msword", (_OLE,)),
    ".wps": ("application/vnd.ms-works", (_OLE, _ZIP)),
    ".xls": ("application/vnd.ms-excel", (_OLE,)),
    ".et": ("application/vnd.ms-excel", (_OLE, _ZIP)),
    ".txt": ("text/plain", ()),
    ".csv": ("text/csv", ()),
}


# What a zip must hold to be a document of the suffix.
_PARTS = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/", ".ofd": "OFD.xml"}
_MACROS = ("vbaProject.bin", "vbaData.xml")
# No text begins like a program, an archive or a picture.
_NO_TEXT = (_ZIP, _OLE, b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


class Upload(Protocol):
    """What an upload of a web framework offers."""

    name: str | None

    def read(self) -> bytes: ...


def checked(upload: Upload, field: str, by_id: int | None) -> Attachment:
    """Store an upload's bytes and return an unsaved attachment. Raises Problem on a wrong type or size."""
    name = PurePath(upload.name or "附件").name[-200:]
    data = upload.read()
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        known = " ".join(suffix[1:] for suffix in TYPES)
        raise Problem("REG-140", f"不能上传“{suffix or name}”文件", where=field, remedy=f"可以上传：{known}")
    if not data or len(data) > MOST_BYTES:
        size = "是空文件" if not data else f"有 {len(data) / 2**20:.1f} MB"
        raise Problem("REG-141", f"“{name}”{size}", where=field, remedy="单个文件须在 20 MB 以内，照片可先压缩")
    media_type, signatures = TYPES[suffix]
    if not _is_what_it_says(data, suffix, signatures):
        raise Problem("REG-142", f"“{name}”的内容与后缀不符", where=field, remedy="用原程序打开后另存，再上传")
    if data.startswith(_ZIP) and any(entry.endswith(_MACROS) for entry in _entries(data)):
        raise Problem("REG-148", f"“{name}”带有宏，不能上传", where=field, remedy="另存为不带宏的格式，再上传")
    sha256 = hashlib.sha256(data).hexdigest()
    if media_type.startswith("image/"):
        _keep(thumbnail_path(sha256), _thumbnail(data, name, field))
    _keep(file_path(sha256), data)
    return Attachment(field=field, sha256=sha256, name=name, media_type=media_type, size=len(data), by_id=by_id)


def _is_what_it_says(data: bytes, suffix: str, signatures: tuple[bytes, ...]) -> bool:
    """Whether the bytes are of the suffix's kind: by their first bytes, and inside a zip by the part that makes it one."""
    if not signatures:
        return not data.startswith(_NO_TEXT)
    if not data.startswith(signatures):
        return False
    if suffix == ".webp":
        return data[8:12] == b"WEBP"
    part = _PARTS.get(suffix)
    return part is None or any(entry.startswith(part) for entry in _entries(data))


def _entries(data: bytes) -> list[str]:
    """The names in a zip; none when it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return packed.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return []


def file_path(sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.FILES) / sha256[:2] / sha256


def thumbnail_path(sha256: str) -> Path:
    """Where the small copy of a picture lies."""
    return Path(settings.FILES) / "thumbnails" / sha256[:2] / f"{sha256}.jpg"


def content(attachment: Attachment, *, small: bool = False) -> bytes:
    """The bytes of an attachment or of its small copy. Raises NotFound when the file store has lost them."""
    if small:
        return _read(thumbnail_path(attachment.sha256), attachment.name)
    return stored_bytes(attachment.sha256, attachment.name)


def stored_bytes(sha256: str, name: str) -> bytes:
    """The bytes of a hash. Raises NotFound, by the file's name, when the store has lost them."""
    return _read(file_path(sha256), name)


def keep_bytes(data: bytes) -> str:
    """Put bytes into the store and return their hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    _keep(file_path(sha256), data)
    return sha256


def public_copy(attachment: Attachment) -> bytes:
    """A picture to be given outside: upright, in full size, without place, time and device of the camera. Files other
    than pictures come as they are."""
    data = content(attachment)
    if not attachment.media_type.startswith("image/"):
        return data
    with Image.open(io.BytesIO(data)) as picture:
        form = picture.format or "PNG"
        upright = ImageOps.exif_transpose(picture)
        # Only the pixels go on: a new picture has no metadata of any kind.
        plain = Image.new(upright.mode, upright.size)
        plain.paste(upright)
        if upright.mode == "P" and (palette := upright.getpalette()):
            plain.putpalette(palette)
        out = io.BytesIO()
        plain.save(out, form, **({"quality": 92} if form in ("JPEG", "WEBP") else {}))
        return out.getvalue()


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as wrong:
        raise NotFound("REG-143", f"“{name}”的文件不在了", remedy="请管理员从备份恢复 files 文件夹") from wrong


def joined_names(attachments: Iterable[Attachment]) -> str | None:
    """The canonical value of a file field."""
    return "、".join(item.name for item in attachments) or None


def _thumbnail(data: bytes, name: str, field: str) -> bytes:
    """A small JPEG, upright, without the camera's data (place, device). Raises Problem when it is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Problem("REG-144", f"“{name}”的像素太多", where=field, remedy="缩小后再上传")
            small = ImageOps.exif_transpose(picture).convert("RGB")
            small.thumbnail(THUMBNAIL)
            out = io.BytesIO()
            small.save(out, "JPEG", quality=80)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as wrong:
        raise Problem(
            "REG-145", f"“{name}”不是能打开的图片", where=field, remedy="重新拍摄或另存为 jpg 再上传"
        ) from wrong


def _keep(path: Path, data: bytes) -> None:
    """Write once: equal content has equal hash. A rename makes the file appear whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
