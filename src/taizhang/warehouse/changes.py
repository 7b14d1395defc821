"""A table's next file from its last one: what did not change is taken over from Parquet, the rest is read anew.

Asking the database for every record again and reading its JSON is nearly all of the cost of a table. The rows come in the
same order and the same batches as when everything is read, so that the file has the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taizhang.catalog.schema import RegisterDef
from taizhang.registers.models import Record, Version

# Of two transactions the one that began first may end last: what happened shortly before is read again.
OVERLAP = timedelta(hours=1)
MOST_CHANGED = 5_000
Fetch = Callable[[Sequence[int]], pa.Table]


def next_batches(
    register: RegisterDef, before: Path, newest: str, schema: pa.Schema, size: int, fetch: Fetch
) -> Iterator[pa.RecordBatch] | None:
    """The table's batches of ``size`` rows, or None where everything must be read: too much has changed, or the file before
    is not what its stamp ``newest`` (``version@time``) says. ``fetch`` reads records by id, in their order."""
    changed = _changed_since(register, newest)
    if changed is None:
        return None
    try:
        file = pq.ParquetFile(before)
        held = file.read(columns=["_record"])["_record"]
    except (OSError, pa.ArrowException):
        return None
    fresh, ids = fetch(changed), pa.array(changed, pa.int64())
    stay = len(held) - (pc.sum(pc.is_in(held, ids)).as_py() or 0)
    total = Record.objects.filter(register_code=register.code).count()
    if not file.schema_arrow.equals(schema) or stay + len(fresh) != total:
        return None
    return _in_batches(_in_order(file, fresh, ids), schema, size)


def _changed_since(register: RegisterDef, newest: str) -> list[int] | None:
    """The records with a version since the newest that the file before was made from."""
    key, _, said = newest.partition("@")
    at = Version.objects.filter(pk=int(key or 0), register_code=register.code).values_list("at", flat=True).first()
    if at is None or at.isoformat() != said:
        return None
    changed: set[int] = set()
    versions = Version.objects.filter(register_code=register.code).order_by("-id").values_list("id", "record_id", "at")
    for pk, record, when in versions.iterator():
        # By the id, whatever the time says: the clock may have been set back since.
        if pk <= int(key) and when < at - OVERLAP:
            return sorted(changed)
        changed.add(record)
        if len(changed) > MOST_CHANGED:
            return None
    return sorted(changed)


def _in_order(file: pq.ParquetFile, fresh: pa.Table, ids: pa.Array) -> Iterator[pa.Table]:
    """The rows that stay and the fresh ones by their id, a piece of the file at a time."""
    for index in range(file.num_row_groups):
        group = file.read_row_group(index)
        if not len(group):
            continue
        here = pc.less_equal(fresh["_record"], pc.max(group["_record"]))
        stay = group.filter(pc.invert(pc.is_in(group["_record"], ids)))
        yield pa.concat_tables([stay, fresh.filter(here)]).sort_by("_record")
        fresh = fresh.filter(pc.invert(here))
    yield fresh


def _in_batches(tables: Iterator[pa.Table], schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    held = schema.empty_table()
    for table in tables:
        held = pa.concat_tables([held, table])
        while len(held) >= size:
            yield _one_batch(held.slice(0, size))
            held = held.slice(size)
    yield _one_batch(held)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    return table.combine_chunks().to_batches()[0] if len(table) else pa.RecordBatch.from_pylist([], schema=table.schema)
