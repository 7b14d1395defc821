"""The desk where registers are made: one document, edited by forms or as text, checked, compared, released, taken back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LifecycleDef
from taizhang.catalog.models import PackDraft, PackRelease
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.maker import actions, archive, chain, documents, queries
from taizhang.registers.maker.guessing import guess
from taizhang.registers.models import Facet, Record
from taizhang.registers.queries import Filters, records_for, registers_for
from tests.support import County

pytestmark = pytest.mark.django_db
PACKS = "/settings/packs/"
BUS = {
    "register": "bus",
    "name": "班车台账",
    "kind": "roster",
    "line": "安全",
    "fields": [{"name": "车牌号", "type": "text", "required": True}, {"name": "座位数", "type": "integer"}],
}


def drafted(county: County, **more: Any) -> PackDraft:
    return actions.start_draft(data={**BUS, **more}, by=county.office)


def released(county: County, **more: Any) -> PackRelease:
    draft = drafted(county, **more)
    return actions.release_draft(draft=draft, by=county.office, seen=draft.number)


def changed(county: County, text_of: Any, what: str = "改") -> PackDraft:
    """The released register's draft with its data changed by a function."""
    draft = actions.open_draft(code="bus", by=county.office)
    data = text_of(documents.load(queries.text_of(draft)))
    return actions.save_draft(draft=draft, text=documents.dump(data), what=what, by=county.office, seen=draft.number)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def without(name: str):
    return lambda data: {**data, "fields": [item for item in data["fields"] if item["name"] != name]}


def adding(*fields: dict[str, Any]):
    return lambda data: {**data, "fields": [*data["fields"], *fields]}


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


