"""The whole installation as one file, and back again: on another machine, or from SQLite to PostgreSQL.

A backup is a zip: ``tables/<app.Model>.jsonl`` (a line of values for each row, in the order of ``columns``), ``files/…``
as they lie in the installation, and ``manifest.json`` with the columns, counts and digests. It holds no key: sensitive
values stay encrypted in it. The keys go into a second file beside it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from taizhang.catalog.current import forget_check
from taizhang.events.actions import record
from taizhang.events.bulk import insert
from taizhang.kernel.errors import Problem
from taizhang.registers.finding.index import reindex
from taizhang.site.home import put_secret, secret, write_private

FORMAT = 1
MANIFEST = "manifest.json"
KEYS = ("django", "fields")
# Made again from the rest, or of no use elsewhere.
LEFT_OUT_FILES = ("imports", "thumbnails", "work")
LEFT_OUT_TABLES = ("events.Work", "events.DailyRun", "registers.SearchForm")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not the same in two installations."""

    table: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.table}：这里 {self.here}，对方 {self.there}"


def kept_models() -> list[type[models.Model]]:
    """The tables that make an installation: all of ours, those of many-to-many fields included."""
    own = [config for config in apps.get_app_configs() if config.name.startswith("taizhang.")]
    found = [model for config in own for model in config.get_models(include_auto_created=True)]
    # Django's groups and permissions are not used here.
    ours = [model for model in found if not any(_is_foreign(field) for field in model._meta.concrete_fields)]
    return [model for model in ours if model._meta.label not in LEFT_OUT_TABLES and model._meta.managed]


