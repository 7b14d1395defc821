"""Packs as zip files: out for another bureau or for safe keeping, in from one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from taizhang.catalog.pack import TEXT_SUFFIXES
from taizhang.kernel.errors import Problem

MOST_FILES, MOST_BYTES = 500, 8 * 2**20
UTF8_NAME = 0x800


def pack_zip(files: Mapping[str, str]) -> bytes:
    """The documents as a zip; unpacked, it is the folder that ``taizhang packs apply`` takes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(name, files[name])
    return out.getvalue()


def unpack(data: bytes, name: str) -> dict[str, str]:
    """The documents in a zip, without the folder around them. Raises Problem for what is no pack or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [item for item in packed.infolist() if _wanted(item)]
            if len(entries) > MOST_FILES or sum(item.file_size for item in entries) > MOST_BYTES:
                raise Problem(
                    "REG-320",
                    "压缩包太大",
                    where=name,
                    remedy=f"业务包不超过 {MOST_FILES} 个文件、{MOST_BYTES >> 20} MB",
                )
            found = {_name(item): packed.read(item) for item in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as wrong:
        raise Problem(
            "REG-321", "压缩包打不开，可能已加密或损坏", where=name, remedy="重新压缩为普通的 zip，不设密码"
        ) from wrong
    manifest = min((path for path in found if PurePosixPath(path).name == "pack.yaml"), key=len, default="")
    if not manifest:
        raise Problem(
            "REG-322", "压缩包里没有 pack.yaml", where=name, remedy="压缩业务包的整个文件夹，其中须有 pack.yaml"
        )
    around = manifest.removesuffix("pack.yaml")
    return {path.removeprefix(around): _text(path, raw) for path, raw in found.items() if path.startswith(around)}


def _wanted(item: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(_name(item))
    safe = not path.is_absolute() and ".." not in path.parts and "__MACOSX" not in path.parts
    return safe and not item.is_dir() and path.suffix in TEXT_SUFFIXES and not path.name.startswith(".")


def _name(item: zipfile.ZipInfo) -> str:
    """The entry's name; packers of Chinese Windows write names in GBK without saying so."""
    if item.flag_bits & UTF8_NAME:
        return item.filename
    try:
        raw = item.filename.encode("cp437")
    except UnicodeEncodeError:
        return item.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return item.filename


def _text(path: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Problem("CAT-005", "文件不是 UTF-8 编码", where=path, remedy="用编辑器另存为 UTF-8") from wrong
