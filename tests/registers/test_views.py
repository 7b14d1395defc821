"""Pages: who gets them, and what they do."""

import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.catalog.current import catalog
from taizhang.events.models import Event
from taizhang.registers.actions import create_record
from taizhang.registers.loading import load_table
from taizhang.registers.models import Attachment, Record
from taizhang.registers.steps import take_step
from tests.registers.conftest import HAZARD, picture, sheet

pytestmark = pytest.mark.django_db
CORE = ("education_basics", "safety_hazard")
PEOPLE = ("office", "safety", "finance", "chief", "own", "other", "district", "inspector", "stranger")


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name, *args, **query) -> "str":
    response = browser(user).get(reverse(f"registers:{name}", args=args), query)
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response.content.decode()


@pytest.fixture
def hazard(county) -> Record:
    return create_record(
        register="safety_hazard",
        unit=county.unit("S1"),
        values={**HAZARD, "责任人电话": "13912348888"},
        files={"现场照片": [picture()]},
        by=county.own,
    ).record


# Who may open the list, and who may put records into it; every other person gets 404, or 403 where the list is seen.
SEE = {
    "education_basics": {"office", "finance", "chief", "own", "other", "district", "inspector"},
    "safety_hazard": {"office", "safety", "chief", "own", "other", "district", "inspector"},
}
CREATE = {
    "education_basics": {"finance", "own", "other"},
    "safety_hazard": {"safety", "own", "other", "district", "inspector"},
}


def status(client: Client, name: str, *args) -> int:
    """The status of an address; a download is read to its end, which closes it."""
    response = client.get(reverse(f"registers:{name}", args=args))
    if response.streaming:
        response.getvalue()
    return response.status_code


@pytest.mark.parametrize("code", CORE)
def test_lists_exports_and_forms_open_for_those_whom_the_pack_names(county, code):
    for person in PEOPLE:
        client, sees = browser(getattr(county, person)), person in SEE[code]
        for name in ("list", "export", "template"):
            assert status(client, name, code) == (200 if sees else 404), (person, name)
        wanted = 404 if not sees else 200 if person in CREATE[code] else 403
        assert status(client, "new", code) == wanted, person
        # A district mends what its schools filed, also by a sheet, and so may import though it does not create.
        may_import = wanted == 200 or (code == "education_basics" and person == "district")
        assert status(client, "import", code) == (200 if may_import else wanted), person


@pytest.mark.parametrize(
    ("person", "see", "edit"),
    [
        ("office", 200, 403), ("safety", 200, 200), ("finance", 404, 404), ("chief", 200, 403), ("own", 200, 200),
        ("other", 404, 404), ("district", 200, 200), ("inspector", 200, 403), ("stranger", 404, 404),
    ],
)  # fmt: skip
def test_every_address_of_a_record_answers_by_reach(county, hazard, person, see, edit):
    client, attachment = browser(getattr(county, person)), Attachment.objects.get()
    record_urls = ("record", "edit", "step", "restore", "reveal", "attach")
    where = {name: reverse(f"registers:{name}", args=[hazard.pk]) for name in record_urls}
    assert client.get(where["record"]).status_code == see
    assert client.get(where["edit"]).status_code == edit
    assert client.get(reverse("registers:attachment", args=[attachment.pk])).status_code == see
    assert client.post(where["restore"], {"revision": "1"}).status_code == (302 if edit == 200 else edit)
    assert client.post(where["attach"], {"field": "现场照片"}).status_code in ({302} if edit == 200 else {edit})
    reveal = client.post(where["reveal"], {"field": "责任人电话", "reason": "核实整改"})
    assert reveal.status_code == (200 if person in ("own", "safety") else 404 if see == 404 else 403)
    step = client.post(where["step"], {"step": "下发整改通知", "整改期限": "2026-03-20"})
    assert step.status_code == (302 if person in ("safety", "inspector") else 404 if see == 404 else 403)
    detach = client.post(reverse("registers:detach", args=[attachment.pk]))
    assert detach.status_code == (302 if edit == 200 else edit)


def test_a_passer_by_is_sent_to_the_login(county, hazard, client):
    response = client.get(reverse("registers:record", args=[hazard.pk]))
    assert response.status_code == 302 and "/login/" in response["Location"]


@pytest.mark.parametrize("name", ["step", "restore", "reveal", "attach"])
def test_changes_are_made_by_post_alone(county, hazard, name):
    assert browser(county.own).get(reverse(f"registers:{name}", args=[hazard.pk])).status_code == 405


def test_the_index_counts_what_the_person_sees_and_is_empty_for_a_stranger(county, hazard):
    assert "安全隐患台账" in page(county.own, "index")
    assert "还没有可以查看的台账" in page(county.stranger, "index")


