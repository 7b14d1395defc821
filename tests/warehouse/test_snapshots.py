"""A figure that went out is read again years later, number for number, while the ledger has moved on."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as live

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.documents.files import drop, keep, stored
from taizhang.events.models import Event
from taizhang.indicators.queries import figures_below, figures_by, value_for
from taizhang.indicators.source_rows import rows_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import load_units
from taizhang.registers.loading import load_table
from taizhang.reports.actions import publish_report, write_report
from taizhang.warehouse import actions, projection
from taizhang.warehouse.actions import drop_snapshot, forget_drafts, keep_snapshot
from taizhang.warehouse.compare import compare_with_rebuilt
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import BUILDS_KEPT, rebuild_all, refresh
from taizhang.warehouse.snapshots import build_of, snapshots_for
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
PACK = {
    "pack.yaml": "name: meals\nversion: '1'\ntitle: 测试\n",
    "registers/meals.yaml": """
register: meals
name: 供餐表
kind: case
dated_by: 日期
fields:
  - {name: 日期, type: date, required: true}
  - {name: 期限, type: date}
  - {name: 份数, type: integer}
  - {name: 种类, type: choice, options: [午餐, 晚餐]}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: meal_count, name: 供餐份数, formula: "sum(份数)", unit: 份, decimals: 0}
  - {code: meals_late, name: 逾期数, formula: "count_if(期限 < today())", unit: 条, decimals: 0}