class TestReleases:
    def test_a_release_is_in_force_at_once_and_told_in_the_audit(self, county: County):
        release = released(county)
        assert catalog().register("班车台账").field("座位数")
        event = Event.objects.get(action="registers.pack.released")
        assert event.actor_id == county.office.pk and event.data["release"] == release.pk
        assert any("班车台账" in text for text in event.data["changes"])

    def test_two_registers_are_kept_side_by_side(self, county: County):
        released(county)
        draft = actions.start_draft(data={**BUS, "register": "van", "name": "面包车台账"}, by=county.office)
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        assert {"bus", "van"} <= catalog().registers.keys()
        assert list(PackRelease.objects.filter(name="local").order_by("pk").values_list("version", flat=True)) == [
            "1",
            "2",
        ]

    def test_a_type_may_not_change_and_a_field_may_not_simply_go(self, county: County):
        released(county)
        for change in (
            lambda data: {**data, "fields": [data["fields"][0], {"name": "座位数", "type": "text"}]},
            without("座位数"),
            lambda data: {**data, "name": "校巴台账"},
        ):
            draft = changed(county, change)
            page = client_of(county.office).get(f"{PACKS}drafts/{draft.pk}/release/").content.decode()
            assert "不允许" in page and "disabled" in page
            with pytest.raises(Problems) as refused:
                actions.release_draft(draft=draft, by=county.office, seen=draft.number)
            assert {item.code for item in refused.value.problems} == {"CAT-020"}
            actions.discard_draft(draft=draft, by=county.office)

    def test_removing_a_released_field_in_the_editor_writes_its_tombstone(self, county: County):
        released(county)
        draft = actions.open_draft(code="bus", by=county.office)
        client = client_of(county.office)
        client.post(f"{PACKS}drafts/{draft.pk}/", {"part": "fields", "op": "remove:1", "seen": draft.number})
        draft.refresh_from_db()
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        assert [item.name for item in catalog().register("bus").removed] == ["座位数"]
        draft = actions.open_draft(code="bus", by=county.office)
        answer = client.post(
            f"{PACKS}drafts/{draft.pk}/",
            {"part": "fields", "item": "new", "name": "座位数", "type": "integer", "seen": draft.number},
        )
        assert answer.status_code == 422 and "曾用过并已停用" in answer.content.decode()

    def test_before_the_release_one_reads_what_it_means_for_the_records(self, county: County):
        released(county)
        create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "云A1"}, by=county.own)
        draft = changed(county, adding({"name": "检验到期", "type": "date", "required": True}))
        page = client_of(county.office).get(f"{PACKS}drafts/{draft.pk}/release/").content.decode()
        assert "已有 1 条记录" in page and "在已有记录里是空的" in page and "1 条已有记录没有填" in page

    def test_a_field_that_becomes_a_filter_finds_the_records_that_were_there(self, county: County):
        released(county)
        create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "云A1", "座位数": 19}, by=county.own)
        record = Record.objects.get(register_code="bus")
        assert not Facet.objects.filter(record=record).exists()
        draft = changed(
            county, lambda data: {**data, "fields": [data["fields"][0], {**data["fields"][1], "query": True}]}
        )
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        assert list(records_for(county.own, "bus", Filters(facets={"座位数": (10, 20)}))) == [record]
        assert not list(records_for(county.own, "bus", Filters(facets={"座位数": (30, None)})))

    def test_a_field_that_becomes_sensitive_is_encrypted_where_it_stands_and_never_opened_again(self, county: County):
        released(county)
        saved = create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "云A1"}, by=county.own)
        draft = changed(
            county, lambda data: {**data, "fields": [{**data["fields"][0], "sensitive": True}, data["fields"][1]]}
        )
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        kept = [Record.objects.get(pk=saved.record.pk).data, *saved.record.versions.values_list("data", flat=True)]
        assert all("云A1" not in str(data) and data["车牌号"] for data in kept)
        client = client_of(county.own)
        assert "云A1" not in client.get(f"/registers/records/{saved.record.pk}/").content.decode()
        shown = client.post(f"/registers/records/{saved.record.pk}/reveal/", {"field": "车牌号", "reason": "核对车辆"})
        assert "云A1" in shown.content.decode()
        draft = changed(county, lambda data: {**data, "fields": BUS["fields"]})
        with pytest.raises(Problems, match="敏感"):
            actions.release_draft(draft=draft, by=county.office, seen=draft.number)

    def test_a_field_with_doubles_cannot_become_unique(self, county: County):
        released(county)
        for unit in ("S1", "S2"):
            create_record(register="bus", unit=county.unit(unit), values={"车牌号": "云A1"}, by=county.root)
        draft = changed(
            county, lambda data: {**data, "fields": [{**data["fields"][0], "unique": True}, data["fields"][1]]}
        )
        answer = client_of(county.office).post(f"{PACKS}drafts/{draft.pk}/release/", {"seen": draft.number})
        assert answer.status_code == 422 and "已有记录有重复" in answer.content.decode()
        assert not catalog().register("bus").field("车牌号").unique

    def test_how_often_a_statistics_register_is_filled_stays_once_there_are_records(self, county: County):
        released(county, kind="statistics", period="month")
        create_record(
            register="bus",
            unit=county.unit("S1"),
            period="2026-03",
            values={"车牌号": "无", "座位数": 3},
            by=county.own,
        )
        draft = changed(county, lambda data: {**data, "period": "year"})
        assert "不能改多久一期" in client_of(county.office).get(f"{PACKS}drafts/{draft.pk}/release/").content.decode()
        with pytest.raises(Problems, match="多久一期"):
            actions.release_draft(draft=draft, by=county.office, seen=draft.number)

    def test_a_document_that_was_released_otherwise_meanwhile_is_shown_before_it_is_overwritten(self, county: County):
        released(county)
        mine = changed(county, adding({"name": "检验到期", "type": "date"}))
        files = queries.released_files("local")
        files["registers/bus.yaml"] += "owner: 安全管理科\n"
        actions.take_in(files={**files, "pack.yaml": files["pack.yaml"].replace("'1'", "'9'")}, by=county.office)
        with pytest.raises(Problem) as refused:
            actions.release_draft(draft=mine, by=county.office, seen=mine.number)
        assert refused.value.code == "REG-312"
        client = client_of(county.office)
        address = f"{PACKS}drafts/{mine.pk}/"
        assert "已另有发布" in client.get(f"{address}release/").content.decode()
        client.post(f"{address}move/", {"op": "rebase", "seen": mine.number})
        client.post(f"{address}release/", {"seen": mine.number})
        assert catalog().register("bus").field("检验到期") and not catalog().register("bus").owner

    def test_an_earlier_release_comes_back_as_a_new_one_with_tombstones_for_what_came_later(self, county: County):
        first = released(county)
        draft = changed(county, adding({"name": "检验到期", "type": "date"}))
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        page = client_of(county.office).get(f"{PACKS}releases/{first.pk}/").content.decode()
        assert "恢复到这一版" in page and "检验到期" in page
        made = actions.restore_release(release=first, by=county.office)
        register = catalog().register("bus")
        assert made.pk > first.pk and register.field("检验到期") is None
        assert [item.name for item in register.removed] == ["检验到期"]

    def test_a_name_that_has_retired_since_does_not_come_back(self, county: County):
        first = released(county)
        draft = changed(county, lambda data: documents.bury(data, "座位数", "integer", date(2026, 1, 1)))
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        with pytest.raises(Problems, match="曾用过"):
            actions.restore_release(release=first, by=county.office)
        client = client_of(county.office)
        assert "不能整个恢复" in client.get(f"{PACKS}releases/{first.pk}/").content.decode()
        assert client.post(f"{PACKS}releases/{first.pk}/restore/").status_code == 422

    def test_a_register_that_came_later_retires_when_an_earlier_release_comes_back(self, county: County):
        first = released(county)
        draft = actions.start_draft(data={**BUS, "register": "van", "name": "面包车台账"}, by=county.office)
        actions.release_draft(draft=draft, by=county.office, seen=draft.number)
        actions.restore_release(release=first, by=county.office)
        assert catalog().register("van").retired and not catalog().register("bus").retired


