"""The desk where registers are made: one document, edited by forms or as text, checked, compared, released, taken back."""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LifecycleDef
from taizhang.catalog.models import PackDraft, PackRelease
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.actions import create_record
from taizhang.registers.maker import actions, chain, documents, queries
from taizhang.registers.maker.guessing import guess
from taizhang.registers.models import Record
from tests.registers.making import BUS, PACKS, adding, changed, client_of, drafted, released, without
from tests.support import County

pytestmark = pytest.mark.django_db


class TestADocument:
    def test_a_text_written_by_the_desk_reads_back_as_the_same_data(self):
        data = {
            **BUS,
            "lifecycle": {
                "initial": "在册",
                "states": {"在册": "open", "作废": "void"},
                "transitions": [{"name": "是", "from": ["在册"], "to": "作废", "by": ["科室"]}],
            },
            "access": {"学校": {"see": "own"}},
            "checks": [{"name": "座位", "formula": "座位数 > 0", "message": "1: 2 # 不是注释"}],
        }
        assert documents.load(documents.dump(data)) == data

    def test_each_item_stands_on_one_line_in_the_usual_order(self):
        text = documents.dump({"fields": BUS["fields"], "name": "班车台账", "register": "bus"})
        assert text.splitlines() == [
            "register: bus",
            "name: 班车台账",
            "fields:",
            "  - {name: 车牌号, type: text, required: true}",
            "  - {name: 座位数, type: integer}",
        ]

    def test_the_lines_of_items_are_found_however_they_were_written(self):
        text = "fields:\n  - name: 甲\n    type: text\n  - {name: 乙, type: date}\nchecks: []\n"
        assert documents.item_lines(text, "fields") == [(2, 4), (4, 5)]

    def test_burying_a_field_leaves_its_name_and_takes_it_off_the_list(self):
        data = documents.bury({**BUS, "list": ["座位数"]}, "座位数", "integer", date(2026, 3, 1))
        assert data["removed"] == [{"name": "座位数", "type": "integer", "since": "2026-03-01"}]
        assert [item["name"] for item in data["fields"]] == ["车牌号"] and "list" not in data


