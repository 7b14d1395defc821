"""What registers share (option sets, ladders, letters) is changed on the desk too: checked, previewed, compared, released."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.models import PackDraft, PackRelease
from taizhang.catalog.pack import read_files
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.registers.blueprint import blueprint
from taizhang.registers.forms import RecordForm
from taizhang.registers.maker import actions, documents, queries
from taizhang.registers.models import Record
from tests.support import County

pytestmark = pytest.mark.django_db
SHARED = "/settings/packs/shared/"


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def put(client: Client, draft: PackDraft, **values: Any) -> Any:
    """Send a form of the editor for the draft's present version."""
    draft.refresh_from_db()
    return client.post(f"/settings/packs/drafts/{draft.pk}/", {"seen": draft.number, **values})


def released(county: County, draft: PackDraft) -> PackRelease:
    draft.refresh_from_db()
    return actions.release_draft(draft=draft, by=county.office, seen=draft.number)


def test_the_office_words_a_letter_anew_and_the_next_one_is_written_so(county: County):
    office = client_of(county.office)
    page = office.get(f"{SHARED}letters/整改通知书/").content.decode()
    assert "示例学校" in page and "核心业务包" in page
    office.post(f"{SHARED}letters/整改通知书/edit/")
    draft = PackDraft.objects.get(path="letters/整改通知书.yaml")
    opened = office.get(f"/settings/packs/drafts/{draft.pk}/").content.decode()
    assert "{{ 文号 }}" in opened and "文书样张" in opened
    text = "@文号 {{ 文号 }}\r\n# 限期整改告知书\r\n@主送 {{ 主送 }}：\r\n\r\n请尽快整改{{ 隐患描述 }}。\r\n\r\n@署名 {{ 发文单位 }}\r\n@日期 {{ 日期 }}"
    assert put(office, draft, part="text", text=text).status_code == 302
    shown = office.get(f"/settings/packs/drafts/{draft.pk}/?part=text").content.decode()
    assert "限期整改告知书" in shown and "（隐患描述）" in shown
    assert "文书 整改通知书" in office.get(f"/settings/packs/drafts/{draft.pk}/release/").content.decode()
    released(county, draft)
    letter = catalog().letters["整改通知书"]
    assert catalog().letter_source(letter)[0].startswith("@文号") and "限期整改告知书" in letter.text
    assert not letter.template


def test_a_letter_that_names_what_its_records_do_not_have_cannot_be_released_and_the_line_is_told(county: County):
    draft = actions.open_thing(folder="letters", name="整改通知书", by=county.office)
    office = client_of(county.office)
    put(office, draft, part="text", text="# 标题\n\n{{ 没有的字段 }}")
    page = office.get(f"/settings/packs/drafts/{draft.pk}/?part=text").content.decode()
    assert "没有“没有的字段”" in page
    draft.refresh_from_db()
    found = queries.desk_of(draft).problems[0]
    line = int(found.where.rpartition(":")[2])
    assert "没有的字段" in queries.text_of(draft).splitlines()[line - 1]
    with pytest.raises(Problems):
        released(county, draft)


def test_the_bureau_takes_its_own_letter_away_and_the_core_speaks_again(county: County):
    draft = actions.open_thing(folder="letters", name="整改通知书", by=county.office)
    put(client_of(county.office), draft, part="basics", to="责任单位", number="本局〔{year}〕{seq}号")
    released(county, draft)
    assert catalog().letters["整改通知书"].number.startswith("本局")
    assert not catalog().letters["整改通知书"].receipt
    answer = client_of(county.office).post(f"{SHARED}letters/整改通知书/drop/")
    assert answer.status_code == 302
    assert not catalog().letters["整改通知书"].number.startswith("本局")
    assert Event.objects.filter(action="registers.pack.released").count() == 2
    with pytest.raises(Problem, match="不能撤去"):
        actions.drop_thing(folder="letters", name="整改通知书", by=county.office)


def test_a_ladder_of_the_bureau_urges_earlier(county: County):
    draft = actions.open_thing(folder="ladders", name="隐患督办", by=county.office)
    office = client_of(county.office)
    assert (
        put(office, draft, part="rungs", item="new", at="-5 工作日", level="提醒", to=["责任单位"]).status_code == 302
    )
    page = office.get(f"/settings/packs/drafts/{draft.pk}/?part=rungs").content.decode()
    assert "须按时间先后排列" in page  # it was added at the end
    last = len(documents.items(documents.load(queries.text_of(PackDraft.objects.get(pk=draft.pk))), "rungs")) - 1
    for place in range(last, 0, -1):
        put(office, draft, part="rungs", op=f"up:{place}")
    assert "到期前 5 个工作日" in office.get(f"/settings/packs/drafts/{draft.pk}/?part=rungs").content.decode()
    released(county, draft)
    assert catalog().ladders["隐患督办"].steps[0].at == "-5 工作日"