def test_an_empty_list_says_what_to_do_and_a_filtered_one_says_otherwise(county):
    assert "还没有记录" in page(county.own, "list", "safety_hazard")
    assert "放宽或清除" in page(county.own, "list", "safety_hazard", state="待整改")


def test_the_list_filters_by_choice_unit_date_and_text(county, hazard):
    create_record(
        register="safety_hazard",
        unit=county.unit("S3"),
        values={**HAZARD, "隐患类别": "防溺水", "隐患描述": "堰塘无护栏"},
        by=None,
    )
    everything = page(county.safety, "list", "safety_hazard")
    assert "AQ-2026-0001" in everything and "AQ-2026-0002" in everything
    for query in ({"隐患类别": "防溺水"}, {"unit": "D2"}, {"q": "堰塘"}, {"q": "0002"}):
        found = page(county.safety, "list", "safety_hazard", **query)
        assert "AQ-2026-0002" in found and "AQ-2026-0001" not in found, query
    assert "AQ-2026-0001" not in page(county.safety, "list", "safety_hazard", since="2026-03-03")


@pytest.mark.parametrize("query", [{"sort": "不存在"}, {"sort": "隐患描述"}])
def test_a_sort_that_the_register_does_not_offer_is_told(county, query):
    response = browser(county.own).get(reverse("registers:list", args=["safety_hazard"]), query)
    assert response.status_code == 422 and "不能按" in response.content.decode()


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "99"}, {"size": "7"}, {"since": "gestern"}, {"state": "无"}])
def test_nonsense_in_the_address_of_a_list_does_no_harm(county, hazard, query):
    assert browser(county.own).get(reverse("registers:list", args=["safety_hazard"]), query).status_code == 200


def test_the_list_asks_the_same_number_of_questions_for_5_and_for_50_rows(county):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        client = browser(county.safety)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("registers:list", args=["safety_hazard"])).status_code == 200
        return len(asked)

    def fill(number: int) -> None:
        rows = [f"S{1 + index % 3},2026-03-02,消防安全,第{index}处,2026-04-01" for index in range(number)]
        load_table("safety_hazard", sheet("单位编码,发现日期,隐患类别,隐患描述,整改期限", *rows), None)

    fill(5)
    few = count()
    fill(45)
    assert count() == few


def test_a_case_is_filled_in_from_the_form_with_a_picture(county):
    client = browser(county.own)
    response = client.post(
        reverse("registers:new", args=["safety_hazard"]),
        {**HAZARD, "隐患等级": "一般", "整改投入": "1,200.5", "现场照片": picture()},
    )
    assert response.status_code == 302, response.content.decode()
    record = Record.objects.get()
    assert record.data["整改投入"] == "1200.50" and record.data["现场照片"] == "现场.png"
    shown = page(county.own, "record", record.pk)
    assert "1,200.50 元" in shown and "?small=1" in shown


def test_a_faulty_form_keeps_what_was_typed_and_marks_the_field(county):
    response = browser(county.own).post(
        reverse("registers:new", args=["safety_hazard"]), {**HAZARD, "整改投入": "一千元", "整改期限": "2026-01-01"}
    )
    text = response.content.decode()
    assert response.status_code == 422 and "不是数字" in text and "二楼东侧灭火器过期" in text
    assert not Record.objects.exists()


def test_a_broken_check_stands_beside_the_field(county):
    response = browser(county.own).post(
        reverse("registers:new", args=["safety_hazard"]), {**HAZARD, "整改期限": "2026-01-01"}
    )
    assert response.status_code == 422 and "整改期限不能早于发现日期" in response.content.decode()


def test_two_people_in_one_form_the_second_is_told(county, hazard):
    where = reverse("registers:edit", args=[hazard.pk])
    assert browser(county.own).post(where, {**HAZARD, "隐患部位": "一楼", "revision": "1"}).status_code == 302
    response = browser(county.safety).post(where, {**HAZARD, "隐患部位": "二楼", "revision": "1"})
    assert response.status_code == 422 and county.own.name in response.content.decode()
    assert Record.objects.get().data["隐患部位"] == "一楼"


def test_an_edit_leaves_phone_and_pictures_alone_unless_new_ones_are_given(county, hazard):
    browser(county.own).post(
        reverse("registers:edit", args=[hazard.pk]), {**HAZARD, "隐患部位": "一楼", "revision": "1"}
    )
    record = Record.objects.get()
    assert record.data["隐患部位"] == "一楼" and record.data["现场照片"] == "现场.png"
    assert record.data["责任人电话"] == hazard.data["责任人电话"]


