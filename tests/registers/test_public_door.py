"""The public door: strangers file, follow and rate, and see nothing else; codes are hashed, guessing leads nowhere."""

import io
import json
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.org.models import Notice
from taizhang.registers.attachments import checked
from taizhang.registers.models import Attachment, Record, Version
from taizhang.registers.public.actions import issue_code, rate_case
from taizhang.registers.public.codes import ALPHABET, digest_of, new_code, read_code
from taizhang.registers.public.forms import MOST_BODY, new_form_mark
from taizhang.registers.public.limits import LIMITS, address_key
from taizhang.registers.public.models import Knock, PublicCase
from taizhang.registers.public.queries import find_case, followed
from taizhang.registers.steps import take_step
from tests.registers.conftest import picture

pytestmark = pytest.mark.django_db
COMPLAINT = """
register: complaint
name: 投诉台账
kind: case
owner: 办公室
number: "TS-{year}-{seq:3}"
dated_by: 收到日期
fields:
  - {name: 收到日期, type: date, required: true}
  - {name: 来源, type: choice, options: [网上, 来电], required: true, query: true}
  - {name: 事由, type: text, required: true, max_length: 40}
  - {name: 经过, type: long_text}
  - {name: 材料, type: file, many: true}
  - {name: 姓名, type: text, sensitive: true}
  - {name: 电话, type: phone, sensitive: true}
  - {name: 内部意见, type: long_text}
  - {name: 答复, type: long_text}
  - {name: 评价, type: choice, options: [满意, 不满意]}
lifecycle:
  initial: 登记
  states: {登记: open, 办理: open, 办结: closed, 作废: void}
  transitions:
    - {name: 受理, from: [登记], to: 办理, by: [办公室]}
    - {name: 答复, from: [办理], to: 办结, by: [办公室], requires: [答复]}
access:
  办公室: {see: all, create: all, edit: all}
  科室: {}
  局长: {}
  学校: {}
public:
  title: 投诉
  fields: [事由, 经过, 材料, 姓名, 电话]
  required: [经过]
  sets: {收到日期: "today()", 来源: "'网上'"}
  notice: 只用于办理
  otherwise: 可以打电话
  states: {登记: 已收到}
  shows: [来源]
  replies: [答复]
  rates: 评价
"""
WORDS = {"事由": "食堂价格", "经过": "每餐十五元没有公示", "姓名": "诸葛无名", "电话": "13900001234"}


@pytest.fixture
def door(county, install):
    install(complaint=COMPLAINT)
    return county