class TestDrafts:
    def test_a_draft_may_be_faulty_and_says_where(self, county: County):
        draft = drafted(county)
        text = queries.text_of(draft).replace("type: integer", "type: interger")
        draft = actions.save_draft(draft=draft, text=text, what="改源文件", by=county.office, seen=draft.number)
        desk = queries.desk_of(draft)
        line = next(at for at, said in enumerate(text.splitlines(), 1) if "interger" in said)
        assert queries.line_in(desk.problems[0], draft.path) == line and "integer" in desk.problems[0].remedy
        assert [len(found) for found in desk.faults_at("fields")] == [0, 1]
        with pytest.raises(Problems):
            actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        assert "bus" not in catalog().registers

    def test_text_that_is_no_yaml_is_kept_and_only_the_source_can_be_changed(self, county: County):
        draft = drafted(county)
        client = client_of(county.office)
        broken = "name: [校车\n# 我的说明\n"
        address = f"{PACKS}drafts/{draft.pk}/"
        client.post(address, {"part": "source", "text": broken, "seen": draft.number})
        page = client.get(f"{address}?part=fields").content.decode()
        assert "我的说明" in page and "YAML 写法有误" in page and 'name="text"' in page
        page = client.post(address, {"part": "fields", "op": "up:0", "seen": draft.number + 1})
        assert page.status_code == 422 and "先改好源文件" in page.content.decode()

    def test_undo_and_redo_walk_the_versions_and_a_change_after_undo_drops_what_was_undone(self, county: County):
        draft = drafted(county)
        first = queries.text_of(draft)
        draft = actions.save_draft(draft=draft, text=first + "owner: 安全管理科\n", what="甲", by=county.office, seen=1)
        draft = actions.go_to_version(draft=draft, number=1, by=county.office, seen=2)
        assert queries.text_of(draft) == first
        draft = actions.go_to_version(draft=draft, number=2, by=county.office, seen=1)
        assert "安全管理科" in queries.text_of(draft)
        draft = actions.go_to_version(draft=draft, number=1, by=county.office, seen=2)
        draft = actions.save_draft(draft=draft, text=first + "owner: 办公室\n", what="乙", by=county.office, seen=1)
        assert list(draft.versions.order_by("number").values_list("what", flat=True)) == ["新建", "乙"]

    def test_who_looked_at_an_older_version_is_told_who_changed_what_and_keeps_the_typed_text(self, county: County):
        draft = drafted(county)
        text = queries.text_of(draft) + "owner: 安全管理科\n"
        actions.save_draft(draft=draft, text=text, what="写主管科室", by=county.safety, seen=1)
        answer = client_of(county.office).post(
            f"{PACKS}drafts/{draft.pk}/",
            {"part": "fields", "item": "new", "name": "检验到期", "type": "date", "help": "看行驶证", "seen": 1},
        )
        page = answer.content.decode()
        assert answer.status_code == 422 and "写主管科室" in page
        assert 'value="检验到期"' in page and 'value="看行驶证"' in page
        assert "检验到期" not in queries.text_of(PackDraft.objects.get())

    def test_a_code_that_is_drafted_or_used_is_not_given_again(self, county: County):
        drafted(county)
        for data in (
            {**BUS, "name": "另一本"},
            {**BUS, "register": "safety_hazard"},
            {**BUS, "register": "x", "name": "安全隐患台账"},
        ):
            with pytest.raises(Problem) as refused:
                actions.start_draft(data=data, by=county.office)
            assert refused.value.code in ("REG-316", "REG-317")

    def test_a_new_register_may_still_change_its_code_and_its_document_follows(self, county: County):
        draft = drafted(county)
        text = queries.text_of(draft).replace("register: bus", "register: coach")
        draft = actions.save_draft(draft=draft, text=text, what="改", by=county.office, seen=draft.number)
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        assert "registers/coach.yaml" in PackRelease.objects.get(name="local").files

    def test_giving_a_draft_up_leaves_what_is_released(self, county: County):
        released(county)
        draft = changed(county, without("座位数"))
        actions.discard_draft(draft=draft, by=county.office)
        assert catalog().register("bus").field("座位数") and not PackDraft.objects.exists()

    def test_what_a_form_does_not_know_stays_as_it_was_written(self, county: County):
        draft = drafted(county)
        text = queries.text_of(draft).replace("座位数, type: integer", "座位数, type: integer, swing: 0.2")
        draft = actions.save_draft(draft=draft, text=text, what="改", by=county.office, seen=draft.number)
        client_of(county.office).post(
            f"{PACKS}drafts/{draft.pk}/",
            {
                "part": "fields",
                "item": "1",
                "name": "座位数",
                "type": "integer",
                "unit": "座",
                "min": "1",
                "seen": draft.number,
            },
        )
        fields = documents.load(queries.text_of(PackDraft.objects.get()))["fields"]
        assert fields[1] == {"name": "座位数", "type": "integer", "swing": 0.2, "unit": "座", "min": 1}

    def test_a_state_that_is_renamed_is_renamed_in_its_steps(self, county: County):
        step = {"name": "注销", "from": ["在册"], "to": "注销", "by": ["科室"]}
        life = {"initial": "在册", "states": {"注销": "closed", "在册": "open"}, "transitions": [step]}
        draft = drafted(county, lifecycle=life)
        client_of(county.office).post(
            f"{PACKS}drafts/{draft.pk}/",
            {"part": "states", "item": "1", "name": "在用", "category": "open", "seen": draft.number},
        )
        changed_to = documents.load(queries.text_of(PackDraft.objects.get()))["lifecycle"]
        assert changed_to["initial"] == "在用" and changed_to["transitions"][0]["from"] == ["在用"]

    def test_a_state_says_what_it_asks_of_the_fields_and_takes_it_along_when_it_is_renamed_or_removed(
        self, county: County
    ):
        life = {"initial": "在册", "states": {"在册": "open", "注销": "closed"}, "standing": "在册",
                "reopen": {"to": "在册", "by": ["科室"], "name": "恢复"}}  # fmt: skip
        draft, client = drafted(county, lifecycle=life), client_of(county.office)

        def post(**values: Any) -> documents.Data:
            seen = PackDraft.objects.get(pk=draft.pk).number
            client.post(f"{PACKS}drafts/{draft.pk}/", {"part": "states", "seen": seen, **values})
            return documents.load(queries.text_of(PackDraft.objects.get()))["lifecycle"]

        asked = post(item="1", name="注销", category="closed", required="座位数", hidden="车牌号")
        assert asked["in_state"] == {"注销": {"required": ["座位数"], "hidden": ["车牌号"]}}
        assert asked["standing"] == ["在册"]
        renamed = post(item="0", name="在用", category="open", standing="on", readonly="车牌号")
        assert renamed["standing"] == ["在用"] and renamed["reopen"] == {"to": "在用", "by": ["科室"], "name": "恢复"}
        assert renamed["in_state"]["在用"] == {"readonly": ["车牌号"]}
        left = post(op="remove:1")
        assert left["in_state"] == {"在用": {"readonly": ["车牌号"]}} and list(left["states"]) == ["在用"]

    def test_a_guard_says_what_to_do_when_it_does_not_hold(self, county: County):
        life = {"initial": "在册", "states": {"在册": "open", "注销": "closed"},
                "transitions": [{"name": "注销", "from": ["在册"], "to": "注销", "by": ["科室"]}]}  # fmt: skip
        draft, client = drafted(county, lifecycle=life), client_of(county.office)
        asked = {"part": "transitions", "item": "0", "name": "注销", "start": "在册", "to": "注销", "by": "科室"}
        for guard, message, written in (
            ("座位数 > 0", "先填座位数", {"formula": "座位数 > 0", "message": "先填座位数"}),
            ("座位数 > 1", "", "座位数 > 1"),
        ):
            seen = PackDraft.objects.get().number
            client.post(f"{PACKS}drafts/{draft.pk}/", {**asked, "guard": guard, "guard_message": message, "seen": seen})
            (step,) = documents.load(queries.text_of(PackDraft.objects.get()))["lifecycle"]["transitions"]
            assert step["guard"] == written

    def test_reopening_is_set_among_the_basics_with_the_posts_that_may(self, county: County):
        draft, client = (
            drafted(county, lifecycle={"initial": "在册", "states": {"在册": "open"}}),
            client_of(county.office),
        )
        asked = {"part": "basics", "name": "班车台账", "register": "bus", "kind": "roster", "line": "安全", "seen": 1}
        page = client.post(f"{PACKS}drafts/{draft.pk}/", {**asked, "reopen_to": "在册"})
        assert page.status_code == 422 and "选由谁办" in page.content.decode()
        client.post(f"{PACKS}drafts/{draft.pk}/", {**asked, "reopen_to": "在册", "reopen_by": ["科室", "办公室"]})
        life = documents.load(queries.text_of(PackDraft.objects.get()))["lifecycle"]
        assert life["reopen"]["to"] == "在册" and set(life["reopen"]["by"]) == {"科室", "办公室"}

    def test_a_statistics_register_says_which_numbers_may_be_added(self, county: County):
        one = {"name": "在校生数", "type": "integer", "required": True}
        draft = drafted(county, kind="statistics", period="month", fields=[one])
        client = client_of(county.office)
        client.post(f"{PACKS}drafts/{draft.pk}/",
                    {"part": "fields", "item": "0", **one, "measure": "stock", "additive": "yes", "seen": 1})  # fmt: skip
        (field,) = documents.load(queries.text_of(PackDraft.objects.get()))["fields"]
        assert field == {**one, "measure": "stock", "additive": "yes"}
        roster = actions.start_draft(data={**BUS, "register": "coach", "name": "客车台账"}, by=county.office)
        page = client.get(f"{PACKS}drafts/{roster.pk}/?part=fields&item=new").content.decode()
        assert 'name="measure"' not in page and 'data-fits="choice choices"' in page


