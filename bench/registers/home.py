"""An installation of its own in a temporary folder, with one wide register and 200 schools, for the timings."""

from __future__ import annotations

import os
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

KINDS = ("图书", "仪器", "计算机", "体育器材", "音乐器材", "美术器材", "课桌椅", "厨房设备")
FIELDS = 40
CODE = "bench_asset"


def pack_text(fields: int = FIELDS) -> str:
    """A roster of ``fields`` fields: six that a list filters on, one unique, three checks, one computed."""
    own = [
        "{name: 资产编码, type: text, required: true, unique: true}",
        "{name: 资产名称, type: text, required: true, query: true}",
        f"{{name: 类别, type: choice, options: [{', '.join(KINDS)}], required: true, query: true}}",
        "{name: 购置日期, type: date, required: true, query: true}",
        "{name: 报废日期, type: date}",
        "{name: 数量, type: integer, min: 0, required: true, query: true}",
        "{name: 单价, type: money, min: 0, required: true, query: true}",
        "{name: 总价, type: money, formula: 数量 * 单价}",
        "{name: 完好率, type: percent, min: 0, max: 100}",
        "{name: 在用, type: yes_no}",
    ]
    kinds = ("integer, min: 0", "decimal, decimals: 2", "text", "date", "choice, options: [优, 良, 差]")
    more = [f"{{name: 项目{number:03d}, type: {kinds[number % len(kinds)]}}}" for number in range(fields - len(own))]
    return f"""
register: {CODE}
name: 测试资产台账
line: 测试
kind: roster
owner: 计划财务科
title: 资产名称
dated_by: 购置日期
fields:
{chr(10).join(f"  - {item}" for item in own + more)}
checks:
  - {{name: 先购后废, formula: "报废日期 >= 购置日期", message: 报废日期不能早于购置日期}}
  - {{name: 总价上限, formula: "数量 * 单价 <= 100000000", message: 总价过大}}
  - {{name: 坏了不在用, formula: "完好率 > 0 or 在用 = false", message: 完好率为零的不应在用}}
access:
  学校: {{see: own, create: own, edit: own}}
  科室: {{see: all, create: all, edit: all}}
"""


def make_home(fields: int = FIELDS, kept: Path | None = None) -> Path:
    """Set up Django on a new temporary installation (or the database of DATABASE_URL) with the pack and the units; or on
    ``kept``, which is made when it is not there."""
    folder = kept or Path(tempfile.mkdtemp(prefix="taizhang-bench-"))
    os.environ["TAIZHANG_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if (folder / "pack").is_dir():
        return folder
    from taizhang.catalog.actions import apply_pack
    from taizhang.catalog.pack import read_folder
    from taizhang.kernel.tables import table_from_bytes
    from taizhang.org.actions import load_units
    from taizhang.site.demo import CORE

    (folder / "pack" / "registers").mkdir(parents=True)
    (folder / "pack" / "pack.yaml").write_text("name: bench\nversion: '1'\ntitle: 测试\n", encoding="utf-8")
    (folder / "pack" / "registers" / f"{CODE}.yaml").write_text(pack_text(fields), encoding="utf-8")
    apply_pack(pack=read_folder(CORE), by_name="测试")
    apply_pack(pack=read_folder(folder / "pack"), by_name="测试")
    load_units(table=table_from_bytes(units_text().encode(), "units.csv"), by=None)
    return folder


def head() -> Any:
    """Somebody of the bureau who sees every school's records by right of a post, as those do who leaf through long lists."""
    from taizhang.org.actions import assign_post, create_user
    from taizhang.org.models import Unit, User

    known = User.objects.filter(username="bench-head").first()
    if known is None:
        known = create_user(username="bench-head", name="局长", by=None)
        assign_post(user=known, unit=Unit.objects.get(code="B1"), role="局长", since=date(2020, 1, 1), by=None)
    return known


def units_text() -> str:
    """One bureau, ten districts, two hundred schools."""
    lines = ["编码,名称,类型,上级编码,启用日期,停用日期", "B1,测试县教育局,教育局,,2000-01-01,"]
    lines += [f"D{number},第{number}学区,学区,B1,2000-01-01," for number in range(10)]
    lines += [f"S{number:03d},第{number}小学,小学,D{number % 10},2000-01-01," for number in range(200)]
    return "\n".join(lines)


def header(fields: int = FIELDS) -> list[str]:
    """The columns of a sheet: the unit, then the fields that people fill in."""
    from taizhang.registers.blueprint import blueprint

    return ["单位编码", *(field.name for field in blueprint(CODE).writable())]


def row(number: int, fields: int = FIELDS, chance: random.Random | None = None) -> list[Any]:
    """The cells of one row, in the order of ``header``; the same number gives the same row."""
    luck = chance or random.Random(number)
    bought = date(2015, 1, 1) + timedelta(days=luck.randrange(3600))
    cells: list[Any] = [
        f"S{number % 200:03d}", f"ZC{number:08d}", f"{luck.choice(KINDS)}第{number % 977}批", luck.choice(KINDS),
        bought, bought + timedelta(days=2000), luck.randrange(1, 60), round(luck.uniform(10, 5000), 2),
        round(luck.uniform(50, 100), 1), "是",
    ]  # fmt: skip
    for index in range(fields - 10):
        kind = index % 5
        cells.append(
            luck.randrange(1000) if kind == 0
            else round(luck.uniform(0, 1000), 2) if kind == 1
            else f"说明{luck.randrange(100)}" if kind == 2
            else bought + timedelta(days=index) if kind == 3
            else luck.choice(("优", "良", "差"))
        )  # fmt: skip
    return cells


def spoil(cells: list[Any], number: int) -> list[Any]:
    """Three kinds of wrong rows: a word for a number, a day before the purchase, an unknown kind."""
    spoilt = list(cells)
    place, value = ((6, "五"), (5, cells[4] - timedelta(days=9)), (3, "未知类"))[number % 3]
    spoilt[place] = value
    return spoilt