def test_the_phone_is_masked_until_somebody_gives_a_reason_and_the_log_keeps_it(county, hazard):
    assert "139****8888" in page(county.own, "record", hazard.pk)
    where = reverse("registers:reveal", args=[hazard.pk])
    refused = browser(county.own).post(where, {"field": "责任人电话", "reason": " "})
    assert refused.status_code == 422 and "13912348888" not in refused.content.decode()
    opened = browser(county.own).post(where, {"field": "责任人电话", "reason": "电话核实"})
    assert "13912348888" in opened.content.decode() and opened["Cache-Control"] == "no-store"
    event = Event.objects.get(action="registers.field.revealed")
    assert event.data == {"field": "责任人电话", "reason": "电话核实"} and event.actor_name == county.own.name
    assert "责任人电话：电话核实" in page(county.own, "record", hazard.pk)
    assert "电话核实" not in page(county.inspector, "record", hazard.pk)


def test_a_field_that_is_not_sensitive_cannot_be_revealed(county, hazard):
    response = browser(county.own).post(
        reverse("registers:reveal", args=[hazard.pk]), {"field": "隐患描述", "reason": "看看"}
    )
    assert response.status_code == 422


def test_a_step_is_taken_from_the_page_and_shows_in_the_timeline(county, hazard):
    assert "下发整改通知" in page(county.safety, "record", hazard.pk)
    assert "下发整改通知" not in page(county.own, "record", hazard.pk)
    where = reverse("registers:step", args=[hazard.pk])
    missing = browser(county.safety).post(where, {"step": "下发整改通知", "revision": "1"})
    assert missing.status_code == 422 and "整改期限" in missing.content.decode()
    browser(county.safety).post(
        where, {"step": "下发整改通知", "整改期限": "2026-03-20", "note": "限期三周", "revision": "1"}
    )
    shown = page(county.own, "record", hazard.pk)
    assert "整改中" in shown and "限期三周" in shown and "提交整改反馈" in shown and "逾期" in shown


def test_undo_from_the_timeline(county, hazard):
    browser(county.own).post(
        reverse("registers:edit", args=[hazard.pk]), {**HAZARD, "隐患部位": "一楼", "revision": "1"}
    )
    where = reverse("registers:restore", args=[hazard.pk])
    assert browser(county.own).post(where, {"revision": "1", "seen": "1"}).status_code == 422
    assert browser(county.own).post(where, {"revision": "1", "seen": "2"}).status_code == 302
    assert "隐患部位" not in Record.objects.get().data
    assert browser(county.own).post(where, {"revision": "77", "seen": "3"}).status_code == 422


def test_files_are_checked_and_served_without_running(county, hazard):
    where = reverse("registers:attach", args=[hazard.pk])
    page_like = SimpleUploadedFile("照片.png", b"<html><script>alert(1)</script>")
    refused = browser(county.own).post(where, {"field": "现场照片", "file": page_like})
    assert refused.status_code == 422 and "内容与后缀不符" in refused.content.decode()
    program = browser(county.own).post(where, {"field": "现场照片", "file": SimpleUploadedFile("a.exe", b"MZ")})
    assert program.status_code == 422
    assert browser(county.own).post(where, {"field": "现场照片", "file": picture("二.png")}).status_code == 302
    assert Record.objects.get().data["现场照片"] == "现场.png、二.png"
    attachment = Attachment.objects.order_by("id").last()
    whole = browser(county.own).get(reverse("registers:attachment", args=[attachment.pk]))
    assert whole["Content-Disposition"].startswith("attachment") and "sandbox" in whole["Content-Security-Policy"]
    small = browser(county.own).get(reverse("registers:attachment", args=[attachment.pk]), {"small": "1"})
    assert small["Content-Type"] == "image/jpeg" and small.content[:2] == b"\xff\xd8"
    browser(county.own).post(reverse("registers:detach", args=[attachment.pk]))
    assert Record.objects.get().data["现场照片"] == "现场.png"


def test_a_return_asks_unit_period_and_stage_first_then_shows_last_years_figures(county):
    head = "单位编码,期间,学段,办学类型,办学性质,城乡分类,校数,教学点数,在校生数,招生数,毕业生数,转入学生数,转出学生数,死亡学生数,辍学学生数,班数,教职工数,专任教师数,适龄人口数,适龄人口在校生数"
    loaded = load_table(
        "education_basics", sheet(head, "S1,SY2024,小学,小学,公办,村庄,1,0,320,50,48,1,2,0,0,8,20,18,330,320"), None
    )
    assert loaded.created == 1, loaded.refused
    assert "学段" in page(county.own, "new", "education_basics")
    text = page(county.own, "new", "education_basics", 单位="S1", 期间="SY2025", 学段="小学")
    assert "2024-2025学年：320" in text and "在校生数" in text
    where = reverse("registers:new", args=["education_basics"]) + "?单位=S1&期间=SY2024&学段=小学"
    again = browser(county.own).get(where)
    assert again.status_code == 302 and "edit" in again["Location"]


