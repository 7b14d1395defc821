"""What the warehouse holds, and when it is written again."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
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
