"""Lists, imports and exports of registers, each beside a smaller list or a plain way of doing it.

``python bench/registers/run.py`` takes a minute; ``--list 1000,100000,1000000 --rows 50000 --export 132229x510`` are the
sizes of the budgets. Works on a new temporary installation; with DATABASE_URL on that database, which must be empty.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.registers import home

FILTERED = {"类别": "图书"}
LISTS = {
    "newest first": ({}, ""),
    "a choice, sorted by a number": (FILTERED, "-数量"),
    "sorted by a text": ({}, "资产名称"),
    "sorted by a day": ({}, "-购置日期"),
    "page 20 of a choice": (FILTERED, ""),
}
BAD_EVERY = 33
MADE = 20_000  # records that are made one by one; the others are copies with ids of their own
UNCOPIED = ("id", "record_id", "text")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", default="1000,20000", help="records in the list, smallest first")
    parser.add_argument("--rows", type=int, default=2000, help="rows of the import")
    parser.add_argument(
        "--plain", type=int, default=0, help="rows of the plain import (default: as many, at most 5000)"
    )
    parser.add_argument("--export", default="2000x100", help="rows x fields of the export")
    parser.add_argument("--only", choices=["list", "search", "import", "export"])
    parser.add_argument("--home", type=Path, help="an installation that stays: what is filled once is measured again")
    options = parser.parse_args()
    rows, fields = (int(part) for part in options.export.split("x"))
    folder = home.make_home(fields if options.only == "export" else home.FIELDS, options.home)
    try:
        if options.only in (None, "import"):
            imports(folder, options.rows, options.plain or min(options.rows, 5000))
        if options.only in (None, "list"):
            lists([int(size) for size in options.list.split(",")])
        if options.only in (None, "search"):
            searches([int(size) for size in options.list.split(",")])
        if options.only in (None, "export"):
            exports(folder, rows)
    finally:
        if not options.home:
            shutil.rmtree(folder, ignore_errors=True)


def lists(sizes: list[int]) -> None:
    """p50 and p95 of the page through the view, and its CPU (the database's included), by size; the ratios are
    to the smallest size."""
    from django.db import connection
    from django.test import Client

    from taizhang.registers.models import Record

    client = Client()
    client.force_login(home.head(), backend="django.contrib.auth.backends.ModelBackend")
    client.get(f"/registers/{home.CODE}/")  # definitions and templates are read once a process
    first: dict[str, tuple[float, float]] = {}
    for size in sizes:
        took = timed(lambda size=size: fill(max(0, size - Record.objects.count())))
        print(f"list {size:>9,} filled in {took:.0f} s, on {connection.vendor}", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for name, (filters, sort) in LISTS.items():
            query = {**filters, "sort": sort, "page": "20" if name.startswith("page") else "1"}
            address = f"/registers/{home.CODE}/?{urlencode(query)}"
            timed(lambda address=address: client.get(address))  # the first reads what the file's cache lacks
            cpu = processor()
            times = sorted(timed(lambda address=address: client.get(address)) for _ in range(20))
            cpu = (processor() - cpu) / 20
            p50, p95 = times[10], times[18]
            first.setdefault(name, (p95, cpu))
            print(
                f"list {size:>9,} {name:<30} p50 {p50 * 1000:7.1f} ms  p95 {p95 * 1000:7.1f} ms  x{p95 / first[name][0]:.2f}"
                f"  CPU {cpu * 1000:7.1f} ms  x{cpu / first[name][1]:.2f}",
                flush=True,
            )


def processor() -> float:
    """Seconds of CPU of this process and of PostgreSQL's for it, when that runs on this machine (Linux)."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return own + (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


SEARCHES = {"a name": "图书第37批", "two characters": "仪器", "one character": "图", "two words": "小学 第5批"}


def searches(sizes: list[int]) -> None:
    """The search page beside a LIKE over number and title, which finds less; by size."""
    from django.db.models import Q
    from django.test import Client

    from taizhang.org.queries import installation_user
    from taizhang.registers.finding.index import reindex
    from taizhang.registers.models import Record

    client = Client()
    client.force_login(installation_user(), backend="django.contrib.auth.backends.ModelBackend")
    for size in sizes:
        fill(size - Record.objects.count())
        took = timed(reindex)
        print(f"search {size:>9,} reindex {took:.1f} s, {took / size * 1e6:.0f} us a record", flush=True)
        for name, query in SEARCHES.items():
            times = sorted(timed(lambda query=query: client.get("/search/", {"q": query})) for _ in range(10))
            word = query.split()[-1]
            plain = Record.objects.filter(Q(number__icontains=word) | Q(title__icontains=word)).order_by("-id")
            like = timed(lambda plain=plain: plain.count())
            print(
                f"search {size:>9,} {name:<16} p50 {times[5] * 1000:7.1f} ms  p95 {times[9] * 1000:7.1f} ms"
                f"  like and count {like * 1000:7.1f} ms",
                flush=True,
            )


def fill(count: int, more: Callable[[int], dict[str, Any]] = lambda pk: {}) -> None:
    """Records with their facets, as an import leaves them, without versions and events; ``more`` is further data."""
    from django.utils import timezone

    from taizhang.org.models import Unit
    from taizhang.registers.blueprint import blueprint
    from taizhang.registers.models import Facet

    plan, units, now = blueprint(home.CODE), list(Unit.objects.filter(level="school")), timezone.now()
    # Sorting an index once is far cheaper than finding a million places in it.
    with unindexed(Facet) if count > 50_000 else nullcontext():
        insert(min(count, MADE), plan, units, now, more)
        if count > MADE:
            multiply(MADE, count - MADE)


@contextmanager
def unindexed(model: Any) -> Iterator[None]:
    """Without the indexes that its definition names; they are made again behind."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def multiply(made: int, count: int) -> None:
    """The newest ``made`` records again and again until ``count`` more are there, by the database itself."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.models import Max

    from taizhang.registers.models import Facet, Record

    own, facet = Record._meta.db_table, Facet._meta.db_table
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in Record._meta.concrete_fields if not field.primary_key)
    kept = ", ".join(quote(field.column) for field in Facet._meta.concrete_fields if field.column not in UNCOPIED)
    top, done = Record.objects.aggregate(top=Max("id"))["top"], 0
    while done < count:
        part = min(made, count - done)
        done += part
        shift, place = made * -(-done // made), f"WHERE {{0}} > {top - made} AND {{0}} <= {top - made + part}"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {own} (id, {columns}) SELECT id + {shift}, {columns} FROM {own} {place.format('id')}"
            )
            # What must be unique is told apart by the round.
            cursor.execute(
                f"INSERT INTO {facet} (record_id, text, {kept}) SELECT record_id + {shift}, "
                f"CASE WHEN is_unique THEN text || '-{shift}' ELSE text END, {kept} FROM {facet} {place.format('record_id')}"
            )
            for statement in connection.ops.sequence_reset_sql(no_style(), [Record]):
                cursor.execute(statement)


