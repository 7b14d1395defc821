"""What the warehouse holds, and when it is written again."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.actions import edit_record
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record, Version
from taizhang.warehouse import projection
from taizhang.warehouse.projection import BUILDS_KEPT, refresh
from tests.support import make_county

pytestmark = pytest.mark.django_db
HEAD = "单位编码,发现日期,隐患类别,隐患描述,责任人电话,整改投入\n"


@pytest.fixture
def county(settings, tmp_path):
    settings.WAREHOUSE = tmp_path
    return make_county()


def add_hazard(county, text="S1,2026-03-01,消防安全,灭火器过期,15400000001,120.50\n"):
    loaded = load_table("safety_hazard", table_from_bytes((HEAD + text).encode(), "隐患.csv"), county.root)
    assert loaded.refused == []


def hazards() -> list[dict]:
    return pq.read_table(refresh().tables["reg_safety_hazard"]).to_pylist()


def test_a_record_becomes_a_typed_row_without_sensitive_and_computed_fields(county):
    add_hazard(county)
    [row] = hazards()
    assert str(row["整改投入"]) == "120.500000" and row["发现日期"].isoformat() == "2026-03-01"
    assert (row["状态"], row["编号"]) == ("待整改", "AQ-2026-0001")
    assert "责任人电话" not in row and "逾期天数" not in row and "现场照片" not in row
    assert not any("15400000001" in str(value) for value in row.values())


def test_nothing_is_written_when_nothing_changed(county):
    add_hazard(county)
    first = refresh()
    written = {path: path.stat().st_mtime_ns for path in Path(first.tables["dim_unit"]).parent.glob("*.parquet")}
    again = refresh()
    assert again.build == first.build and again.as_of == first.as_of
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_only_the_register_that_changed_is_written_again(county):
    add_hazard(county)
    before = refresh()
    add_hazard(county, "S2,2026-03-02,校舍建筑,墙面开裂,,\n")
    after = refresh()
    assert after.build != before.build
    assert after.tables["reg_safety_hazard"] != before.tables["reg_safety_hazard"]
    assert after.tables["reg_education_basics"] == before.tables["reg_education_basics"]


def read_again(monkeypatch) -> list[list[int] | None]:
    """What is read from the database from now on: None for everything, else the records."""
    asked: list[list[int] | None] = []
    real = projection._record_batches

    def told(register, ids=None):
        if register.code == "safety_hazard":
            asked.append(None if ids is None else list(ids))
        return real(register, ids)

    monkeypatch.setattr(projection, "_record_batches", told)
    return asked


def long_ago() -> None:
    Version.objects.update(at=timezone.now() - timedelta(days=2))


def same_as_rebuilt(tmp_path) -> bool:
    here = Path(refresh().tables["reg_safety_hazard"]).read_bytes()
    again = tmp_path / "again"
    again.mkdir(exist_ok=True)
    return here == Path(projection.rebuilt(again).tables["reg_safety_hazard"]).read_bytes()


@pytest.mark.parametrize("batch", [2, 3, 20_000])
def test_only_the_records_that_changed_are_read_and_the_bytes_are_those_of_a_file_made_anew(
    county, tmp_path, monkeypatch, batch
):
    monkeypatch.setattr(projection, "BATCH", batch)
    add_hazard(county, "".join(f"S1,2026-03-0{day},消防安全,第{day}处,,{day}\n" for day in range(1, 8)))
    long_ago()
    add_hazard(county, "S2,2026-03-08,校舍建筑,屋顶漏水,,\n")
    refresh()
    asked = read_again(monkeypatch)
    second, sixth = (Record.objects.order_by("pk")[place] for place in (1, 5))
    for record in (second, sixth):
        edit_record(record=record, values={"整改投入": "77"}, by=county.root)
    add_hazard(county, "S2,2026-03-09,校舍建筑,墙面开裂,,\n")
    assert [str(row["整改投入"]) for row in hazards()][1] == "77.000000" and len(hazards()) == 9
    *_, eighth, ninth = Record.objects.order_by("pk")
    assert asked == [[second.pk, sixth.pk, eighth.pk, ninth.pk]]
    assert same_as_rebuilt(tmp_path)


def test_what_happened_shortly_before_is_read_again_with_it(county, monkeypatch):
    """A change that began earlier may be told later: PostgreSQL numbers versions when they are written, not when they count."""
    add_hazard(county)
    refresh()
    asked = read_again(monkeypatch)
    first = Record.objects.get()
    add_hazard(county, "S2,2026-03-02,校舍建筑,墙面开裂,,\n")
    refresh()
    assert asked == [[first.pk, Record.objects.order_by("pk").last().pk]]


def test_what_changed_after_the_clock_was_set_back_is_read(county, tmp_path):
    add_hazard(county, "S1,2026-03-01,消防安全,第一处,,1\nS1,2026-03-02,消防安全,第二处,,2\n")
    refresh()
    edit_record(record=Record.objects.order_by("pk")[0], values={"整改投入": "77"}, by=county.root)
    newest = Version.objects.order_by("-pk").values_list("pk", flat=True)[0]
    Version.objects.filter(pk=newest).update(at=timezone.now() - timedelta(days=1))
    assert same_as_rebuilt(tmp_path)


def test_everything_is_read_where_the_last_file_cannot_be_trusted(county, tmp_path, monkeypatch):
    add_hazard(county, "S1,2026-03-01,消防安全,甲,,\nS1,2026-03-02,消防安全,乙,,\n")
    long_ago()
    file = Path(refresh().tables["reg_safety_hazard"])
    asked = read_again(monkeypatch)
    Record.objects.order_by("pk").first().delete()
    add_hazard(county, "S2,2026-03-02,校舍建筑,一个,,\n")
    assert len(hazards()) == 2 and asked[-1] is None, "a record has gone without a version"
    file = Path(refresh().tables["reg_safety_hazard"])
    file.write_bytes(b"broken")
    add_hazard(county, "S2,2026-03-03,校舍建筑,两个,,\n")
    assert len(hazards()) == 3 and asked[-1] is None
    Version.objects.update(at=timezone.now())
    add_hazard(county, "S2,2026-03-04,校舍建筑,三个,,\n")
    assert len(hazards()) == 4 and asked[-1] is None, "the database was restored: the version of then is another"
    assert same_as_rebuilt(tmp_path)


def test_a_reader_of_the_build_before_still_finds_its_file_and_older_ones_go(county, tmp_path):
    builds = []
    for day in range(1, BUILDS_KEPT + 3):
        add_hazard(county, f"S1,2026-04-0{day},消防安全,第{day}处,,\n")
        builds.append(refresh())
    assert Path(builds[-2].tables["reg_safety_hazard"]).exists()
    assert len(list(tmp_path.glob("reg_safety_hazard-*.parquet"))) == BUILDS_KEPT


def test_a_lost_or_broken_build_is_made_again(county, tmp_path):
    add_hazard(county)
    build = refresh()
    Path(build.tables["reg_safety_hazard"]).unlink()
    (tmp_path / "current.json").write_text("{", encoding="utf-8")
    assert len(hazards()) == 1


def test_units_carry_the_unit_above_of_every_level(county):
    rows = {row["code"]: row for row in pq.read_table(refresh().tables["dim_unit"]).to_pylist()}
    assert rows["S1"]["at_district"] == rows["D1"]["unit_id"] and rows["S1"]["at_bureau"] == rows["B1"]["unit_id"]
    assert rows["B1"]["at_school"] is None