def test_a_school_cannot_file_for_another_by_the_address(county):
    response = browser(county.own).get(
        reverse("registers:new", args=["education_basics"]), {"单位": "S2", "期间": "SY2025", "学段": "小学"}
    )
    assert "您不能为" in response.content.decode() or "选择" in response.content.decode()
    assert "在校生数" not in response.content.decode()


def test_a_sheet_is_judged_first_saved_on_confirmation_and_what_was_refused_comes_back(county):
    client, code = browser(county.safety), "safety_hazard"
    data = "单位编码,发现日期,隐患类别,隐患描述\nS1,2026-03-02,消防安全,过期\nS2,2026-02-30,消防,漏电\n".encode()
    response = client.post(reverse("registers:import", args=[code]), {"file": SimpleUploadedFile("周检查.csv", data)})
    assert response.status_code == 302
    where = response["Location"]
    verdict = client.get(where).content.decode()
    assert "确认导入 1 行" in verdict and "2026-02-30" in verdict and not Record.objects.exists()
    sent_back = load_workbook(io.BytesIO(client.get(where.split("?")[0] + "refused/").content)).active
    assert [cell.value for cell in sent_back[1]][-1] == "拒收原因" and sent_back.max_row == 2
    assert sent_back["B2"].value == "2026-02-30" and sent_back["B2"].fill.fgColor.rgb.endswith("F8C9C4")
    assert sent_back["A2"].fill.fgColor.rgb in ("00000000", None)
    assert "是否应为" in sent_back["E2"].value
    assert "已新增" in client.post(where).content.decode() and Record.objects.count() == 1
    assert browser(county.own).get(where).status_code == 404, "another person's upload"


def test_a_sheet_with_a_doubtful_header_is_shown_with_what_it_seems_to_mean(county):
    data = SimpleUploadedFile("a.csv", "单位编码,发现日期,隐患类型,隐患描述\nS1,2026-03-02,消防安全,过期\n".encode())
    response = browser(county.safety).post(reverse("registers:import", args=["safety_hazard"]), {"file": data})
    assert response.status_code == 302
    shown = browser(county.safety).get(response["Location"])
    doubts = [(item["label"], item["target"]) for item in shown.context["columns"] if item["doubt"]]
    assert doubts == [("隐患类型", "隐患类别")]
    empty = browser(county.safety).post(reverse("registers:import", args=["safety_hazard"]), {})
    assert empty.status_code == 422


def test_the_columns_of_a_list_are_the_persons_own_choice(county, hazard):
    client = browser(county.own)
    client.post(reverse("registers:columns", args=["safety_hazard"]), {"column": ["检查方式", "无此列"]})
    shown = client.get(reverse("registers:list", args=["safety_hazard"])).content.decode()
    table = (
        shown[shown.index("<tbody") : shown.index("</tbody>")] + shown[shown.index("<thead") : shown.index("</thead>")]
    )
    assert "检查方式" in table and "隐患等级" not in table


def test_every_register_of_the_core_pack_has_working_pages_for_its_keeper(county):
    for register in catalog().registers.values():
        keeper = next(user for user in (county.finance, county.safety, county.root) if _keeps(user, register))
        for name in ("list", "new", "import", "template", "export"):
            # A list of persons that must not leave the system is refused to its keeper too.
            wanted = 403 if name == "export" and register.privacy.export == "refused" else 200
            assert status(browser(keeper), name, register.code) == wanted, (register.code, name)


def _keeps(user, register) -> bool:
    from taizhang.registers.policy import reach_of

    return bool(reach_of(user, register, "create"))


def test_a_closed_record_offers_no_edit_to_its_school(county, hazard):
    take_step(record=hazard, step="即查即改", by=county.own, files={"整改后照片": [picture()]})
    assert "/edit/" not in page(county.own, "record", hazard.pk)
    assert browser(county.own).get(reverse("registers:edit", args=[hazard.pk])).status_code == 422


def test_an_upload_that_nobody_confirmed_is_forgotten_after_a_day(county, files):
    client, where = browser(county.safety), reverse("registers:import", args=["safety_hazard"])

    def send(text: str) -> str:
        data = f"单位编码,发现日期,隐患类别,隐患描述\nS1,2026-03-02,消防安全,{text}\n".encode()
        return client.post(where, {"file": SimpleUploadedFile("a.csv", data)})["Location"]

    first = send("过期")
    for folder in (files / "imports" / str(county.safety.pk)).iterdir():
        os.utime(folder, (0, 0))
    second = send("漏电")
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200