def insert(count: int, plan: Any, units: list[Any], now: datetime, more: Callable[[int], dict[str, Any]]) -> None:
    """The rows of ``fill``, ten thousand at a time."""
    from django.db import transaction

    from taizhang.events import bulk
    from taizhang.registers.models import Facet, Record
    from taizhang.registers.writing import FACET, facets_of

    columns = [field.attname for field in Record._meta.concrete_fields]
    state = plan.register.lifecycle.initial
    for start in range(0, count, 10_000):
        with transaction.atomic():
            records = []
            for pk in bulk.reserve_ids(Record, min(10_000, count - start)):
                bought = date(2015, 1, 1) + timedelta(days=pk * 7919 % 3600)
                data = {
                    "资产编码": f"ZC{pk:08d}", "资产名称": f"{home.KINDS[pk % 8]}第{pk * 31 % 977}批", "类别": home.KINDS[pk % 8],
                    "购置日期": bought.isoformat(), "数量": (pk * 2654435761 >> 9) % 60, "单价": f"{pk % 5000}.00",
                    **more(pk),
                }  # fmt: skip
                records.append(
                    Record(
                        pk=pk, register_code=home.CODE, release=plan.release, unit=units[pk % len(units)], state=state,
                        state_category=plan.register.lifecycle.states[state], title=data["资产名称"], dated_on=bought,
                        data=data, created_at=now, updated_at=now,
                    )
                )  # fmt: skip
            bulk.insert(Record, columns, ([getattr(item, name) for name in columns] for item in records))
            bulk.insert(Facet, FACET, (row for item in records for row in facets_of(plan, item)))


