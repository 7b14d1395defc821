"""Two counties hand their warehouses to the city; the city reads its own figures from them, without a database."""

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.cli import main
from taizhang.indicators.queries import HELD_BACK, figures_below, figures_by, value_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.warehouse.exchange import export_warehouse, warehouse_at
from taizhang.warehouse.merge import merge_warehouses
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
PACK = {
    "pack.yaml": "name: city\nversion: '1.2'\ntitle: 测试\n",
    "registers/tally.yaml": """
register: tally
name: 人数表
kind: statistics
period: school_year
fields:
  - {name: 学段, type: choice, options: [小学, 初中]}
  - {name: 学生, type: integer, unit: 人}
  - {name: 对口校, type: unit}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: tally_count, name: 学生总数, formula: "sum(学生)", unit: 人, decimals: 0}
  - {code: tally_share, name: 学生占比, formula: "share(sum(学生))", unit: "%"}
""",
    "registers/secret.yaml": """
register: secret
name: 保密名册
kind: roster
fields:
  - {name: 类别, type: text, required: true}
privacy: {export: refused}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: secret_count, name: 名册人数, formula: "count()", unit: 人, decimals: 0}
""",
    "registers/small.yaml": """
register: small
name: 少数名册
kind: roster
fields:
  - {name: 类别, type: text, required: true}
privacy: {suppress_below: 5}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: small_count, name: 少数人数, formula: "count()", unit: 人, decimals: 0}
""",
}
ROWS = "单位编码,期间,学段,学生,对口校\nS1,SY2025,小学,120,S3\nS2,SY2025,小学,80,\nS3,SY2025,初中,90,\n"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE, settings.FILES = tmp_path / "warehouse", tmp_path / "files"
    settings.WAREHOUSE.mkdir()
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    assert load_table("tally", table_from_bytes(ROWS.encode(), "x.csv"), made.root).refused == []
    for register in ("secret", "small"):
        table = table_from_bytes("单位编码,类别\nS1,甲\n".encode(), "x.csv")
        assert load_table(register, table, made.root).refused == []
    return made


@pytest.fixture
def zipped(county: County, tmp_path: Path) -> Path:
    export_warehouse(tmp_path / "甲县.zip", by=county.office)
    return tmp_path / "甲县.zip"


def city(zipped: Path, out: Path, **changes):
    paths = [("B1", zipped), ("B2", changes.get("other", zipped))]
    return merge_warehouses(paths, out, code="C", name="某某市教育局")


def rewritten(zipped: Path, path: Path, change) -> Path:
    """The same export with its manifest and tables changed by a function, as another installation would have made it."""
    import hashlib

    with zipfile.ZipFile(zipped) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(manifest, files)
    for name, data in files.items():
        table = name.removesuffix(".parquet")
        if table in manifest["tables"]:
            manifest["tables"][table]["sha256"] = hashlib.sha256(data).hexdigest()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_the_city_has_one_tree_and_its_figures_are_the_sum_of_the_counties(zipped, tmp_path):
    city(zipped, tmp_path / "city")
    build = warehouse_at(tmp_path / "city")
    whole = value_for(None, "学生总数", None, "SY2025", build=build)
    assert (whole.value, whole.units, whole.unit.name) == (580, 6, "某某市教育局")
    counties = figures_below(None, "学生总数", "C", "SY2025", "1", build=build)
    assert [(figure.unit.code, figure.value) for figure in counties] == [("B1", 290), ("B2", 290)]
    assert len(figures_below(None, "学生总数", "C", "SY2025", "学校", build=build)) == 6
    assert value_for(None, "学生占比", "B2", "SY2025", build=build).value == value_for(
        None, "学生占比", "B1", "SY2025", build=build).value  # fmt: skip
    assert figures_by(None, "学生总数", "C", None, "学段", build=build)[0].value == 400


def test_codes_that_two_counties_share_stay_apart_in_tree_and_in_fields(zipped, tmp_path):
    city(zipped, tmp_path / "city")
    build = warehouse_at(tmp_path / "city")
    units = pq.read_table(build.tables["dim_unit"]).to_pylist()
    codes = [row["code"] for row in units]
    assert len(set(codes)) == len(codes) and {"C", "B1", "B2", "B1-S1", "B2-S1"} <= set(codes)
    assert len({row["unit_id"] for row in units}) == len(units)
    rows = pq.read_table(build.tables["reg_tally"]).to_pylist()
    assert sorted(row["对口校"] for row in rows if row["对口校"]) == ["B1-S3", "B2-S3"]
    assert {row["_source"] for row in rows} == {"B1", "B2"}
    with pytest.raises(NotFound, match="没有单位“S1”"):
        value_for(None, "学生总数", "S1", "SY2025", build=build)


def test_cities_merge_into_a_province_with_every_level_below(zipped, tmp_path):
    city(zipped, tmp_path / "city")
    out = tmp_path / "province"
    merge_warehouses([("C1", tmp_path / "city"), ("C2", tmp_path / "city")], out, code="P", name="某某省教育厅")
    build = warehouse_at(out)
    assert value_for(None, "学生总数", "P", "SY2025", build=build).value == 1160
    cities = figures_below(None, "学生总数", "P", "SY2025", "1", build=build)
    counties = figures_below(None, "学生总数", "P", "SY2025", "2", build=build)
    assert [figure.value for figure in cities] == [580, 580] and [figure.value for figure in counties] == [290] * 4
    rows = pq.read_table(build.tables["reg_tally"], columns=["_source"]).to_pylist()
    assert {row["_source"] for row in rows} == {"B1", "B2"}


