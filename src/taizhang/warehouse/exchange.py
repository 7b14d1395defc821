"""A warehouse that leaves its installation: one .zip, or a folder, with tables, definitions and a manifest.

The manifest says whose it is, when it was read, which packs define it (with their documents, so that formulas can be
compiled where it arrives), and what stayed at home. Nobody's rights go along: who holds the files sees what is in them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from django.utils import timezone

from taizhang.catalog.current import Catalog
from taizhang.catalog.pack import read_files
from taizhang.events.actions import record
from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.org.policy import require
from taizhang.org.queries import root_unit
from taizhang.warehouse.projection import UNITS, Build, refresh, table_name

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a warehouse on its way says of itself. ``packs``: name, version, sha256 and files of each; ``tables``: rows and
    sha256 of each; ``sources``: the codes of the installations in a merged one; ``notes``: what was left out and why."""

    code: str
    name: str
    build: str
    as_of: str
    packs: list[dict[str, object]]
    tables: dict[str, dict[str, object]]
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def definitions(self) -> Catalog:
        """The catalogue of its packs, the core first."""
        packs = sorted(self.packs, key=lambda pack: (pack["name"] != "core", str(pack["name"])))
        return Catalog(tuple(read_files(dict(pack["files"])) for pack in packs))  # type: ignore[call-overload]


def export_warehouse(out: Path, *, by: User) -> Manifest:
    """Write the present build to a .zip for the bureau above. Registers whose lists may not go out stay at home."""
    require(by, "write_report", "导出数据仓")
    build, root = refresh(), root_unit()
    kept = {
        table_name(code): item for code, item in build.catalog.registers.items() if item.privacy.export == "refused"
    }
    files = {name: Path(file) for name, file in build.tables.items() if name not in kept}
    manifest = Manifest(
        root.code, root.name, build.build, build.as_of.isoformat(), _packs(build.catalog), tables_of(files), [root.code],
        [f"“{item.name}”的名单不外带，没有导出" for item in kept.values()],
    )  # fmt: skip
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(MANIFEST, manifest_text(manifest))
        for name, file in files.items():
            archive.write(file, f"{name}.parquet")
    record("warehouse.exported", by=by, subject=f"build:{build.build}", label=out.name, tables=len(files))
    return manifest


def _packs(catalog: Catalog) -> list[dict[str, object]]:
    return [
        {"name": pack.manifest.name, "version": pack.manifest.version, "sha256": pack.sha256, "files": pack.files}
        for pack in catalog.packs
    ]


def tables_of(files: dict[str, Path]) -> dict[str, dict[str, object]]:
    """Rows and hash of each table."""
    return {
        name: {"rows": pq.ParquetFile(file).metadata.num_rows, "sha256": _sha256(file)} for name, file in files.items()
    }


def manifest_text(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"


@contextmanager
def opened_warehouse(path: Path) -> Iterator[tuple[Manifest, dict[str, Path]]]:
    """The manifest and the files of an exported .zip or a merged folder. Raises Problem when it is none, or is broken."""
    if path.is_dir():
        manifest = _manifest(path, (path / MANIFEST).read_text(encoding="utf-8") if (path / MANIFEST).exists() else "")
        yield manifest, _checked(path, path, manifest)
        return
    with tempfile.TemporaryDirectory(prefix="taizhang-warehouse-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                manifest = _manifest(path, archive.read(MANIFEST).decode())
                for name in manifest.tables:  # only what the manifest names, under names of our own
                    with (
                        archive.open(f"{name}.parquet") as source,
                        (Path(folder) / f"{name}.parquet").open("wb") as target,
                    ):
                        while block := source.read(1 << 20):
                            target.write(block)
        except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as wrong:
            raise _unreadable(path) from wrong
        yield manifest, _checked(path, Path(folder), manifest)


def warehouse_at(folder: Path) -> Build:
    """A merged (or unpacked) warehouse as a build, with its own definitions and units."""
    with opened_warehouse(folder) as (manifest, files):
        if not folder.is_dir():
            raise Problem("WHS-021", f"“{folder}”不是文件夹", remedy="先用 taizhang warehouse merge 合成一个文件夹")
        tables = {name: str(file.resolve()) for name, file in files.items()}
        as_of = datetime.fromisoformat(manifest.as_of)
        return Build(
            manifest.build, as_of, tables, manifest.definitions, timezone.localdate(as_of), manifest.name, True
        )


def _manifest(path: Path, text: str) -> Manifest:
    try:
        manifest = Manifest(**json.loads(text))
        sound = manifest.format == FORMAT and UNITS in manifest.tables
        sound = sound and all(name.replace("_", "").isalnum() for name in manifest.tables)
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise _unreadable(path)
    return manifest


def _checked(path: Path, folder: Path, manifest: Manifest) -> dict[str, Path]:
    files = {name: folder / f"{name}.parquet" for name in manifest.tables}
    for name, file in files.items():
        if not file.is_file() or _sha256(file) != manifest.tables[name]["sha256"]:
            raise Problem("WHS-022", "文件不全，或传送中坏了", where=f"{path} {name}", remedy="请对方重新导出再传一次")
    return files


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _unreadable(path: Path) -> Problem:
    return Problem(
        "WHS-020",
        "这不是导出的数据仓",
        where=str(path),
        remedy="用 taizhang warehouse export 文件.zip 导出，再交上来合并",
    )
