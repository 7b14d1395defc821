"""Registers and units as Parquet files: only what changed is written again, and readers never see half a build.

A table's file carries its stamp in its name and is never changed; ``current.json`` names the files of the build in
force and is replaced in one step. A stamp says what the file was made from: catalogue release, newest version, rows.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Subquery
from django.utils import timezone

from taizhang.catalog.current import Catalog, catalog
from taizhang.catalog.models import PackRelease
from taizhang.catalog.schema import RegisterDef
from taizhang.org.models import Unit
from taizhang.registers.models import Record, Version
from taizhang.warehouse.changes import next_batches
from taizhang.warehouse.columns import RECORD_COLUMNS, field_columns, table_schema

UNITS = "dim_unit"
BATCH = 20_000
# A reader may still hold the build before the one that replaced its own.
BUILDS_KEPT = 3

UNIT_SCHEMA = pa.schema(
    [
        ("unit_id", pa.int64()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("level", pa.string()),
        ("path", pa.string()),
        ("parent_id", pa.int64()),
        ("opened_on", pa.date32()),
        ("closed_on", pa.date32()),
        ("order", pa.int64()),
        *[(f"at_{level}", pa.int64()) for level in ("bureau", "section", "district", "school")],
    ]
)


@dataclass(frozen=True, slots=True)
class Build:
    """The state of the warehouse that a figure was read from. ``tables`` maps a table's name to its file's path.

    ``definitions`` is the catalogue whose formulas and registers hold for it, left out the one in force. ``day`` is what
    ``today()`` means in a formula: left out, the day on which it is asked; of a kept build, the day it was kept for.
    ``kept`` names the snapshot (or the merged warehouse) that it was opened from; ``outside`` is true of a warehouse that is
    not this installation's: its units are its own, and so is who may see it.
    """

    build: str
    as_of: datetime
    tables: dict[str, str]
    definitions: Catalog | None = None
    day: date | None = None
    kept: str = ""
    outside: bool = False

    @property
    def catalog(self) -> Catalog:
        return self.definitions or catalog()

    @property
    def today(self) -> date:
        return self.day or timezone.localdate()


# Catalogue, newest version of all, units.
State = tuple[Catalog, tuple[int, datetime] | None, tuple[tuple[Any, ...], ...]]
# What this process found last, and the build that it was.
_seen: tuple[State, str] | None = None


def table_name(register_code: str) -> str:
    return f"reg_{register_code}"


def refresh() -> Build:
    """Bring the warehouse up to what the database holds, and say which build that is. Cheap when nothing changed."""
    global _seen
    folder = Path(settings.WAREHOUSE)
    current, made_from = _read_current(folder)
    state = _state()
    if current and (state, current.build) == _seen:
        return replace(current, definitions=state[0])
    stamps = _stamps(state)
    build_id = _build_id(stamps)
    _seen = (state, build_id)
    if current and current.build == build_id:
        return replace(current, definitions=state[0])
    tables = {}
    for name, stamp in stamps.items():
        file = folder / f"{name}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}.parquet"
        if not file.exists():
            _write(file, name, (current.tables[name], made_from[name]) if current and name in made_from else None)
        tables[name] = str(file)
    fresh = Build(build_id, timezone.now(), tables, state[0])
    _replace_current(folder, fresh, stamps)
    return fresh


def rebuilt(folder: Path) -> Build:
    """Every table written anew from the database into ``folder``, as if there were no warehouse yet."""
    state = _state()
    stamps = _stamps(state)
    tables = {name: str(folder / f"{name}.parquet") for name in stamps}
    for name, file in tables.items():
        _write(Path(file), name)
    return Build(_build_id(stamps), timezone.now(), tables, state[0])


def rebuild_all() -> Build:
    """Write every table of the build in force anew, each in the place of the old one, so that readers meet one or the
    other."""
    build = refresh()
    for name, file in build.tables.items():
        _write(Path(file), name)
    return build


def _build_id(stamps: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(stamps, sort_keys=True).encode()).hexdigest()[:12]


def _state() -> State:
    """What says, in two short questions, that nothing has changed since this process looked last."""
    newest = Version.objects.order_by("-id").values_list("id", "at").first()
    units = Unit.objects.order_by("id").values_list(
        "id", "code", "name", "kind", "path", "parent_id", "opened_on", "closed_on", "order"
    )
    return catalog(), newest, tuple(units)


def _stamps(state: State) -> dict[str, str]:
    """What each table would be made from now."""
    registers = state[0].registers
    newest = _newest_versions(list(registers))
    stamps = {table_name(code): f"{table_schema(register)}|{newest[code]}" for code, register in registers.items()}
    return {**stamps, UNITS: repr(list(state[2]))}


def _newest_versions(register_codes: list[str]) -> dict[str, str]:
    """The newest version of each register's records. Its time too: after a restore an id may be given out again.

    One statement in which every register has a look at its own end of the index.
    """
    ends = {
        f"newest_{index}": Subquery(Version.objects.filter(register_code=code).order_by("-id").values("id")[:1])
        for index, code in enumerate(register_codes)
    }
    ids = PackRelease.objects.annotate(**ends).values_list(*ends).first() or ()
    times = dict(Version.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("id", "at"))
    return {code: f"{pk}@{times[pk].isoformat()}" if pk else "" for code, pk in zip(register_codes, ids, strict=True)}


def _write(file: Path, name: str, before: tuple[str, str] | None = None) -> None:
    """Write one table beside its final name, then move it there. ``before`` is its last file and the newest version in that:
    with it only the records that changed are read from the database."""
    partial = file.with_suffix(f".{os.getpid()}.partial")
    if name == UNITS:
        pq.write_table(pa.Table.from_pylist(_unit_rows(), schema=UNIT_SCHEMA), partial, compression="zstd")
    else:
        register = catalog().registers[name.removeprefix("reg_")]
        with pq.ParquetWriter(partial, table_schema(register), compression="zstd") as writer:
            for batch in _next_batches(register, before) or _record_batches(register):
                writer.write_batch(batch)
    partial.replace(file)


def _unit_rows() -> list[dict[str, Any]]:
    """Every unit with the nearest unit of each level at or above it."""
    units = {unit.pk: unit for unit in Unit.objects.order_by("id")}
    rows = []
    for unit in units.values():
        above: dict[str, int | None] = {f"at_{level}": None for level in ("bureau", "section", "district", "school")}
        for part in unit.path.strip("/").split("/"):
            above[f"at_{units[int(part)].level}"] = int(part)
        plain = {name: getattr(unit, name) for name in UNIT_SCHEMA.names if hasattr(unit, name)}
        rows.append({**plain, "unit_id": unit.pk, **above})
    return rows


def _next_batches(register: RegisterDef, before: tuple[str, str] | None) -> Iterator[pa.RecordBatch] | None:
    schema = table_schema(register)
    if before is None:
        return None

    def fetch(ids: Sequence[int]) -> pa.Table:
        return pa.Table.from_batches(_record_batches(register, ids), schema)

    return next_batches(register, Path(before[0]), before[1], schema, BATCH, fetch)


def _record_batches(register: RegisterDef, ids: Sequence[int] | None = None) -> Iterator[pa.RecordBatch]:
    """A register's records by their id, all or these."""
    columns = field_columns(register)
    schema = table_schema(register)
    shared = (
        "id", "unit_id", "dated_on", "due_on", "state_category", "number", "period", "state", "data"
    )  # fmt: skip
    found = Record.objects.filter(register_code=register.code).order_by("id").values_list(*shared)
    rows = found if ids is None else found.filter(pk__in=ids)
    held: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=5_000):
        held.append(row)
        if len(held) == BATCH:
            yield _batch(held, columns, schema)
            held = []
    yield _batch(held, columns, schema)


