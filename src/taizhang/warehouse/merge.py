"""Many installations' warehouses under the bureau above them: one tree, one set of tables, the newest definitions.

Unit ids are given anew; a code that two installations share gets its installation's code in front. Of each pack the
newest version among the sources defines; columns and registers that a source has otherwise are left out and told.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from taizhang.catalog.current import Catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.warehouse.exchange import MANIFEST, Manifest, manifest_text, opened_warehouse, tables_of
from taizhang.warehouse.projection import UNIT_SCHEMA, UNITS, table_name

LEVELS = ("bureau", "section", "district", "school")
# Which installation a row came from, where several are in one table; its number there is in ``_record``.
SOURCE = "_source"


@dataclass(slots=True)
class _Source:
    """One installation on its way in. ``ids`` and ``codes`` map its units to the merged ones."""

    code: str
    manifest: Manifest
    files: dict[str, Path]
    ids: dict[int, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def merge_warehouses(paths: list[tuple[str, Path]], out: Path, *, code: str, name: str) -> Manifest:
    """Merge exported or merged warehouses (each with another code for its top unit, or '') into the folder ``out``, under
    a bureau of this code and name. Raises Problem when top units share a code or ``out`` holds something else."""
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).exists():
        raise Problem("WHS-023", f"“{out}”里已有别的文件", remedy="换一个空文件夹")
    with ExitStack() as stack:
        sources = []
        for other, path in paths:
            manifest, files = stack.enter_context(opened_warehouse(path))
            sources.append(_Source(other or manifest.code, manifest, files))
        _tops_differ([code, *(source.code for source in sources)])
        packs, notes = _newest_packs(sources)
        notes = [f"{source.manifest.name}：{note}" for source in sources for note in source.manifest.notes] + notes
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-merge-", dir=_beside(out))))
        files = {UNITS: _write_units(folder, sources, code, name)}
        definitions = Manifest(code, name, "", "", packs, {}).definitions
        for register in definitions.registers.values():
            file = folder / f"{table_name(register.code)}.parquet"
            if _write_table(file, register, sources, definitions, notes):
                files[table_name(register.code)] = file
        tables = tables_of(files)
        build = hashlib.sha256(
            repr(sorted((key, table["sha256"]) for key, table in tables.items())).encode()
        ).hexdigest()
        as_of = min(source.manifest.as_of for source in sources)
        codes = [item for source in sources for item in source.manifest.sources]
        merged = Manifest(code, name, build[:12], as_of, packs, tables, codes, notes)
        (folder / MANIFEST).write_text(manifest_text(merged), encoding="utf-8")
        _put(folder, out)
    return merged


def _beside(out: Path) -> Path:
    out.parent.mkdir(parents=True, exist_ok=True)
    return out.parent


def _put(folder: Path, out: Path) -> None:
    """Everything at once: who reads the merged warehouse meets the old one or the new one. The old files go."""
    old, new = (out.with_name(f".{out.name}.{word}") for word in ("old", "new"))
    if old.exists() and not out.exists():  # the last time broke off between the two renames
        old.rename(out)
    for left in (old, new):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, new)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _tops_differ(codes: list[str]) -> None:
    shared = [code for code, count in Counter(codes).items() if count > 1]
    if shared:
        raise Problem(
            "WHS-024",
            f"几家的编码都是“{shared[0]}”，分不开",
            remedy="在文件前写上各自的编码，例如 330102=甲县.zip 330103=乙县.zip",
        )


def _newest_packs(sources: list[_Source]) -> tuple[list[dict[str, object]], list[str]]:
    """Of each pack the newest version, and what is said of those who had another."""
    chosen: dict[str, dict[str, object]] = {}
    for source in sources:
        for pack in source.manifest.packs:
            name = str(pack["name"])
            if name not in chosen or _version(pack) > _version(chosen[name]):
                chosen[name] = pack
    notes = [
        f"{source.manifest.name}：业务包 {pack['name']} 是 {pack['version']} 版，合并按 {chosen[str(pack['name'])]['version']} 版"
        + ("（版本号相同而内容不同）" if pack["version"] == chosen[str(pack["name"])]["version"] else "")
        for source in sources
        for pack in source.manifest.packs
        if pack["sha256"] != chosen[str(pack["name"])]["sha256"]
    ]
    return list(chosen.values()), notes


def _version(pack: dict[str, object]) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(pack["version"])))


def _write_units(folder: Path, sources: list[_Source], code: str, name: str) -> Path:
    """The tree: the new bureau, below it the tops of the sources. Fills in the sources' maps."""
    read = [pq.read_table(source.files[UNITS]).to_pylist() for source in sources]
    seen = Counter(row["code"] for rows in read for row in rows if row["parent_id"] is not None)
    seen.update([code, *(source.code for source in sources)])
    opened = min((row["opened_on"] for rows in read for row in rows), default=date(2000, 1, 1))
    top = {
        "unit_id": 1,
        "code": code,
        "name": name,
        "kind": "教育局",
        "level": "bureau",
        "path": "/1/",
        "parent_id": None,
    }
    merged = [{**top, "opened_on": opened, "closed_on": None, "order": 0, **dict.fromkeys(_AT), "at_bureau": 1}]
    for source, rows in zip(sources, read, strict=True):
        source.ids = {row["unit_id"]: place for place, row in enumerate(rows, start=len(merged) + 1)}
        for row in rows:
            own = source.code if row["parent_id"] is None else row["code"]
            if row["parent_id"] is not None and seen[own] > 1:
                own = f"{source.code}-{own}"
            source.codes[row["code"]] = own
            merged.append(_moved(row, source, own))
    file = folder / f"{UNITS}.parquet"
    pq.write_table(pa.Table.from_pylist(merged, schema=UNIT_SCHEMA), file, compression="zstd")
    return file