def test_another_pack_version_is_told_with_what_was_left_out(zipped, tmp_path):
    def older(manifest, files):
        manifest["name"] = "乙县教育局"
        pack = next(item for item in manifest["packs"] if item["name"] == "city")
        pack["version"], pack["sha256"] = "1.1", "old"
        text = pack["files"]["registers/tally.yaml"]
        pack["files"]["registers/tally.yaml"] = text.replace("label: x", "")
        table = pq.read_table(pa.BufferReader(files["reg_tally.parquet"]))
        table = table.drop_columns(["对口校"]).append_column("旧列", pa.array([1] * 3))
        place = table.schema.get_field_index("学段")
        table = table.set_column(place, "学段", pa.array([1, 2, 3]))
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        files["reg_tally.parquet"] = sink.getvalue().to_pybytes()
        del files["reg_small.parquet"], manifest["tables"]["reg_small"]

    other = rewritten(zipped, tmp_path / "乙县.zip", older)
    notes = "\n".join(city(zipped, tmp_path / "city", other=other).notes)
    assert "乙县教育局：业务包 city 是 1.1 版，合并按 1.2 版" in notes
    assert "旧列不在合并所用的定义里，没有收入" in notes and "没有对口校，合并后为空" in notes
    assert "学段的类型不同" in notes and "乙县教育局：没有“少数名册”的数据" in notes
    build = warehouse_at(tmp_path / "city")
    assert value_for(None, "学生总数", "C", "SY2025", build=build).value == 580
    assert [figure.value for figure in figures_by(None, "学生总数", "C", "SY2025", "学段", build=build)] == [200, 90]


def test_a_register_that_may_not_go_out_stays_at_home_and_small_numbers_are_held_back(zipped, tmp_path):
    merged = city(zipped, tmp_path / "city")
    assert any("“保密名册”的名单不外带" in note for note in merged.notes)
    build = warehouse_at(tmp_path / "city")
    with pytest.raises(Problem, match="没有“保密名册”"):
        value_for(None, "名册人数", "C", "2026", build=build)
    assert value_for(None, "少数人数", "C", "2026", build=build).text == HELD_BACK


def test_counties_with_one_code_are_refused_with_the_way_out(zipped, tmp_path):
    with pytest.raises(Problem, match="编码都是“B1”") as refused:
        merge_warehouses([("", zipped), ("", zipped)], tmp_path / "city", code="C", name="市")
    assert "330102=" in refused.value.remedy and not (tmp_path / "city").exists()


def test_what_is_no_export_or_came_broken_is_refused(zipped, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(zipped) as archive, zipfile.ZipFile(broken, "w") as other:
        for name in archive.namelist():
            data = archive.read(name)
            other.writestr(name, data[:-9] + b"x" * 9 if name == "reg_tally.parquet" else data)
    for path, message in (
        (tmp_path / "x.zip", "不是导出的数据仓"),
        (tmp_path / "no.zip", "不是导出的数据仓"),
        (broken, "传送中坏了"),
    ):
        with pytest.raises(Problem, match=message):
            merge_warehouses([("B1", zipped), ("B2", path)], tmp_path / "city", code="C", name="市")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "论文.txt").write_text("x", encoding="utf-8")
    with pytest.raises(Problem, match="已有别的文件"):
        merge_warehouses([("B1", zipped)], tmp_path / "full", code="C", name="市")
    with pytest.raises(Problem, match="不是文件夹"):
        warehouse_at(zipped)


def test_merging_again_replaces_the_folder_and_gives_the_same_bytes(zipped, tmp_path):
    first = city(zipped, tmp_path / "city")
    again = city(zipped, tmp_path / "city")
    assert first.tables["dim_unit"] == again.tables["dim_unit"] and first.build == again.build


def test_merging_again_after_it_broke_off_between_two_folders_keeps_the_old_one_until_the_new_stands(
    zipped, tmp_path, monkeypatch
):
    city(zipped, tmp_path / "city")
    (tmp_path / "city").rename(tmp_path / ".city.old")

    def broken(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("taizhang.warehouse.merge.shutil.copytree", broken)
        with pytest.raises(OSError):
            city(zipped, tmp_path / "city")
    assert value_for(None, "学生总数", "C", "SY2025", build=warehouse_at(tmp_path / "city")).value == 580
    city(zipped, tmp_path / "city")
    assert sorted(path.name for path in tmp_path.iterdir() if "city" in path.name) == ["city"]


def test_who_may_not_write_reports_exports_nothing(county, tmp_path):
    for who in (county.own, county.stranger):
        with pytest.raises(Forbidden):
            export_warehouse(tmp_path / "x.zip", by=who)
    assert not (tmp_path / "x.zip").exists()


def test_one_command_each(zipped, tmp_path, capsys):
    out = tmp_path / "city"
    merged = main(
        ["warehouse", "merge", f"B1={zipped}", f"B2={zipped}", "--out", str(out), "--code", "C", "--name", "市局"]
    )
    assert merged == 0 and "已合并 2 家：19 个单位" in capsys.readouterr().out
    assert main(["value", "学生总数", "--period", "SY2025", "--warehouse", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == 580
    assert (
        main(["value", "学生总数", "--unit", "C", "--period", "SY2025", "--below", "1", "--warehouse", str(out)]) == 0
    )
    assert capsys.readouterr().out.count("290") == 2