""",
    "reports/list.yaml": "reports:\n- {code: meal_report, name: 供餐通报, title: 供餐通报, template: reports/meal.txt, period: year}\n",
    "reports/meal.txt": '# 供餐通报\n\n全年供餐{{ 值("供餐份数") }}。\n',
}
HEAD = "单位编码,日期,期限,份数,种类\n"
ROWS = "S1,2026-03-01,2026-07-15,100,午餐\nS3,2026-03-02,2026-12-20,50,晚餐\n"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE, settings.FILES = tmp_path / "warehouse", tmp_path / "files"
    settings.WAREHOUSE.mkdir()
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    add(made, ROWS)
    return made


def add(county: County, rows: str) -> None:
    assert load_table("meals", table_from_bytes((HEAD + rows).encode(), "x.csv"), county.root).refused == []


def test_a_figure_of_july_is_read_in_december_as_it_was_while_the_live_one_has_moved(county, monkeypatch):
    july = value_for(county.office, "供餐份数", "B1", "2026")
    kept = keep_snapshot("2026年上半年", by=county.office, day=date(2026, 7, 10))
    late = value_for(county.root, "逾期数", "B1", "2026", build=kept.build)
    for day in range(1, BUILDS_KEPT + 3):  # a half-year of returns, and a formula that means another thing now
        add(county, f"S2,2026-09-0{day},,1000,晚餐\n")
        refresh()
    changed = PACK["registers/meals.yaml"].replace("sum(份数)", "sum(份数) * 2").replace("期限 <", "期限 <=")
    apply_pack(pack=read_files({**PACK, "registers/meals.yaml": changed}), by_name="测试")

    again = value_for(county.office, "供餐份数", "B1", "2026", build=kept.build)
    assert (again.value, again.rows, again.units, again.build) == (july.value, july.rows, july.units, july.build)
    assert again.indicator.formula == "sum(份数)"
    assert value_for(county.office, "供餐份数", "B1", "2026").value == 2 * (150 + 1000 * (BUILDS_KEPT + 2))
    assert value_for(county.root, "逾期数", "B1", "2026", build="2026年上半年").value == late.value == 0
    assert value_for(county.root, "供餐份数", "B1", "2026", build=f"{kept.build}@2026-07-10").value == 150
    assert len(rows_for(county.root, "供餐份数", "B1", "2026", build=kept.build)) == 2
    parts = figures_by(county.root, "供餐份数", "B1", "2026", "种类", build=kept.build)
    assert [(part.group, part.value) for part in parts] == [("午餐", 100), ("晚餐", 50)]


def test_the_tree_of_then_holds_for_a_kept_build(county):
    kept = keep_snapshot("搬家之前", by=county.office)
    moved = "编码,名称,类型,上级编码,启用日期,停用日期\nS1,第一实验小学,小学,D2,2000-01-01,\n"
    load_units(table=table_from_bytes(moved.encode(), "u.csv"), by=county.root)
    assert value_for(county.root, "供餐份数", "D2", "2026").value == 150
    assert value_for(county.root, "供餐份数", "D2", "2026", build=kept.build).value == 50
    named = figures_below(county.root, "供餐份数", "D1", "2026", "学校", build=kept.build)
    assert [figure.unit.name for figure in named] == ["第一小学"]
    assert rows_for(county.root, "供餐份数", "S1", "2026")[0]["单位"] == "第一实验小学"


def test_a_unit_that_came_later_was_not_there(county):
    kept = keep_snapshot("新校之前", by=county.office)
    new = "编码,名称,类型,上级编码,启用日期,停用日期\nS9,新城小学,小学,D2,2026-08-01,\n"
    load_units(table=table_from_bytes(new.encode(), "u.csv"), by=county.root)
    with pytest.raises(NotFound, match="还没有单位“新城小学”"):
        value_for(county.root, "供餐份数", "S9", "2026", build=kept.build)


def test_a_written_report_holds_its_build_and_signing_keeps_it_for_good(county):
    report = write_report(template="供餐通报", unit="B1", period="2026", by=county.office)
    held = Snapshot.objects.get(subject=f"report:{report.pk}")
    assert (held.reason, held.build, held.kept_by) == (Snapshot.DRAFT, report.build, county.office)
    publish_report(report=report, revision=report.revision, by=county.chief)
    add(county, "S2,2026-09-01,,1000,晚餐\n")
    held.refresh_from_db()
    assert held.reason == Snapshot.PUBLISHED
    assert value_for(county.chief, "供餐份数", "B1", "2026", build=report.build).value == 150
    with pytest.raises(Problem, match="已签发"):
        drop_snapshot(snapshot=held, by=county.office)


def test_the_draft_nobody_signed_lets_its_files_go_and_shared_ones_stay(county):
    write_report(template="供餐通报", unit="B1", period="2026", by=county.office)
    draft = Snapshot.objects.get(reason=Snapshot.DRAFT)
    add(county, "S2,2026-09-01,,1000,晚餐\n")
    kept = keep_snapshot("留着的", by=county.office)
    Snapshot.objects.filter(pk=draft.pk).update(kept_at=datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=400))
    assert forget_drafts(date(2026, 6, 1)) == 1
    with pytest.raises(NotFound):
        stored(draft.tables["reg_meals"]["sha256"])
    assert all(stored(str(table["sha256"])) for table in kept.tables.values())
    assert Event.objects.filter(action="warehouse.snapshot.dropped").count() == 1


def test_a_file_let_go_while_another_snapshot_comes_to_want_it_stays(county, monkeypatch):
    first = keep_snapshot("先留的", by=county.office)
    plain = actions._named

    def kept_meanwhile() -> set[str]:
        monkeypatch.setattr(actions, "_named", plain)
        keep_snapshot("同时留的", by=county.office)
        return plain()

    monkeypatch.setattr(actions, "_named", kept_meanwhile)
    drop_snapshot(snapshot=first, by=county.office)
    second = Snapshot.objects.get()
    assert second.name == "同时留的" and all(stored(str(table["sha256"])) for table in second.tables.values())
    assert not list(live.FILES.rglob("*.dropped"))


def test_a_file_that_went_before_a_snapshot_could_be_seen_is_stored_again(county, django_capture_on_commit_callbacks):
    first = keep_snapshot("先留的", by=county.office)
    with django_capture_on_commit_callbacks(execute=True):
        second = keep_snapshot("后留的", by=county.office)
        drop([str(table["sha256"]) for table in second.tables.values()], set)
    assert first.tables == second.tables
    assert all(stored(str(table["sha256"])) for table in second.tables.values())


def test_a_snapshot_whose_files_cannot_be_stored_again_is_none(county, django_capture_on_commit_callbacks):
    build = refresh()
    with pytest.raises(Problem, match="已不在"), django_capture_on_commit_callbacks(execute=True):
        keep_snapshot("来不及", by=county.office, build=build)
        Path(build.tables["reg_meals"]).unlink()
    assert not Snapshot.objects.exists()


def test_many_old_drafts_go_after_one_look_at_those_that_stay(county, monkeypatch):
    for amount in (1, 2, 3):
        add(county, f"S2,2026-09-0{amount},,{amount},晚餐\n")
        keep_snapshot(f"草稿{amount}", by=county.office, reason=Snapshot.DRAFT)
    Snapshot.objects.update(kept_at=datetime(2025, 1, 1, tzinfo=UTC))
    looks, plain = [], actions._named
    monkeypatch.setattr(actions, "_named", lambda: looks.append(1) or plain())
    assert forget_drafts(date(2026, 6, 1)) == 3 and looks == [1]
    assert not Snapshot.objects.exists() and not [path for path in live.FILES.rglob("*") if path.is_file()]


def test_who_may_not_write_reports_neither_keeps_nor_lists(county):
    for who in (county.own, county.district, county.stranger):
        with pytest.raises(Forbidden):
            keep_snapshot("不行", by=who)
        assert not snapshots_for(who).exists()
    keep_snapshot("行", by=county.office)
    assert [item.name for item in snapshots_for(county.chief)] == ["行"]
    with pytest.raises(Problem, match="已有名为"):
        keep_snapshot("行", by=county.office)


def test_a_school_reads_only_its_own_figure_of_a_kept_build(county):
    kept = keep_snapshot("半年", by=county.office)
    assert value_for(county.own, "供餐份数", "S1", "2026", build=kept.build).value == 100
    for unit in ("S3", "B1"):
        with pytest.raises(NotFound):
            value_for(county.own, "供餐份数", unit, "2026", build=kept.build)


def test_a_build_that_nobody_kept_is_not_invented(county):
    gone = refresh().build
    add(county, "S2,2026-09-01,,1000,晚餐\n")
    refresh()
    with pytest.raises(NotFound, match="没有留存数据版本") as refused:
        value_for(county.root, "供餐份数", "B1", "2026", build=gone)
    assert "warehouse list" in refused.value.remedy
    assert build_of(refresh().build).build == refresh().build


def test_a_kept_file_that_somebody_changed_is_found_out(county):
    kept = keep_snapshot("半年", by=county.office)
    path = stored(kept.tables["reg_meals"]["sha256"])
    path.unlink()
    path.write_bytes(b"PAR1 something else")
    with pytest.raises(Problem, match="被改动过"):
        value_for(county.root, "供餐份数", "B1", "2026", build=kept.build)


def test_a_draft_is_not_kept_from_files_that_are_gone(county):
    build = refresh()
    Path(build.tables["reg_meals"]).unlink()
    with pytest.raises(Problem, match="已不在"):
        keep_snapshot("来不及", by=county.office, build=build)
    assert not Snapshot.objects.exists()


def test_written_anew_the_files_are_the_same_byte_for_byte(county):
    first = {name: Path(file).read_bytes() for name, file in refresh().tables.items()}
    again = rebuild_all()
    assert {name: Path(file).read_bytes() for name, file in again.tables.items()} == first
    assert compare_with_rebuilt() == (len(first), [])


def test_a_reader_meets_a_whole_file_while_all_are_written_anew(county, monkeypatch):
    first = refresh()
    gone = []

    def watched(path, name):
        gone.extend(file for file in first.tables.values() if not Path(file).exists())
        return write(path, name)

    write = projection._write
    monkeypatch.setattr(projection, "_write", watched)
    assert rebuild_all().build == first.build and gone == []


def test_what_differs_from_the_database_is_said_by_table_and_rows(county, monkeypatch):
    refresh()
    from taizhang.registers.models import Record

    Record.objects.filter(register_code="meals", unit__code="S1").update(
        data={"份数": 7}
    )  # past the action, as no code does
    same, [found] = compare_with_rebuilt()
    assert same > 10 and found.table == "reg_meals"
    assert (found.rows, found.only_here, found.only_rebuilt) == (2, 1, 1)
    assert "只在重建的 1 行" in str(found)


def test_the_store_links_or_copies_and_keeps_one_file_a_content(county, tmp_path, monkeypatch):
    source = tmp_path / "a.parquet"
    source.write_bytes(b"abc")
    from taizhang.documents.files import keep_file

    digest = keep_file(source)
    assert keep(b"abc") == digest and stored(digest).samefile(source)
    monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    other = tmp_path / "b.parquet"
    other.write_bytes(b"def")
    assert stored(keep_file(other)).read_bytes() == b"def" and not stored(keep_file(other)).samefile(other)


def test_kept_builds_survive_the_loss_of_the_warehouse_folder(county):
    kept = keep_snapshot("半年", by=county.office)
    for file in Path(live.WAREHOUSE).iterdir():
        file.unlink()
    assert value_for(county.root, "供餐份数", "B1", "2026", build=kept.build).value == 150