def zipped(*names: str) -> bytes:
    """A zip with empty entries of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, b"")
    return out.getvalue()


def form(**more) -> dict[str, object]:
    return {**WORDS, "homepage": "", "once": new_form_mark(), **more}


def file_one(client: Client, **more) -> str:
    answer = client.post(reverse("public:case", args=["complaint"]), form(**more))
    assert answer.status_code == 200, answer.content.decode()
    return re.search(r"<code>([0-9A-Z-]{19})</code>", answer.content.decode())[1]


def ask(client: Client, code: str):
    return client.post(reverse("public:follow"), {"query_code": code})


def test_a_stranger_files_a_case_that_enters_the_lifecycle_at_the_section_that_keeps_it(door, client):
    assert "投诉" in client.get(reverse("public:index")).content.decode()
    page = client.get(reverse("public:case", args=["complaint"])).content.decode()
    assert "只用于办理" in page and "可以打电话" in page and "内部意见" not in page
    file_one(client)
    record = Record.objects.get(register_code="complaint")
    assert (record.unit.name, record.state, record.data["来源"], record.data["事由"]) == (
        "办公室",
        "登记",
        "网上",
        "食堂价格",
    )
    assert record.number.startswith("TS-") and record.created_by is None
    assert Version.objects.get(record=record).source == "公众网上提交"
    for action in ("registers.record.created", "registers.public.filed"):
        assert Event.objects.get(action=action, subject=f"record:{record.pk}").address == "127.0.0.1"
    assert Notice.objects.filter(user=door.office, subject=f"record:{record.pk}").exists()
    assert not Notice.objects.exclude(user=door.office).exists()


def test_the_code_and_the_petitioner_are_nowhere_in_the_database_in_clear(door, client):
    code = file_one(client)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
            for secret in (code, read_code(code), WORDS["姓名"], WORDS["电话"]):
                assert secret not in text, table


def test_the_case_is_followed_by_the_code_and_shows_no_internal_field(door, client):
    code = file_one(client)
    record = Record.objects.get(register_code="complaint")
    page = ask(client, code).content.decode()
    assert "已收到" in page and record.number in page and "网上" in page
    take_step(record=record, step="受理", by=door.office)
    Record.objects.filter(pk=record.pk).update(
        data={**Record.objects.get(pk=record.pk).data, "内部意见": "疑似重复", "答复": "草稿不能外传"}
    )
    page = ask(client, f" {code.lower().replace('-', ' ')} ").content.decode()
    for hidden in ("疑似重复", "草稿不能外传", "诸葛", "1390000", "每餐十五元"):
        assert hidden not in page
    take_step(record=record, step="答复", by=door.office, values={"答复": "已责成公示价格"})
    page = ask(client, code).content.decode()
    assert "已责成公示价格" in page and "疑似重复" not in page
    assert ask(client, code)["Cache-Control"] == "no-store"


def test_a_stranger_rates_once_after_closing_and_only_what_is_offered(door, client):
    code = file_one(client)
    record = Record.objects.get(register_code="complaint")
    rate = reverse("public:rate")
    early = client.post(rate, {"query_code": code, "rating": "满意"})
    assert early.status_code == 422 and "还不能评价" in early.content.decode()
    take_step(record=record, step="受理", by=door.office)
    take_step(record=record, step="答复", by=door.office, values={"答复": "已公示"})
    assert "是否满意" in ask(client, code).content.decode()
    with pytest.raises(Problems, match="不在选项中"):
        rate_case(case=find_case(code), rating="极好")
    assert client.post(rate, {"query_code": code, "rating": ""}).status_code == 422
    assert "评价已收到" in client.post(rate, {"query_code": code, "rating": "不满意"}).content.decode()
    again = client.post(rate, {"query_code": code, "rating": "满意"})
    assert again.status_code == 422 and "已经评价过" in again.content.decode()
    record.refresh_from_db()
    assert record.data["评价"] == "不满意" and record.state == "办结"
    assert "是否满意" not in ask(client, code).content.decode()


def test_a_wrong_code_a_near_one_and_rubbish_get_the_same_answer(door, client):
    code = file_one(client)
    near = code[:-1] + ("2" if code[-1] != "2" else "3")
    answers = {
        ask(client, text).content.decode().split("<main")[1] for text in (near, new_code(), "abc", "TS-2026-001")
    }
    stripped = {re.sub(r'value="[^"]*"', "", text) for text in answers}
    assert len(stripped) == 1 and "没有这个查询码" in stripped.pop()
    assert ask(client, near).status_code == 404


def test_trying_codes_out_is_stopped_and_the_true_owner_elsewhere_is_not(door, client):
    code = file_one(client)
    most = LIMITS["follow"][0]
    assert [ask(client, new_code()).status_code for _ in range(most)] == [404] * most
    stopped = ask(client, code)
    assert stopped.status_code == 429 and "太频繁" in stopped.content.decode()
    assert client.post(reverse("public:rate"), {"query_code": code}).status_code == 429
    assert Client(REMOTE_ADDR="10.9.8.7").post(reverse("public:follow"), {"query_code": code}).status_code == 200
    assert not Knock.objects.filter(address__contains="127.0.0.1").exists()


def test_one_address_files_so_many_an_hour_and_keeps_its_words_when_it_is_stopped(door, client):
    most = LIMITS["file"][0]
    for _ in range(most):
        file_one(client)
    stopped = client.post(reverse("public:case", args=["complaint"]), form())
    page = stopped.content.decode()
    assert stopped.status_code == 429 and "太频繁" in page and WORDS["经过"] in page
    assert Record.objects.filter(register_code="complaint").count() == most


def test_neighbours_of_one_ipv6_network_are_one_address():
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff") != address_key("2001:db8:0:1::1")
    assert address_key("no address") != address_key("")


def test_a_form_sent_twice_is_one_case(door, client):
    sent = form()
    first = client.post(reverse("public:case", args=["complaint"]), sent)
    again = client.post(reverse("public:case", args=["complaint"]), sent)
    assert first.status_code == 200 and again.status_code == 422
    assert "已经收到" in again.content.decode()
    assert Record.objects.filter(register_code="complaint").count() == 1 == PublicCase.objects.count()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"经过": ""}, "这个字段是必填项"),
        ({"经过": "长" * 5001}, "太长：5001 字"),
        ({"事由": "长" * 41}, "太长：41 字"),
        ({"经过": "\x02\x03二进制"}, "不是文字的内容"),
        ({"经过": "空\x00字节"}, "含有不是文字的字符"),
        ({"电话": "一二三"}, "不是电话号码"),
        ({"homepage": "http://spam.example"}, "此栏请留空"),
        ({"once": "forged"}, "打开得太久"),
    ],
)
def test_a_faulty_form_is_refused_in_chinese_and_keeps_the_words(door, client, wrong, told):
    answer = client.post(reverse("public:case", args=["complaint"]), form(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page and WORDS["姓名"] in page
    assert not Record.objects.filter(register_code="complaint").exists()


def test_after_a_stale_page_the_second_try_goes_through(door, client):
    answer = client.post(reverse("public:case", args=["complaint"]), form(once="forged"))
    mark = re.search(r'name="once" value="([^"]+)"', answer.content.decode())[1]
    assert mark != "forged"
    file_one(client, once=mark)


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (SimpleUploadedFile("病毒.exe", b"MZ\x90\x00"), "不能上传"),
        (SimpleUploadedFile("照片.jpg", b"MZ\x90\x00"), "内容与后缀不符"),
        (SimpleUploadedFile("材料.docx", zipped("随便.exe")), "内容与后缀不符"),
        (SimpleUploadedFile("材料.docx", b"PK\x03\x04 broken"), "内容与后缀不符"),
        (SimpleUploadedFile("材料.docx", zipped("word/document.xml", "word/vbaProject.bin")), "带有宏"),
        (SimpleUploadedFile("大.pdf", b"%PDF" + b"0" * (5 * 2**20)), "不超过 5 MB"),
        (SimpleUploadedFile("空.pdf", b""), "空"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_in_chinese(door, client, upload, told):
    upload.seek(0)
    answer = client.post(reverse("public:case", args=["complaint"]), form(材料=upload))
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not Record.objects.filter(register_code="complaint").exists() and not Attachment.objects.exists()


@pytest.mark.parametrize("program", [b"MZ\x90\x00", b"\x7fELF\x02", b"PK\x03\x04"])
def test_inside_too_a_text_is_no_program_and_a_document_is_one(door, program):
    with pytest.raises(Problem, match="内容与后缀不符"):
        checked(SimpleUploadedFile("说明.txt", program), "附件", None)
    with pytest.raises(Problem, match="内容与后缀不符"):
        checked(SimpleUploadedFile("动图.webp", b"RIFF\x00\x00\x00\x00WAVE"), "附件", None)
    assert checked(SimpleUploadedFile("表.xlsx", zipped("xl/workbook.xml")), "附件", None).media_type.endswith("sheet")
    assert checked(SimpleUploadedFile("说明.txt", "中文".encode("utf-16")), "附件", None).size == 6


def test_small_pictures_come_along_and_six_are_too_many(door, client):
    many = client.post(reverse("public:case", args=["complaint"]), form(材料=[picture(f"{n}.png") for n in range(6)]))
    assert many.status_code == 422 and "最多 5 个" in many.content.decode()
    file_one(client, 材料=[picture("甲.png"), picture("乙.png")])
    assert [item.name for item in Attachment.objects.order_by("id")] == ["甲.png", "乙.png"]


def test_an_oversize_body_is_refused_before_anything_is_read(door, client):
    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("read")

        readline = read

    answer = client.generic(
        "POST", reverse("public:case", args=["complaint"]), b"", CONTENT_LENGTH=str(MOST_BODY + 1),
        **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert answer.status_code == 413 and "太大" in answer.content.decode()


def test_a_form_forged_elsewhere_is_refused(door):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("public:case", args=["complaint"]), form()).status_code == 403
    assert strict.post(reverse("public:follow"), {"query_code": new_code()}).status_code == 403
    page = strict.get(reverse("public:case", args=["complaint"])).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    answer = strict.post(reverse("public:case", args=["complaint"]), form(csrfmiddlewaretoken=token))
    assert answer.status_code == 200


def test_fields_that_the_door_does_not_open_cannot_be_slipped_in(door, client):
    file_one(client, 内部意见="已查实", 答复="同意", 收到日期="2020-01-01", 来源="来电", 状态="办结")
    record = Record.objects.get(register_code="complaint")
    assert "内部意见" not in record.data and "答复" not in record.data
    assert record.data["来源"] == "网上" and record.data["收到日期"] != "2020-01-01" and record.state == "登记"


@pytest.mark.parametrize("code", ["safety_hazard", "education_basics", "no_such"])
def test_a_register_without_a_door_is_as_unknown_as_none(door, client, code):
    answer = client.get(reverse("public:case", args=[code]))
    assert answer.status_code == 404 and "没有这项公众服务" in answer.content.decode()
    assert client.post(reverse("public:case", args=[code]), form()).status_code == 404


def test_the_rest_of_the_program_stays_shut_to_a_stranger(door, client):
    file_one(client)
    record = Record.objects.get(register_code="complaint")
    for name, args in (("registers:record", [record.pk]), ("registers:list", ["complaint"]), ("registers:index", [])):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 302 and "login" in answer["Location"]


def test_a_code_ends_when_the_register_closes_its_door(door, client, install):
    code = file_one(client)
    install(complaint=COMPLAINT.split("public:")[0])
    with pytest.raises(NotFound):
        find_case(code)
    assert ask(client, code).status_code == 404


def test_who_keeps_the_register_gives_out_a_fresh_code_and_the_old_one_ends(door, client):
    old = file_one(client)
    record = Record.objects.get(register_code="complaint")
    fresh = issue_code(record=record, by=door.office)
    assert ask(client, old).status_code == 404 and ask(client, fresh).status_code == 200
    assert fresh not in json.dumps(list(Event.objects.values_list("data", "label")), default=str)
    for stranger in (door.own, door.chief, door.finance, door.stranger):
        with pytest.raises((NotFound, Forbidden)):
            issue_code(record=record, by=stranger)


def test_a_case_filed_by_the_office_gets_a_code_on_its_page(door, client):
    from taizhang.registers.actions import create_record

    values = {"收到日期": "2026-03-02", "来源": "来电", "事由": "补课收费"}
    record = create_record(register="complaint", unit=door.unit("K1"), values=values, by=door.office).record
    client.force_login(door.office)
    url = reverse("registers:query_code", args=[record.pk])
    page = client.post(url).content.decode()
    code = re.search(r"<code>([0-9A-Z-]{19})</code>", page)[1]
    assert followed(find_case(code)).number == record.number
    for user, status in ((door.own, 404), (door.stranger, 404)):
        client.force_login(user)
        assert client.post(url).status_code == status
    client.force_login(door.office)
    assert client.get(url).status_code == 405


def test_codes_are_random_readable_and_forgiving():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200 and all(re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code) for code in codes)
    assert len(ALPHABET) == 32 and not set("ILOU") & set(ALPHABET)
    assert read_code("o0il-llll　1111－aaaa") == "001111111111AAAA"
    assert read_code("短") == read_code("7K2M-9QXW-AAAA-AAA!") == ""
    assert digest_of("7k2m9qxwaaaaaaaa") == digest_of("7K2M-9QXW-AAAA-AAAA")


FAULTS = {
    "fields: [事由, 经过, 材料, 姓名, 电话]": ("fields: [事由, 经过, 没有]", "没有字段“没有”"),
    '  sets: {收到日期: "today()", 来源: "\'网上\'"}': ('  sets: {收到日期: "today()"}', "“来源”公众没法填"),
    "  required: [经过]": ("  required: [来源]", "不在 public.fields 里"),
    "  shows: [来源]": ("  shows: [姓名]", "不能显示给公众"),
    "  replies: [答复]": ("  replies: [材料]", "不能显示给公众"),
    "  rates: 评价": ("  rates: 答复", "须是单选"),
    "  states: {登记: 已收到}": ("  states: {登计: 已收到}", "没有状态“登计”"),
    "  - {name: 经过, type: long_text}": ("  - {name: 经过, type: unit}", "不能让公众填写"),
    "kind: case": ("kind: roster", "只有案件型"),
}


@pytest.mark.parametrize("old", FAULTS)
def test_a_door_that_could_not_work_or_would_tell_too_much_is_no_release(county, install, old):
    new, told = FAULTS[old]
    assert old in COMPLAINT
    with pytest.raises(Problem, match=told):
        install(complaint=COMPLAINT.replace(old, new))


def test_a_retired_register_takes_no_new_case_and_answers_for_the_old_ones(door, install, client):
    code = file_one(client)
    record = Record.objects.get(register_code="complaint")
    take_step(record=record, step="受理", by=door.office)
    take_step(record=record, step="答复", by=door.office, values={"答复": "已责成公示价格"})
    install(complaint=COMPLAINT.replace("kind: case", "kind: case\nretired: 2026-01-01", 1))
    assert "cases/complaint" not in client.get(reverse("public:index")).content.decode()
    assert client.get(reverse("public:case", args=["complaint"])).status_code == 404
    page = ask(client, code)
    assert page.status_code == 200 and "已责成公示价格" in page.content.decode()
    assert "不满意" not in page.content.decode(), "nobody could take the rating any more"