def test_a_rung_without_anybody_to_tell_comes_back_as_it_was_typed(county: County):
    draft = actions.open_thing(folder="ladders", name="隐患督办", by=county.office)
    answer = put(client_of(county.office), draft, part="rungs", item="new", at="后天", level="提醒")
    assert answer.status_code == 422 and 'value="后天"' in answer.content.decode()


def test_an_option_in_use_is_retired_not_lost(county: County):
    draft = actions.open_thing(folder="options", name="隐患类别", by=county.office)
    office = client_of(county.office)
    first = catalog().options["隐患类别"][0].name
    record = Record(data={"隐患类别": first}, state="待整改", register_code="safety_hazard")
    put(office, draft, part="values", op="remove:0")
    put(office, draft, part="values", item="new", name="燃气")
    released(county, draft)
    kind = blueprint("safety_hazard").fields["隐患类别"]
    assert first in kind.choices and first not in kind.offered() and "燃气" in kind.offered()
    assert kind.parse(first) == first  # old sheets still come in
    fresh = RecordForm(blueprint("safety_hazard"), county.own).fields["隐患类别"].widget.choices
    assert first not in dict(fresh)
    old = RecordForm(blueprint("safety_hazard"), county.own, record=record).fields["隐患类别"].widget.choices
    assert dict(old)[first] == f"{first}（已停用）"
    assert "已停用" in office.get(f"{SHARED}options/隐患类别/").content.decode()


def test_a_source_that_leaves_an_option_out_is_refused(county: County):
    draft = actions.open_thing(folder="options", name="隐患类别", by=county.office)
    data = documents.load(queries.text_of(draft))
    gone = data["values"].pop(0)
    put(client_of(county.office), draft, part="source", text=documents.dump(data))
    with pytest.raises(Problems, match=f"“{gone['name']}”不见了"):
        released(county, draft)


def test_a_new_option_set_waits_for_its_first_option(county: County):
    office = client_of(county.office)
    assert office.post(f"{SHARED}options/", {"name": "隐患类别"}).status_code == 422
    assert office.post(f"{SHARED}options/", {"name": "设备 状态"}).status_code == 422
    assert office.post(f"{SHARED}options/", {"name": "设备状态"}).status_code == 302
    draft = PackDraft.objects.get(path="options/设备状态.yaml")
    assert queries.desk_of(draft).problems
    today = timezone.localdate()
    put(office, draft, part="values", item="new", name="完好", code="1", valid_from=today.isoformat())
    put(office, draft, part="values", item="new", name="停用", valid_to=(today - timedelta(days=1)).isoformat())
    assert put(office, draft, part="values", item="new", name="完好").status_code == 422
    assert put(office, draft, part="values", item="new", name="甲、乙").status_code == 422
    released(county, draft)
    assert [item.name for item in catalog().options["设备状态"]] == ["完好", "停用"]
    assert catalog().options["设备状态"][0].valid_from == today


def test_only_who_makes_registers_comes_to_these_pages(county: County):
    for user in (county.own, county.other):
        client = client_of(user)
        assert client.get(f"{SHARED}letters/整改通知书/").status_code == 403
        assert client.post(f"{SHARED}letters/整改通知书/edit/").status_code == 403
        assert client.post(f"{SHARED}letters/整改通知书/drop/").status_code == 403
        assert client.get(f"{SHARED}options/").status_code == 403
    with pytest.raises(Forbidden):
        actions.start_thing(folder="options", name="甲", by=county.own)
    office = client_of(county.office)
    assert office.get(f"{SHARED}letters/没有的/").status_code == 404
    assert office.get(f"{SHARED}registers/").status_code == 404
    assert office.get(f"{SHARED}roles/科室/").status_code == 404
    with pytest.raises(NotFound):
        actions.open_thing(folder="ladders", name="没有的", by=county.office)


def test_a_letter_has_its_text_in_one_place():
    files = {
        "pack.yaml": "name: local\nversion: '1'\ntitle: 试\n",
        "letters/a.yaml": "letter: 甲\ntemplate: letters/a.txt\ntext: 正文\n",
        "letters/b.yaml": "letter: 乙\n",
        "letters/a.txt": "# 甲\n",
    }
    from taizhang.catalog.lint import lint

    told = [str(problem) for problem in lint(read_files(files), catalog())]
    assert any("“甲”正文写了两处" in text for text in told) and any("“乙”没有写正文" in text for text in told)


def test_a_text_of_several_lines_is_written_line_by_line_and_reads_back():
    data = {"letter": "甲", "text": "# 标题\n\n正文。\n", "since": date(2026, 1, 2)}
    text = documents.dump(data)
    assert "text: |\n" in text and documents.load(text) == data