class TestFromASheet:
    def test_a_row_of_totals_says_nothing_of_the_columns(self):
        lines = ["序号,设备名称,件数", *(f"{at},蒸箱{at},{at}" for at in range(1, 6)), "合计,,15"]
        found = {item.name: item for item in guess(table_from_bytes("\n".join(lines).encode(), "表.csv"))}
        assert found["设备名称"].required and found["件数"].required and "15" not in found["件数"].sample

    def test_columns_become_fields_by_what_stands_in_them(self):
        lines = ["序号,学校名称,检查日期,项目,金额（元）,面积(㎡),完成率,联系电话,身份证号,是否整改,学籍号,备注"]
        for day in range(1, 9):
            kind = "消防" if day % 2 else "食堂"
            lines.append(
                f"{day},第一小学,2026-03-0{day},{kind},{day}00.50,{day}.5,{day}0%,1390000000{day},11010119900307{day}91X,是,0{day}23,{'很长' * 40}"
            )
        found = {item.name: item for item in guess(table_from_bytes("\n".join(lines).encode(), "表.csv"))}
        assert {name: item.type for name, item in found.items() if not item.skip} == {
            "检查日期": "date", "项目": "choice", "金额": "money", "面积": "decimal", "完成率": "percent", "联系电话": "phone",
            "身份证号": "id_card", "是否整改": "yes_no", "学籍号": "text", "备注": "long_text",
        }  # fmt: skip
        assert found["学校名称"].skip and found["序号"].skip
        assert found["项目"].options == ["消防", "食堂"] and found["面积"].unit == "㎡"
        assert found["联系电话"].sensitive and found["身份证号"].sensitive and not found["金额"].sensitive
        assert found["检查日期"].required

    def test_an_empty_sheet_is_guessed_from_its_headers(self):
        found = guess(table_from_bytes("名称,办理日期,手机\n".encode(), "表.csv"))
        assert [item.type for item in found] == ["text", "date", "phone"]
        assert not any(item.required for item in found)

    def test_the_sheet_is_confirmed_becomes_a_draft_and_then_its_rows_come_in(self, county: County):
        book = openpyxl.Workbook()
        for row in (
            ["学校名称", "车牌号", "座位数（座）", "检验到期", "司机电话"],
            ["第一小学", "云A1", 19, date(2026, 9, 1), "13900000001"],
            ["第二小学", "云A2", 37, date(2026, 10, 1), "13900000002"],
            ["第一小学", "云A3", 19, date(2026, 11, 1), "13900000003"],
        ):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        client = client_of(county.office)
        answer = client.post(f"{PACKS}from-sheet/", {"file": SimpleUploadedFile("班车台账2026.xlsx", out.getvalue())})
        page = answer.content.decode()
        assert answer.status_code == 200 and 'value="班车台账"' in page and "单位" in page
        sent = dict(re.findall(r'<input type="(?:text|hidden)" name="(form-[^"]+)" value="([^"]*)"', page))
        ticked = re.findall(r'<input type="checkbox" name="(form-[^"]+)"[^>]* checked', page)
        sent |= dict.fromkeys(ticked, "on")
        for name, options in re.findall(r'<select name="(form-\d+-type)".*?>(.*?)</select>', page, re.S):
            chosen = re.search(r'value="(\w+)" selected', options)
            assert chosen
            sent[name] = chosen[1]
        faulty = client.post(
            f"{PACKS}from-sheet/", {**sent, "name": "班车台账", "register": "坏", "kind": "roster", "line": "安全"}
        )
        assert faulty.status_code == 422 and 'value="车牌号"' in faulty.content.decode()
        answer = client.post(
            f"{PACKS}from-sheet/", {**sent, "name": "班车台账", "register": "bus", "kind": "roster", "line": "安全"}
        )
        assert answer.status_code == 302
        draft = PackDraft.objects.get()
        fields = {item["name"]: item for item in documents.load(queries.text_of(draft))["fields"]}
        assert fields["座位数"]["unit"] == "座" and fields["司机电话"]["sensitive"] is True
        assert "学校名称" not in fields
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        safety = client_of(county.safety)
        answer = safety.post("/registers/bus/import/", {"file": SimpleUploadedFile("校车.xlsx", out.getvalue())})
        assert answer.status_code == 302
        safety.post(answer["Location"])
        assert Record.objects.filter(register_code="bus").count() == 3