def imports(folder: Path, count: int, plain: int) -> None:
    """Our import with checks beside openpyxl and one save after the other, and whether exactly the spoilt rows come back
    with their cells marked."""
    from openpyxl import load_workbook

    from taizhang.registers.loading import load_table
    from taizhang.registers.sheets.reading import clear_source
    from taizhang.registers.sheets.refused import write_refused_source

    path, back = folder / "in.xlsx", folder / "back.xlsx"
    write(path, count, 0)
    started, cpu = time.perf_counter(), processor()
    source = clear_source(home.CODE, path.read_bytes(), path.name)
    result = load_table(home.CODE, source.table(), None)
    took, cpu = time.perf_counter() - started, processor() - cpu
    print(
        f"import {count:,} x {home.FIELDS} with checks: {took:.1f} s, CPU {cpu:.1f} s, {cpu / count * 1e6:.0f} us a row, "
        f"peak {peak()} MB",
        flush=True,
    )
    spoilt = set(range(2, count + 2, BAD_EVERY))
    write_refused_source(source, result.refused, back)
    rows = list(load_workbook(back).active.iter_rows(min_row=2))
    marked = sum(any(cell.fill.fgColor.rgb == "FFF8C9C4" for cell in row) for row in rows)
    exact = {item["row"] for item in result.refused} == spoilt and result.created == count - len(spoilt)
    print(
        f"import {len(spoilt):,} spoilt rows: {'exactly these' if exact else 'NOT these'} refused, {len(rows):,} came back, "
        f"{marked:,} of them marked",
        flush=True,
    )
    write(path, plain, count)
    started, slow = time.perf_counter(), processor()
    row_by_row(path)
    wall, slow = time.perf_counter() - started, processor() - slow
    print(
        f"import {plain:,} openpyxl + ORM row by row: {wall:.1f} s, CPU {slow:.1f} s, {slow / plain * 1e6:.0f} us a row: "
        f"x{slow / plain / (cpu / count):.1f} by CPU, x{wall / plain / (took / count):.1f} on the clock",
        flush=True,
    )