def _batch(rows: list[tuple[Any, ...]], columns: list[Any], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array([row[index] for row in rows], type=kind) for index, kind in enumerate(RECORD_COLUMNS.values())]
    for column in columns:
        values = (row[-1].get(column.name) for row in rows)
        arrays.append(pa.array([None if value is None else column.read(value) for value in values], type=column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _read_current(folder: Path) -> tuple[Build | None, dict[str, str]]:
    """The build in force and the newest version in each register's table: at one go, another process may replace it."""
    try:
        found = json.loads((folder / "current.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None, {}
    tables = {name: str(folder / file) for name, file in found["tables"].items()}
    if not all(Path(file).exists() for file in tables.values()):
        return None, {}
    return Build(found["build"], datetime.fromisoformat(found["as_of"]), tables), found.get("made_from", {})


def _replace_current(folder: Path, build: Build, stamps: dict[str, str]) -> None:
    tables = {name: Path(file).name for name, file in build.tables.items()}
    made_from = {name: stamp.rpartition("|")[2] for name, stamp in stamps.items() if name != UNITS}
    page = {"build": build.build, "as_of": build.as_of.isoformat(), "tables": tables, "made_from": made_from}
    partial = folder / f"current.{os.getpid()}.partial"
    partial.write_text(json.dumps(page, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(folder / "current.json")
    _clean(folder, tables)


def _clean(folder: Path, tables: dict[str, str]) -> None:
    """Delete a table's older files, but for the newest few that a reader may still hold."""
    for name, file in tables.items():
        versions = sorted(folder.glob(f"{name}-*.parquet"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in [path for path in versions if path.name != file][BUILDS_KEPT - 1 :]:
            path.unlink(missing_ok=True)
