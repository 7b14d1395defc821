"""Long sheets and whole workbooks: parts, progress, all or nothing, what changes, out and in again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.events.models import Work
from taizhang.events.work import retry
from taizhang.kernel.errors import Problem
from taizhang.kernel.sheets import open_workbook
from taizhang.registers import loading
from taizhang.registers.loading import Progress, check_table, load_table
from taizhang.registers.models import Record
from taizhang.registers.queries import filtered_records, records_in_chunks
from taizhang.registers.sheets import views
from tests.registers.conftest import sheet

pytestmark = pytest.mark.django_db
BUS = (
    "register: bus\nname: 班车台账\nkind: roster\nfields:\n"
    "  - {name: 车牌, type: text, required: true, unique: true}\n"
    "  - {name: 座位, type: integer, min: 1}\n  - {name: 司机电话, type: phone, sensitive: true}\n"
    "access:\n  学校: {see: own, create: own, edit: own}\n  科室: {see: all, create: all, edit: all}\n"
)
HEAD = "单位编码,车牌,座位"


@pytest.fixture
def buses(county, install, monkeypatch):
    install(bus=BUS)
    monkeypatch.setattr(loading, "PART", 4)
    return county


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(count: int, seats: int = 30, start: int = 0) -> list[str]:
    return [f"S{1 + number % 3},浙A{number:04d},{seats}" for number in range(start, start + count)]


def send(client: Client, *lines: str, name: str = "校车.csv"):
    file = SimpleUploadedFile(name, "\n".join((HEAD, *lines)).encode())
    return client.post(reverse("registers:import", args=["bus"]), {"file": file})


def test_a_long_table_is_saved_in_parts_and_tells_how_far_it_is(buses):
    told = []
    lines = [*rows(9), "S1,浙A0002,31"]
    result = load_table("bus", sheet(HEAD, *lines), None, progress=Progress(tick=lambda *far: told.append(far)))
    assert told == [(4, 10), (8, 10), (10, 10)] and (result.read, result.created) == (10, 9)
    assert "与第 4 行重复" in result.refused[0]["message"], "a row of an earlier part"


def test_a_load_that_broke_off_goes_on_behind_the_last_part_that_was_saved(buses):
    memo = {}

    def keep(kept):
        if kept["parts"] == 3:
            raise ConnectionError("the worker was stopped")
        memo.update(kept)

    table = sheet(HEAD, *rows(10))
    with pytest.raises(ConnectionError):
        load_table("bus", table, None, progress=Progress(keep=keep))
    assert Record.objects.count() == 8 and memo["parts"] == 2, "the third part was taken back"
    result = load_table("bus", table, None, progress=Progress(kept=memo))
    assert Record.objects.count() == 10 and (result.read, result.created, result.updated) == (10, 10, 0)


def test_all_or_nothing_saves_nothing_when_one_row_of_the_last_part_is_wrong(buses):
    bad = sheet(HEAD, *rows(9), "S1,浙A0099,零")
    result = load_table("bus", bad, None, whole=True)
    assert result.created == 0 and result.refused_rows == 1 and not Record.objects.exists()
    assert load_table("bus", sheet(HEAD, *rows(9)), None, whole=True).created == 9


def test_a_check_shows_what_would_change_before_and_after(buses):
    load_table("bus", sheet(HEAD, *rows(6)), None)
    lines = [*rows(2), *rows(2, 45, start=2), *rows(1, start=9)]
    result = check_table("bus", sheet(HEAD, *lines), None)
    assert (result.created, result.updated, result.unchanged) == (1, 4, 2)
    assert [item["row"] for item in result.changes] == [4, 5]
    assert result.changes[0]["changes"] == [{"field": "座位", "before": "30", "after": "45"}]


def test_a_changed_sensitive_value_is_shown_masked(buses):
    head = "单位编码,车牌,司机电话"
    load_table("bus", sheet(head, "S1,浙A1,13912348888"), None)
    change = check_table("bus", sheet(head, "S1,浙A1,13712346666"), None).changes[0]["changes"][0]
    assert change == {"field": "司机电话", "before": "139****8888", "after": "137****6666"}


def test_a_long_sheet_is_checked_and_imported_by_the_worker(buses, monkeypatch):
    monkeypatch.setattr(views, "MOST_INLINE", 5)
    client = browser(buses.finance)
    where = send(client, *rows(9), "S9,浙A0099,30")["Location"]
    work = client.get(where)
    assert work["Location"].startswith("/works/")
    page = client.get(work["Location"]).content.decode()
    assert "可导入 9 行，拒收 1 行" in page and where in page
    verdict = client.get(where)
    assert verdict.context["result"]["created"] == 9 and not Record.objects.exists()
    done = client.post(where)
    assert "新增 9 行" in client.get(done["Location"]).content.decode() and Record.objects.count() == 9
    assert client.get(where).context["done"] is True
    again = client.post(where)
    assert again.status_code == 200 and Record.objects.count() == 9, "a second click does nothing"
    assert {made.state for made in Work.objects.all()} == {Work.DONE}
    back = client.get(reverse("registers:refused", args=["bus", where.rstrip("/").split("/")[-1]]))
    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(back.content)).active]
    assert cells[0] == ["单位编码", "车牌", "座位", "拒收原因"] and cells[1][:3] == ["S9", "浙A0099", "30"]


def test_an_import_of_the_worker_that_failed_is_done_again(buses, monkeypatch):
    monkeypatch.setattr(views, "MOST_INLINE", 5)
    client = browser(buses.finance)
    where = send(client, *rows(9))["Location"]
    client.get(where)
    real = loading.write

    def fails(drafts, **more):
        if drafts[0].row > 5:
            raise Problem("TST-001", "磁盘满了")
        return real(drafts, **more)

    monkeypatch.setattr(loading, "write", fails)
    client.post(where)
    made = Work.objects.get(kind="registers.import")
    assert made.state == Work.FAILED and made.problem["message"] == "磁盘满了" and Record.objects.count() == 4
    monkeypatch.setattr(loading, "write", real)
    assert retry(made, by=buses.finance).state == Work.DONE and Record.objects.count() == 9


def test_all_or_nothing_is_the_senders_choice_on_the_page(buses):
    client = browser(buses.finance)
    where = send(client, *rows(3))["Location"]
    assert 'name="whole"' in client.get(where).content.decode()
    assert client.post(where, {"whole": "1"}).context["result"]["created"] == 3


def test_a_long_list_is_exported_by_the_worker_and_reads_back(buses):
    load_table("bus", sheet(HEAD, *rows(7)), None)
    client = browser(buses.finance)
    answer = client.post(reverse("registers:export_long", args=["bus"]), {"query": "unit=S1"})
    made = Work.objects.get(kind="registers.export")
    assert answer["Location"] == reverse("events:work", args=[made.pk]) and made.result["words"] == "3 行"
    data = client.get(reverse("events:file", args=[made.pk])).getvalue()
    grid = list(open_workbook(data, made.file).sheets[0].rows())
    assert len(grid) == 4 and {row[0] for row in grid[1:]} == {"S1"}
    assert browser(buses.stranger).post(reverse("registers:export_long", args=["bus"])).status_code == 404
    assert client.get(reverse("registers:export_long", args=["bus"])).status_code == 405


def test_a_school_exports_its_own_records_only(buses):
    load_table("bus", sheet(HEAD, *rows(6)), None)
    browser(buses.own).post(reverse("registers:export_long", args=["bus"]), {"query": ""})
    assert Work.objects.get(kind="registers.export").result["words"] == "2 行"


def test_a_whole_workbook_goes_out_and_in_again(buses):
    load_table("bus", sheet(HEAD, *rows(4)), None)
    client = browser(buses.finance)
    client.post(reverse("registers:book"), {"export": "1"})
    made = Work.objects.get(kind="registers.export_all")
    data = client.get(reverse("events:file", args=[made.pk])).getvalue()
    assert load_workbook(io.BytesIO(data)).sheetnames == ["班车台账"]
    page = client.post(reverse("registers:book"), {"file": SimpleUploadedFile("全部.xlsx", data)})
    (found,) = page.context["found"]
    assert found["name"] == "班车台账" and found["rows"] == 4
    verdict = client.get(found["url"])
    assert (verdict.context["result"]["unchanged"], verdict.context["result"]["refused"]) == (4, [])


def test_sheets_of_a_workbook_that_are_no_registers_of_mine_are_named(buses):
    out = io.BytesIO()
    import xlsxwriter

    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("班车台账").write_row(0, 0, ["天气", "心情"])
        book.add_worksheet("通讯录").write_row(0, 0, ["姓名", "电话"])
    page = browser(buses.own).post(reverse("registers:book"), {"file": SimpleUploadedFile("杂.xlsx", out.getvalue())})
    assert page.context["unknown"] == ["通讯录"] and page.context["found"][0]["problem"] is not None
    broken = browser(buses.own).post(reverse("registers:book"), {"file": SimpleUploadedFile("杂.xlsx", b"PK no")})
    assert broken.status_code == 422


def test_records_come_in_the_order_of_the_list_piece_by_piece(buses, monkeypatch):
    monkeypatch.setattr("taizhang.registers.queries.CHUNK", 3)
    load_table("bus", sheet(HEAD, *rows(8)), None)
    found = filtered_records(buses.finance, "bus", sort="车牌")
    plates = [record.data["车牌"] for record in records_in_chunks(found)]
    assert plates == sorted(plates) and len(plates) == 8