class TestWhatIsShown:
    def test_a_lifecycle_is_drawn_with_every_state_and_step_once(self):
        life = LifecycleDef.model_validate(
            {
                "initial": "待整改",
                "states": {"作废": "void", "待整改": "open", "待复查": "open", "已销号": "closed"},
                "transitions": [
                    {"name": "提交", "from": ["待整改"], "to": "待复查", "by": ["学校"]},
                    {"name": "通过", "from": ["待复查"], "to": "已销号", "by": ["科室"]},
                    {"name": "退回", "from": ["待复查"], "to": "待整改", "by": ["科室"]},
                    {"name": "作废", "from": ["待整改"], "to": "作废", "by": ["科室"]},
                ],
            }
        )
        drawing = chain.draw(life)
        assert [box.name for box in drawing.boxes] == ["待整改", "待复查", "已销号", "作废"]
        assert {arrow.label: arrow.back for arrow in drawing.arrows} == {
            "提交": False, "通过": False, "退回": True, "作废": False,
        }  # fmt: skip
        ends = [(box.x, box.x + box.width) for box in drawing.boxes]
        assert all(left[1] < right[0] for left, right in pairwise(ends))
        assert drawing.width > ends[-1][1]

    def test_a_formula_is_answered_while_it_is_typed(self, county: County):
        draft = drafted(county)
        client = client_of(county.office)

        def said(text: str, kind: str, result: str) -> str:
            values = {"check": "formula", "formula": text, "formula_kind": kind, "formula_result": result}
            return client.post(f"{PACKS}drafts/{draft.pk}/check/", values).content.decode()

        assert "座位数" in said("坐位数 * 2", "row", "") and "tz-field-error" in said("坐位数 * 2", "row", "")
        assert "公式正确" in said("座位数 * 2", "row", "")
        assert "tz-field-error" in said("座位数 * 2", "row", "yes_no")
        assert "发布并有记录后" in said("count()", "aggregate", "number")

    def test_an_indicator_shows_its_value_over_the_records_that_are_there(self, county: County, settings, tmp_path):
        settings.WAREHOUSE = tmp_path
        released(county)
        for plate, seats in (("云A1", 19), ("云A2", 30)):
            create_record(
                register="bus", unit=county.unit("S1"), values={"车牌号": plate, "座位数": seats}, by=county.own
            )
        draft = changed(county, adding({"name": "检验到期", "type": "date"}))
        client = client_of(county.office)
        values = {"check": "formula", "formula_kind": "aggregate", "formula_result": "number"}
        address = f"{PACKS}drafts/{draft.pk}/check/"
        assert "49" in client.post(address, {**values, "formula": "sum(座位数)"}).content.decode()
        assert "发布后可以试算" in client.post(address, {**values, "formula": "count(检验到期)"}).content.decode()

    def test_the_form_and_the_list_that_come_out_are_shown_beside_the_editor(self, county: County):
        draft = drafted(county)
        page = client_of(county.office).get(f"{PACKS}drafts/{draft.pk}/").content.decode()
        assert 'id="preview_车牌号"' in page and "<svg" in page and "座位数" in page

    def test_the_pages_ask_the_database_little(self, county: County, django_assert_max_num_queries):
        for number in range(4):
            released(county, register=f"bus{number}", name=f"班车台账{number}")
        draft = drafted(county)
        client = client_of(county.office)
        client.get(PACKS)
        with django_assert_max_num_queries(30):
            client.get(PACKS)
        with django_assert_max_num_queries(30):
            client.get(f"{PACKS}drafts/{draft.pk}/?part=transitions&item=new")

    def test_what_is_not_there_is_not_found(self, county: County):
        client = client_of(county.office)
        for address in ("drafts/99999/", "releases/99999/", "registers/none/", "take-in/abc/"):
            assert client.get(PACKS + address).status_code == 404, address
        with pytest.raises(NotFound):
            queries.released_files("none")
