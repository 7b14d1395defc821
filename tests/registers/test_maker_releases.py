"""A register is released, changed, retired and taken back; packs go out as a file and come in again."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from taizhang.catalog.current import catalog
from taizhang.catalog.models import PackRelease
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, Problem, Problems
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.maker import actions, archive, documents, queries
from taizhang.registers.models import Facet, Record
from taizhang.registers.queries import Filters, records_for, registers_for
from tests.registers.making import BUS, PACKS, adding, changed, client_of, released, without
from tests.support import County

pytestmark = pytest.mark.django_db


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