class TestRetiring:
    def test_records_are_read_and_nothing_is_written(self, county: County):
        released(county)
        saved = create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "云A1"}, by=county.own)
        actions.retire_register(code="bus", by=county.office)
        assert "bus" not in [item.code for item in registers_for(county.own)]
        assert list(records_for(county.own, "bus")) == [saved.record]
        assert "/registers/bus/" in client_of(county.own).get("/registers/").content.decode()
        for user in (county.own, county.safety, county.root, None):
            with pytest.raises(Forbidden, match="停用"):
                create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "云A2"}, by=user)
            with pytest.raises(Forbidden, match="停用"):
                edit_record(record=saved.record, values={"车牌号": "云A3"}, by=user)

    def test_it_may_be_taken_into_use_again(self, county: County):
        released(county)
        actions.retire_register(code="bus", by=county.office)
        with pytest.raises(Problem, match="已经停用"):
            actions.retire_register(code="bus", by=county.office)
        actions.retire_register(code="bus", by=county.office, back=True)
        assert "bus" in [item.code for item in registers_for(county.own)]

    def test_the_core_pack_is_neither_edited_nor_retired_here(self, county: County):
        for act in (actions.open_draft, actions.retire_register):
            with pytest.raises(Problem) as refused:
                act(code="safety_hazard", by=county.office)
            assert refused.value.code == "REG-310"

    def test_a_pack_that_leaves_a_register_out_is_refused(self, county: County):
        released(county)
        with pytest.raises(Problems, match="不见了"):
            actions.take_in(files={"pack.yaml": "name: local\nversion: '9'\ntitle: 空\n"}, by=county.office)


class TestPacksInAndOut:
    def test_a_release_goes_out_as_a_zip_and_comes_in_again(self, county: County):
        release = released(county)
        data = client_of(county.office).get(f"{PACKS}releases/{release.pk}/zip/").content
        assert archive.unpack(data, "包.zip") == release.files

    def test_a_folder_around_the_pack_and_names_in_gbk_are_read(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("我局/pack.yaml", "name: local\nversion: '1'\ntitle: 我局\n")
            packed.writestr("我局/registers/bus.yaml", "register: bus\n")
            packed.writestr("我局/照片.png", b"no")
            packed.writestr("../evil.yaml", "x: 1\n")
        assert set(archive.unpack(out.getvalue(), "包.zip")) == {"pack.yaml", "registers/bus.yaml"}

    @pytest.mark.parametrize(
        ("data", "word"),
        [(b"not a zip", "打不开"), (archive.pack_zip({"a.yaml": "x: 1\n"}), "pack.yaml")],
    )
    def test_what_is_no_pack_is_answered_with_what_to_do(self, county: County, data: bytes, word: str):
        answer = client_of(county.office).post(f"{PACKS}take-in/", {"file": SimpleUploadedFile("包.zip", data)})
        assert answer.status_code == 422 and word in answer.content.decode()

    def test_a_zip_is_compared_before_it_is_released(self, county: County):
        data = archive.pack_zip(
            {"pack.yaml": "name: line\nversion: '1'\ntitle: 条线包\n", "registers/bus.yaml": documents.dump(BUS)}
        )
        client = client_of(county.office)
        answer = client.post(f"{PACKS}take-in/", {"file": SimpleUploadedFile("包.zip", data)})
        assert "台账 班车台账" in client.get(answer["Location"]).content.decode() and "bus" not in catalog().registers
        assert client_of(county.root).get(answer["Location"]).status_code == 404
        client.post(answer["Location"])
        assert "bus" in catalog().registers

    def test_a_pack_cannot_give_its_bringer_another_post(self, county: County):
        posts = (
            "posts:\n  办公室: {at: [科室], access: {see: all, create: all, edit: all}, can: [manage_units, unmask]}\n"
        )
        files = {"pack.yaml": "name: line\nversion: '1'\ntitle: 条线包\n", "roles.yaml": posts}
        with pytest.raises(Forbidden, match="岗位设置"):
            actions.take_in(files=files, by=county.office)
        assert "unmask" not in catalog().roles["办公室"].can


class TestFromASheet:
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