def write_backup(target: Path, *, by: Any = None, say: Say = lambda line: None) -> dict[str, Any]:
    """Write the installation to ``target`` and its keys to ``target.keys``; returns the manifest.

    People go on working meanwhile: every table is read as of one moment. Nothing is left behind when it breaks off.
    """
    partial = target.with_name(target.name + ".partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            with _one_moment():
                tables = {model._meta.label: _write_table(archive, model, say) for model in kept_models()}
            count = _write_files(archive)
            manifest = {**_head(), "tables": tables, "files": count}
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        write_private(keys_of(target), json.dumps({name: secret(name) for name in KEYS}))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    record("site.backed_up", by=by, subject="site:1", label=target.name)
    return manifest


def restore_backup(source: Path, *, keys: Path | None = None, say: Say = lambda line: None) -> dict[str, Any]:
    """Bring a backup into this empty installation; all of it or nothing. Returns the backup's manifest.

    Raises Problem when something is here already, when the file is damaged, newer than the program, or when what was
    read back is not what was written.
    """
    manifest = read_manifest(source)
    secrets = _read_keys(keys or keys_of(source))
    _require_empty()
    _require_known_columns(manifest)
    try:
        with zipfile.ZipFile(source) as archive, transaction.atomic():
            files = _files_in(archive, manifest)
            _read_tables(archive, manifest, say)
            _read_files(archive, files)
            record("site.restored", by=None, subject="site:1", label=source.name, made_at=manifest["made_at"])
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as wrong:
        raise _damaged(source, wrong) from wrong
    # Only now: keys over a database that was rolled back would lock what a bureau has.
    for name, text in secrets.items():
        put_secret(name, text)
    forget_check()
    reindex(lambda done: None)
    return manifest


def contents(say: Say = lambda line: None) -> dict[str, dict[str, Any]]:
    """Each table's row count and digest: the same on SQLite and PostgreSQL for the same rows."""
    with _one_moment():
        return {model._meta.label: _summary(model, say) for model in kept_models()}


def differences(here: dict[str, dict[str, Any]], there: dict[str, dict[str, Any]]) -> list[Difference]:
    """The tables whose rows differ."""

    def words(table: dict[str, Any] | None) -> str:
        return f"{table['rows']} 行（{table['sha256'][:8]}）" if table else "没有这张表"

    return [
        Difference(name, words(here.get(name)), words(there.get(name)))
        for name in sorted(here.keys() | there.keys())
        if (here.get(name) or {}).get("sha256") != (there.get(name) or {}).get("sha256")
    ]


def read_manifest(source: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises Problem when it is none, is damaged, or is of a later form."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except FileNotFoundError:
        raise Problem("SIT-021", f"没有文件 {source.name}", remedy="核对备份文件的位置") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise Problem(
            "SIT-022", f"{source.name} 不是完整的备份：{wrong}", remedy="换一份备份；传输时可能损坏"
        ) from None
    if manifest.get("format") != FORMAT:
        raise Problem("SIT-023", f"{source.name} 的格式这个版本不认识", remedy=f"用程序 {manifest.get('program')} 恢复")
    return manifest


def _damaged(source: Path, wrong: Exception) -> Problem:
    return Problem("SIT-022", f"{source.name} 不是完整的备份：{wrong}", remedy="换一份备份；传输时可能损坏")


def keys_of(backup: Path) -> Path:
    """The file of the keys that belongs to a backup."""
    return backup.with_name(backup.name + ".keys")


# Tables


def _is_foreign(field: Any) -> bool:
    return bool(field.is_relation) and not field.related_model.__module__.startswith("taizhang.")


def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    names = [field.attname for field in _columns(model)]
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=2000):
        yield (
            json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode() + b"\n"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return str(value)


def _summary(
    model: type[models.Model], say: Say, write: Callable[[bytes], object] = lambda line: None
) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    for line in _lines(model):
        digest.update(line)
        write(line)
        rows += 1
        if rows % 50_000 == 0:
            say(f"{model._meta.verbose_name or model._meta.label} {rows} 行")
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": [field.attname for field in _columns(model)]}


def _write_table(archive: zipfile.ZipFile, model: type[models.Model], say: Say) -> dict[str, Any]:
    with archive.open(f"tables/{model._meta.label}.jsonl", "w", force_zip64=True) as out:
        return _summary(model, say, out.write)


def _read_tables(archive: zipfile.ZipFile, manifest: dict[str, Any], say: Say) -> None:
    """Every table in place of what a fresh installation has, read back and compared with what the backup says of it."""
    for model in reversed(kept_models()):
        model._base_manager.all()._raw_delete(connection.alias)
    for model in kept_models():
        _read_table(archive, model, manifest["tables"].get(model._meta.label), say)
    _renew_sequences()
    wrong = differences(contents(), manifest["tables"])
    if wrong:
        raise Problem("SIT-026", f"恢复后核对不符：{wrong[0]}", remedy="什么也没有写入。请换一份备份再试")


def _read_table(archive: zipfile.ZipFile, model: type[models.Model], table: dict[str, Any] | None, say: Say) -> None:
    if not table or not table["rows"]:
        return
    by_name = {field.attname: field for field in _columns(model)}
    fields = [by_name[name] for name in table["columns"]]
    added = [field for name, field in by_name.items() if name not in table["columns"]]
    defaults = [field.get_default() for field in added]
    say(f"{model._meta.label} {table['rows']} 行")

    def rows() -> Iterator[list[Any]]:
        with archive.open(f"tables/{model._meta.label}.jsonl") as lines:
            for line in lines:
                values = json.loads(line)
                yield [_value(field, value) for field, value in zip(fields, values, strict=True)] + defaults

    insert(model, [field.attname for field in (*fields, *added)], rows())


def _value(field: Any, value: Any) -> Any:
    target = field.target_field if field.is_relation else field
    return value if isinstance(target, models.JSONField) else target.to_python(value)


def _require_known_columns(manifest: dict[str, Any]) -> None:
    """A backup of an older program may lack columns and tables; one of a newer program has what nobody here can read."""
    known = {model._meta.label: {field.attname for field in _columns(model)} for model in kept_models()}
    for name, table in manifest["tables"].items():
        strange = set(table["columns"]) - known.get(name, set())
        if table["rows"] and strange:
            raise Problem(
                "SIT-024", f"备份来自别的版本（{manifest['program']}），这里的 {name} 没有 {'、'.join(sorted(strange))}",
                remedy="先把程序升级到备份时的版本，恢复之后再升级",
            )  # fmt: skip


def _require_empty() -> None:
    held = [model for model in kept_models() if model._meta.label in ("org.Unit", "registers.Record", "plans.Task")]
    for model in held:
        if model._base_manager.exists():
            raise Problem(
                "SIT-025", "这里已有数据，恢复会覆盖它", where=str(connection.settings_dict["NAME"]),
                remedy="用 TAIZHANG_HOME 指到一个新目录（PostgreSQL 另建空库），再恢复",
            )  # fmt: skip


def _renew_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Everything that is read inside is of one moment; writers go on."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        postgres = connection.vendor == "postgresql"
        # Not ``atomic``: on SQLite that takes the write lock.
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgres else "BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


# Files and keys


def _write_files(archive: zipfile.ZipFile) -> int:
    root, count = Path(settings.FILES), 0
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and name.parts[0] not in LEFT_OUT_FILES and path.suffix != ".partial":
            archive.write(path, f"files/{name.as_posix()}")
            count += 1
    return count


def _files_in(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> list[zipfile.ZipInfo]:
    """The entries that are files, all that the manifest counts and none that leads out of the folder."""
    found = [entry for entry in archive.infolist() if entry.filename.startswith("files/") and not entry.is_dir()]
    for entry in found:
        if ".." in PurePosixPath(entry.filename).parts:
            raise Problem("SIT-022", f"备份里有越界的文件名 {entry.filename}", remedy="这不是台账写出的备份，不要使用")
    if len(found) != manifest["files"]:
        raise ValueError(f"应有 {manifest['files']} 个文件，只有 {len(found)} 个")
    return found


def _read_files(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        path = Path(settings.FILES).joinpath(*PurePosixPath(entry.filename).parts[1:])
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        with archive.open(entry) as source, partial.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
        partial.replace(path)


def _read_keys(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("ascii"))
        return {name: str(found[name]) for name in KEYS}
    except FileNotFoundError:
        raise Problem(
            "SIT-027", f"没有密钥文件 {path.name}，敏感字段将解不开",
            remedy="把备份时一同写出的 .keys 文件放在备份旁边，或用 --keys 指明",
        ) from None  # fmt: skip
    except (OSError, ValueError, KeyError):
        raise Problem("SIT-028", f"{path.name} 不是密钥文件", remedy="用备份时一同写出的 .keys 文件") from None


def _head() -> dict[str, Any]:
    applied = MigrationRecorder(connection).applied_migrations()
    newest = {app: max(name for of, name in applied if of == app) for app in sorted({app for app, _ in applied})}
    return {
        "format": FORMAT,
        "program": version("taizhang"),
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": newest,
    }