def write(path: Path, count: int, start: int) -> None:
    """A workbook of rows, three in a hundred of them wrong."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, home.header())
        for index in range(count):
            cells = home.row(start + index)
            page.write_row(index + 1, 0, home.spoil(cells, index) if index % BAD_EVERY == 0 else cells)


def row_by_row(path: Path) -> int:
    """The plain way: openpyxl, then one record after the other with its version, facets and event, as a script would."""
    from django.db import transaction
    from openpyxl import load_workbook

    from taizhang.events.actions import record as record_event
    from taizhang.kernel.errors import Problem
    from taizhang.org.models import Unit
    from taizhang.registers.blueprint import blueprint
    from taizhang.registers.models import Facet, Record, Version

    plan, saved = blueprint(home.CODE), 0
    rows = load_workbook(path).active.iter_rows(values_only=True)
    names = next(rows)[1:]
    for unit_code, *cells in rows:
        try:
            data = {
                name: plan.fields[name].parse(cell) for name, cell in zip(names, cells, strict=True) if cell is not None
            }
        except Problem:
            continue
        unit = Unit.objects.get(code=unit_code)
        record = Record(
            register_code=home.CODE, unit=unit, state=plan.register.lifecycle.initial, state_category="open",
            dated_on=data["购置日期"], title=data["资产名称"], data=data,
        )  # fmt: skip
        if plan.rules.broken({**plan.values(record, data)}, date(2026, 1, 1)):
            continue
        if Facet.objects.filter(register_code=home.CODE, field="资产编码", text=data["资产编码"]).exists():
            continue
        with transaction.atomic():
            record.save()
            Version.objects.create(
                record=record,
                register_code=home.CODE,
                revision=1,
                data=data,
                state=record.state,
                action="导入",
                by_name="x",
            )
            for name, (text, typed) in plan.facet_rows(data).items():
                slot = plan.fields[name].facet_slot
                value = {} if slot == "text" else {slot: typed}
                Facet.objects.create(record=record, register_code=home.CODE, field=name, text=text, **value)
            record_event("registers.record.created", by=None, subject=f"record:{record.pk}")
        saved += 1
    return saved


def exports(folder: Path, count: int) -> None:
    """A list as xlsx: seconds on the clock and of CPU, and how much the peak memory grew while it was written; beside it
    xlsxwriter in constant memory with the same values, for a twentieth of the rows."""
    from taizhang.registers.blueprint import blueprint
    from taizhang.registers.queries import filtered_records, records_in_chunks
    from taizhang.registers.sheets.export import write_export

    plan = blueprint(home.CODE)
    took = timed(lambda: fill(count, varied(plan)))
    print(f"export: {count:,} records made in {took:.0f} s", flush=True)
    found, columns = filtered_records(None, home.CODE)[:count], len(plan.fields) + 4
    before, started = peak(), time.process_time()
    took = timed(lambda: write_export(home.CODE, records_in_chunks(found), folder / "out.xlsx", None))
    cpu, size = time.process_time() - started, (folder / "out.xlsx").stat().st_size / 2**20
    print(
        f"export {count:,} x {columns}: {took:.1f} s, CPU {cpu:.1f} s, {count * columns / cpu / 1000:.0f} k cells/s of CPU, "
        f"{size:.0f} MB, memory {before} -> {peak()} MB",
        flush=True,
    )
    started, some = time.process_time(), max(200, count // 20)
    plainly(folder / "plain.xlsx", records_in_chunks(found[:some]))
    slow = time.process_time() - started
    print(
        f"export {some:,} x {columns} by xlsxwriter: CPU {slow:.1f} s: x{slow / some / (cpu / count):.1f}", flush=True
    )


def varied(plan: Any) -> Callable[[int], dict[str, Any]]:
    """Data of a record's further fields: days, choices and short texts that repeat, figures that hardly do."""
    kinds = [(field.name, field.type) for field in plan.writable()][6:]
    days = [(date(2015, 1, 1) + timedelta(days=day)).isoformat() for day in range(3600)]

    def of(pk: int) -> dict[str, Any]:
        chance = random.Random(pk)
        spread, made = chance.random, dict[str, Any]()
        for name, kind in kinds:
            luck = spread()
            made[name] = (
                int(luck * 100_000) if kind == "integer"
                else days[int(luck * 3600)] if kind == "date"
                else "优良差"[int(luck * 3)] if kind == "choice"
                else luck < 0.5 if kind == "yes_no"
                else f"{luck:.3f}" if kind == "percent"
                else f"说明{int(luck * 10_000)}" if kind == "text"
                else f"{luck * 10_000:.2f}"
            )  # fmt: skip
        return made

    return of


def plainly(path: Path, records: Iterable[Any]) -> None:
    """The same list by the library: a write by each cell's kind."""
    import xlsxwriter

    from taizhang.registers.blueprint import blueprint

    plan = blueprint(home.CODE)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet()
        for row, record in enumerate(records, start=1):
            page.write_string(row, 0, record.unit.code)
            for column, (name, stored) in enumerate(record.data.items(), start=1):
                page.write(row, column, plan.fields[name].cell(stored))


def peak() -> int:
    """The most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(function: Callable[[], Any]) -> float:
    """Seconds on the clock."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