_AT = tuple(f"at_{level}" for level in LEVELS)


def _moved(row: dict[str, object], source: _Source, code: str) -> dict[str, object]:
    """A unit in its place in the merged tree."""
    steps = [source.ids[int(step)] for step in str(row["path"]).strip("/").split("/")]
    at = {name: source.ids.get(row[name]) for name in _AT}  # type: ignore[call-overload]
    parent = source.ids.get(row["parent_id"], 1)  # type: ignore[call-overload]
    return {
        **row,
        **at,
        "unit_id": steps[-1],
        "code": code,
        "path": f"/1/{'/'.join(map(str, steps))}/",
        "parent_id": parent,
    }


def _write_table(
    file: Path, register: RegisterDef, sources: list[_Source], definitions: Catalog, notes: list[str]
) -> bool:
    """One register's table from all sources that have it; False when none has."""
    name = table_name(register.code)
    having = [source for source in sources if name in source.files]
    if not having:
        return False
    for source in sources:
        if source not in having:
            notes.append(f"{source.manifest.name}：没有“{register.name}”的数据")
    wanted = pq.read_schema(_defining(having, register, definitions).files[name]).remove_metadata()
    with duckdb.connect() as connection:
        parts = []
        for place, source in enumerate(having):
            notes += _differences(source, register, wanted)
            ids = {"old": list(source.ids), "new": list(source.ids.values())}
            codes = {"old": list(source.codes), "new": list(source.codes.values())}
            connection.register(f"ids{place}", pa.table(ids))
            connection.register(f"codes{place}", pa.table(codes))
            parts.append(_part(place, source, register, wanted))
        target = _literal(str(file))
        rows = (
            f"SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY _unit, _record"  # the same bytes each time
        )
        connection.execute(f"COPY ({rows}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
    return True


def _defining(having: list[_Source], register: RegisterDef, definitions: Catalog) -> _Source:
    """The source whose own definition of the register is the chosen one: its file has the right columns."""
    for source in having:
        if source.manifest.definitions.registers.get(register.code) == definitions.registers[register.code]:
            return source
    return having[-1]


def _differences(source: _Source, register: RegisterDef, wanted: pa.Schema) -> list[str]:
    here = pq.read_schema(source.files[table_name(register.code)])
    who = f"{source.manifest.name}“{register.name}”"
    extra = [name for name in here.names if name not in wanted.names and name != SOURCE]
    absent = [name for name in wanted.names if name not in here.names and name != SOURCE]
    other = [name for name in here.names if name in wanted.names and here.field(name).type != wanted.field(name).type]
    said = []
    if extra:
        said.append(f"{who}：{'、'.join(extra)}不在合并所用的定义里，没有收入")
    if absent:
        said.append(f"{who}：没有{'、'.join(absent)}，合并后为空")
    if other:
        said.append(f"{who}：{'、'.join(other)}的类型不同，没有收入，合并后为空")
    return said


def _part(place: int, source: _Source, register: RegisterDef, wanted: pa.Schema) -> str:
    """The select of one source's rows, with its units' new ids and codes."""
    here = pq.read_schema(source.files[table_name(register.code)])
    unit_fields = {item.name for item in register.fields if item.type == "unit" and not item.many}
    columns, joins = [], [f"JOIN ids{place} AS i ON i.old = r._unit"]
    for number, name in enumerate(wanted.names):
        quoted = _quoted(name)
        if name == "_unit":
            columns.append('i."new" AS _unit')
        elif name == SOURCE:
            continue
        elif name not in here.names or here.field(name).type != wanted.field(name).type:
            columns.append(f"CAST(NULL AS {_type_word(wanted.field(name).type)}) AS {quoted}")
        elif name in unit_fields:
            joins.append(f"LEFT JOIN codes{place} AS c{number} ON c{number}.old = r.{quoted}")
            columns.append(f'COALESCE(c{number}."new", r.{quoted}) AS {quoted}')
        else:
            columns.append(f"r.{quoted}")
    columns.append(f"r.{SOURCE}" if SOURCE in here.names else f"{_literal(source.code)} AS {SOURCE}")
    file = _literal(str(source.files[table_name(register.code)]))
    return f"SELECT {', '.join(columns)} FROM read_parquet({file}) AS r {' '.join(joins)}"


def _type_word(kind: pa.DataType) -> str:
    """DuckDB's word for a column type of the warehouse."""
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    words = {"int64": "BIGINT", "string": "VARCHAR", "date32[day]": "DATE", "bool": "BOOLEAN"}
    return words.get(str(kind), "TIMESTAMP")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
