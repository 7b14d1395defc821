"""From a school's approved return to every figure of the catalogue, at county scale.

``python bench/indicators/returns.py [--schools 300] [--times 5]``: the core pack and the wide register of this bench, three
years of every school. Each time one more school's return is approved by the real action; then the warehouse is brought up
to date and every indicator of the catalogue is evaluated at the bureau, as a cockpit that shows all of them would.
Printed: seconds by clock and of CPU of the three steps, and whether the figure moved. The peer in the same run: the same
evaluation with nothing remembered.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.indicators.model import NUMBERS, YEARS, pack  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=300)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taizhang-bench-") as home:
        os.environ |= {"TAIZHANG_HOME": home, "DJANGO_SETTINGS_MODULE": "taizhang.site.settings"}
        import django

        django.setup()
        build(given.schools)
        measure(given.schools, given.times)


def build(schools: int) -> None:
    """The bureau with three years of returns, but for the last year of the schools that report now."""
    from django.core.management import call_command

    from taizhang import packs
    from taizhang.catalog.actions import apply_pack
    from taizhang.catalog.pack import read_files, read_folder
    from taizhang.kernel.tables import Table, table_from_bytes
    from taizhang.org.actions import load_units
    from taizhang.registers.loading import load_table

    call_command("migrate", verbosity=0)
    apply_pack(pack=read_folder(Path(packs.__file__).parent / "core"), by_name="bench")
    apply_pack(pack=read_files(pack()), by_name="bench")
    lines = ["编码,名称,类型,上级编码,启用日期,停用日期", "B,县教育局,教育局,,2000-01-01,"]
    lines += [f"D{number},学区{number},学区,B,2000-01-01," for number in range(10)]
    lines += [f"S{number:04d},学校{number},小学,D{number % 10},2000-01-01," for number in range(schools)]
    load_units(table=table_from_bytes("\n".join(lines).encode(), "units.csv"), by=None)
    for year in YEARS:
        last = schools // 2 if year == YEARS[-1] else schools
        rows = [(n + 2, (f"S{n:04d}", *values(n, year - YEARS[0]).values())) for n in range(last)]
        loaded = load_table("wide", Table("年报.csv", ("单位编码", *NUMBERS), rows), None, period=f"SY{year}")
        assert not loaded.refused, loaded.refused[:2]


def values(school: int, more: int = 0) -> dict[str, Any]:
    """A school's numbers, a little more each year: a return that swings has to be explained."""
    return {name: (school * 31 + place * 17) % 100 + 100 + more for place, name in enumerate(NUMBERS)}


def measure(schools: int, times: int) -> None:
    from django.utils import timezone

    from taizhang.catalog.current import catalog
    from taizhang.indicators.evaluate import evaluate_many
    from taizhang.indicators.scope import Scope
    from taizhang.kernel.periods import Period
    from taizhang.org.models import Unit
    from taizhang.registers.collections.actions import approve_returns, open_round, submit_return
    from taizhang.warehouse.projection import refresh
    from taizhang.warehouse.queries import forget_answers

    items = list(catalog().indicators.values())
    bureau = Unit.objects.get(code="B")
    scope = Scope(bureau.path, Period.parse(f"SY{YEARS[-1]}"))
    waiting = list(Unit.objects.filter(code__gte=f"S{schools // 2:04d}").order_by("code")[: times + 1])
    due = timezone.localdate() + timedelta(days=9)
    round_ = open_round(
        register="wide", period=scope.period.code, title="年报", units=waiting, due_on=due, by=None
    )  # fmt: skip
    for item in round_.returns.select_related("unit"):
        cells = {("", name): value for name, value in values(int(item.unit.code[1:]), 3).items()}
        submit_return(returned=item, cells=cells, by=None, confirm_all=True)
    before = evaluate_many(items, scope, refresh())
    for item in list(round_.returns.all()):
        steps = (
            ("approve", lambda pk=item.pk: until_entered(approve_returns, round_, pk)),
            ("refresh", refresh),
            ("figures", lambda: evaluate_many(items, scope, refresh())),
        )
        told, found = timed(steps)
        forget_answers()
        alone, _ = timed((("nothing remembered", lambda: evaluate_many(items, scope, refresh())),))
        moved = sum(found[code].figure != one.figure for code, one in before.items())
        before = found
        print(f"{len(items)} indicators, {schools} schools: {told}; {moved} figures moved; peer: {alone}", flush=True)


def until_entered(approve: Callable[..., Any], round_: Any, pk: int) -> None:
    """Every stage approves until the record is in the ledger."""
    for _ in range(5):
        outcome = approve(round_=round_, ids=[pk], by=None)
        assert not outcome.refused, outcome.refused
        if outcome.entered:
            return


def timed(steps: Any) -> tuple[str, Any]:
    told, found = [], None
    for name, work in steps:
        clock, cpu = time.perf_counter(), time.process_time()
        found = work()
        told.append(f"{name} {time.perf_counter() - clock:.3f} s ({time.process_time() - cpu:.3f} s cpu)")
    return ", ".join(told), found


if __name__ == "__main__":
    main()
