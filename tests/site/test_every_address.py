"""A school sees nothing of its neighbour at any address that exists: every pattern is tried, none is listed by hand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.documents.actions import add_document
from taizhang.documents.models import Document
from taizhang.org.notices import send_notice
from taizhang.plans.actions import accept_plan, add_task, create_plan
from taizhang.plans.models import Plan, Task
from taizhang.registers.actions import create_record
from taizhang.registers.collections.actions import add_row, open_round, save_draft
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.comments import add_comment
from taizhang.registers.models import Record
from taizhang.registers.steps import take_step
from tests.support import County, make_county

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MARK = "邻校标记"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    county = make_county()
    hazard = {
        "发现日期": "2026-03-01",
        "隐患类别": "消防安全",
        "隐患描述": MARK,
        "隐患部位": MARK,
        "责任人电话": "15400000001",
    }
    made = create_record(register="safety_hazard", unit=county.unit("S2"), values=hazard, by=county.other).record
    add_comment(record=made, text=MARK, by=county.other)
    send_notice(to=[county.other], text=MARK, by=None)
    # A letter tells what the record tells, so a second hazard is under way with its letter.
    second = create_record(register="safety_hazard", unit=county.unit("S2"), values=hazard, by=county.other).record
    take_step(record=second, step="下发整改通知", by=county.safety, values={"整改期限": "2026-12-01"})
    plan = create_plan(title=f"年度要点{MARK}", unit=county.unit("B1"), by=county.office, period="2026")
    add_task(plan=plan, title=MARK, by=county.office, deadline=date(2026, 12, 1), leads=[county.unit("S2")])
    accept_plan(plan=plan, by=county.office)
    due = timezone.localdate() + timedelta(days=9)
    asked = {"register": "education_basics", "period": "SY2026", "title": "学年初报表", "due_on": due}
    open_round(units=[county.unit("S2")], by=county.finance, contact=MARK, **asked)
    returned = Return.objects.select_related("round", "unit").get()
    add_row(returned=returned, values={"学段": "小学"}, by=county.other)
    returned.refresh_from_db()
    save_draft(returned=returned, cells={("小学", "在校生数"): MARK}, by=county.other)
    text = f"第二小学工作总结\n一、{MARK}\n全校有教师30人，占50%。\n"
    add_document(data=text.encode(), name="总结.txt", by=county.other)
    return county


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        path = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from patterns(item, path)
        else:
            yield path, item


def addresses(county: County) -> Iterator[str]:
    """Every pattern with every id and code that could fit it: the ids of all that the fixture made.

    Of the registers those that hold something, and the first without: the matrix of permissions goes through all.
    """
    held = list(Record.objects.values_list("register_code", flat=True).distinct())
    other = next(code for code in catalog().registers if code not in (*held, "education_basics"))
    codes = [*held, "education_basics", other, "hazard_count", "pupil_count"]
    ids = sorted(
        {
            pk
            for model in (Record, Document, Plan, Task, Round, Return)
            for pk in model.objects.values_list("pk", flat=True)
        }
    )
    for path, pattern in patterns(get_resolver()):
        filled = [path]
        for name, converter in pattern.pattern.converters.items():
            values = codes if name == "code" else ids if "int" in type(converter).__name__.lower() else ["x"]
            form = next(
                part for part in (f"<int:{name}>", f"<slug:{name}>", f"<str:{name}>", f"<{name}>") if part in path
            )
            filled = [text.replace(form, str(value)) for text in filled for value in values]
        yield from filled


def test_a_number_that_nothing_can_have_is_not_found_and_breaks_nothing(county: County, client: Client):
    client.force_login(county.office)
    for path, _ in patterns(get_resolver()):
        if "<int:" not in path:
            continue
        address = re.sub("<[^>]*>", "safety_hazard", re.sub("<int:[^>]*>", "9" * 24, path))
        for answer in (client.get(f"/{address}"), client.post(f"/{address}")):
            assert 400 <= answer.status_code < 500 or answer.status_code == 302, address


def said(answer) -> str:
    """Everything an answer tells, spreadsheets unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", errors="replace")


QUERIES = ("", "?unit=S2", f"?q={MARK}", "?export=xlsx", "?unit=S2&period=2026")


def test_a_school_reads_nothing_of_its_neighbour_at_any_address(county: County, client: Client):
    client.force_login(county.own)
    told = []
    for address in addresses(county):
        for query in QUERIES:
            answer = client.get(f"/{address}{query}")
            assert answer.status_code < 500, address
            if answer.status_code != 200:  # refused whatever is asked of it
                break
            text = said(answer).replace(f'value="{MARK}"', "").replace(f"查找：{MARK}", "")
            if MARK in text or "15400000001" in text:
                told.append(address + query)
    assert told == []


def test_a_school_changes_nothing_of_its_neighbour_at_any_address(county: County, client: Client):
    client.force_login(county.own)
    for address in addresses(county):
        if address.startswith(("log", "password")):
            continue
        answer = client.post(
            f"/{address}", {"note": "x", "percent": "100", "step": "即查即改", "隐患描述": "改", "reason": "x"}
        )
        assert answer.status_code < 500, address
        said(answer)  # to its end, so that a file behind it is closed
    client.force_login(county.other)
    page = client.get("/registers/safety_hazard/").content.decode()
    assert MARK in page and "待整改" in page
    task = client.get("/plans/tasks/").content.decode()
    assert MARK in task


def test_the_neighbour_itself_sees_its_things(county: County, client: Client):
    client.force_login(county.other)
    seen = [address for address in addresses(county) if MARK in said(client.get(f"/{address}"))]
    assert any("registers/records/" in address for address in seen)
    assert any("plans/tasks/" in address for address in seen)
    assert any(address.startswith("documents/") for address in seen)


# The interface's own description names no record.
OPEN = ("login", "public/", "api/v1/openapi.json")


def test_a_passer_by_gets_nowhere_but_to_the_public_door_which_tells_nothing(county: County, client: Client):
    for address in addresses(county):
        answer = client.get(f"/{address}")
        assert answer.status_code in (302, 401, 404, 405) or address.startswith(OPEN), address
        assert MARK not in said(answer)
