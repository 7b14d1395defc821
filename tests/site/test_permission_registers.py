"""Every post at every register of the core pack, for records of three schools, by every way in that there is.

The matrix is generated: posts from roles.yaml and nobody's, registers from their own files, operations from the interface's
description. What is allowed is worked out here a second time from the rules as they are written, without the program's policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from taizhang.api.views import api
from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.org.actions import assign_post, create_user
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import blueprint
from taizhang.registers.lifecycle import steps_of
from taizhang.registers.models import Record, Version
from tests.site.test_every_address import patterns, said
from tests.site.test_permission_matrix import BELOW, ROLES, SCHOOLS, SEATS
from tests.support import PACKS, START, make_county

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOBODY = "无岗位"
REGISTERS: dict[str, dict[str, Any]] = {
    (found := yaml.safe_load(path.read_text(encoding="utf-8")))["register"]: found
    for path in sorted((PACKS / "core" / "registers").glob("*.yaml"))
}
SECTIONS = ("办公室", "安全管理科", "计划财务科")  # of the county of the tests
SEATED_IN = "安全管理科"
SECRET = {"S1": "15400000011", "S2": "15400000012", "S3": "15400000013"}
REFUSED = (403, 404)


@dataclass
class Scene:
    """One person with one post, and a record of every register at each of three schools."""

    role: str
    seat: str
    records: dict[str, dict[str, Record]]

    def may(self, verb: str, code: str) -> set[str]:
        """The schools whose records of a register the post may touch, by the files alone."""
        if self.role == NOBODY:
            return set()
        rule = REGISTERS[code]
        scope = ((rule.get("access") or {}).get(self.role, ROLES[self.role].get("access")) or {}).get(verb)
        if self.role == "科室" and scope != "own" and rule.get("owner") in SECTIONS and rule["owner"] != SEATED_IN:
            scope = None  # another section's business
        reach = {None: (), "own": (self.seat,), "below": BELOW.get(self.seat, ()), "all": SCHOOLS}[scope]
        return set(reach) & set(SCHOOLS)

    def may_step(self, code: str, by: tuple[str, ...]) -> set[str]:
        """The schools whose records the post may bring a step further."""
        return (self.may("edit", code) or self.may("see", code)) if self.role in by else set()


def mark(code: str, school: str) -> str:
    return f"mark-{school}-{code}-end"  # ASCII: the interface escapes the rest


def make_record(code: str, school: Unit) -> Record:
    """A record as it lies in the table, whatever a form would say of it."""
    plan = blueprint(code)
    life, day = plan.register.lifecycle, date(2026, 3, 2)
    data = {
        field.name: plan.seal(field.name, SECRET[school.code])
        for field in plan.writable()
        if field.definition.sensitive and field.type in ("text", "long_text", "phone", "id_card", "place")
    }
    kind = plan.register.period
    record = Record.objects.create(
        register_code=code, release=plan.release, unit=school, period=Period.of(kind, day).code if kind else "",
        dimension_key=plan.dimension_key(data) if kind else "", state=life.initial, state_category=life.states[life.initial],
        number=mark(code, school.code), title=mark(code, school.code), dated_on=day, data=data,
        clock={"path": [[life.initial, day.isoformat()]]},
    )  # fmt: skip
    Version.objects.create(
        record=record, register_code=code, revision=1, data=data, state=life.initial, action="新增", by_name="系统"
    )
    return record


@pytest.fixture(params=[*sorted(ROLES), NOBODY])
def scene(request, settings, tmp_path, client: Client) -> Scene:
    settings.FILES = settings.WAREHOUSE = settings.STATIC_ROOT = tmp_path
    county = make_county()
    user: User = create_user(username="matrix", name="岗位人", by=None)
    seat = ""
    if request.param != NOBODY:
        seat = next(SEATS[kind] for kind in SEATS if kind in ROLES[request.param]["at"])
        assign_post(user=user, unit=county.unit(seat), role=request.param, since=START, by=None)
    schools = [county.unit(code) for code in SCHOOLS]
    records = {code: {school.code: make_record(code, school) for school in schools} for code in REGISTERS}
    client.force_login(user)
    return Scene(request.param, seat, records)


def shown(client: Client, address: str, code: str) -> set[str]:
    """The schools whose record an answer tells of; a sensitive value in full is told of nobody."""
    text = said(client.get(address))
    assert not any(secret in text for secret in SECRET.values()), f"{address} shows a sensitive value in full"
    return {school for school in SCHOOLS if mark(code, school) in text}


def tried_singly(records: dict[str, Record], may: set[str]) -> list[tuple[str, Record]]:
    """A record that is the person's and one that is not: of all three the list has told."""
    schools = [*sorted(may)[:1], *sorted({*SCHOOLS} - may)[-1:]]
    return [(school, records[school]) for school in schools]


def test_a_post_sees_of_every_register_what_its_access_says_by_every_way_in(scene: Scene, client: Client):
    wrong = []
    for code, records in scene.records.items():
        may = scene.may("see", code)
        leaves = (REGISTERS[code].get("privacy") or {}).get("export") != "refused"
        listed, told = f"/registers/{code}/", f"/api/v1/registers/{code}/records"
        if (found := shown(client, told, code)) != (wanted := may if leaves else set()):
            wrong.append((told, found, wanted))
        if not shown(client, listed, code) <= may:  # its columns need not name the record
            wrong.append((code, "list"))
        if not shown(client, f"/registers/{code}/export/", code) <= (may if leaves else set()):
            wrong.append((code, "export"))
        for school, record in tried_singly(records, may):
            page = f"/registers/records/{record.pk}/"
            if shown(client, f"/api/v1{page[:-1]}", code) != ({school} & may):
                wrong.append(("api", code, school))
            if blueprint(code).sensitive and (client.get(page).status_code == 200) != (school in may):
                wrong.append(("page", code, school))
            if not shown(client, f"{page}print/", code) <= ({school} & may):
                wrong.append(("print", code, school))
    assert wrong == []


def test_a_post_changes_of_every_register_what_its_access_says_by_every_operation(scene: Scene, client: Client):
    wrong = []

    def judge(what: str, code: str, school: str, answer: Any, allowed: set[str]) -> None:
        # Who may is told what is missing; who may not, that it is not theirs.
        if (answer.status_code not in REFUSED) != (school in allowed):
            wrong.append((what, code, school, answer.status_code))

    for code, records in scene.records.items():
        edit, create = scene.may("edit", code), scene.may("create", code)
        for school, record in records.items():
            where = f"/api/v1/registers/records/{record.pk}"
            answer = client.patch(where, {"values": {}, "revision": 1}, "application/json")
            judge("edit", code, school, answer, edit)
            body = {"unit": school, "values": {}, "period": record.period}
            made = client.post(f"/api/v1/registers/{code}/records", body, "application/json")
            judge("create", code, school, made, create)
        if refused := loaded(client, code, records):
            # A row of a statistics register means the record that is there.
            allowed = edit if blueprint(code).is_statistics else create
            wrong += [("load", code, school) for school in SCHOOLS if (school in refused) == (school in allowed)]
    assert wrong == []


def loaded(client: Client, code: str, records: dict[str, Record]) -> set[str]:
    """The schools for which a sheet's rows are refused as not the sender's to file; all of them when the sheet itself is."""
    plan = blueprint(code)
    names = [field.name for field in plan.writable() if field.type != "file"]
    head = ["单位编码", *(["期间"] if plan.is_statistics else []), *names]
    rows = [[school, *([record.period] if record.period else [])] for school, record in records.items()]
    text = "\n".join(",".join([*row, *[""] * (len(head) - len(row))]) for row in [head, *rows])
    file = SimpleUploadedFile("表.csv", text.encode())
    answer = client.post(f"/api/v1/registers/{code}/load?dry_run=true", {"file": file})
    if answer.status_code in REFUSED:
        return set(SCHOOLS)
    told = answer.json()["refused"]
    return {SCHOOLS[item["row"] - 2] for item in told if item["message"].startswith("您不能")}


def test_no_step_of_any_register_is_open_to_a_post_that_it_does_not_name(scene: Scene, client: Client):
    taken = []
    for code, records in scene.records.items():
        for step in steps_of(catalog().register(code)):
            # A post without any step here is likeliest to slip through where it may at least look.
            shut = sorted(
                set(SCHOOLS) - scene.may_step(code, step.by), key=lambda school: school not in scene.may("see", code)
            )
            for school in shut if scene.role in step.by else shut[:1]:
                body = {"step": step.name, "revision": 1, "values": {}, "note": "试一试"}
                where = f"/api/v1/registers/records/{records[school].pk}/steps"
                if client.post(where, body, "application/json").status_code < 400:
                    taken.append((code, step.name, school))
    assert taken == []
    assert not Record.objects.filter(revision__gt=1).exists()


# What else the interface does belongs to no record; ``test_permission_matrix`` tries all of it with every verb.
TRIED = {
    ("get", "/api/v1/registers/{code}/records"), ("post", "/api/v1/registers/{code}/records"),
    ("get", "/api/v1/registers/records/{record_id}"), ("patch", "/api/v1/registers/records/{record_id}"),
    ("post", "/api/v1/registers/records/{record_id}/steps"), ("post", "/api/v1/registers/{code}/load"),
    ("get", "/api/v1/registers/{code}"),
}  # fmt: skip


def operations() -> Iterator[tuple[str, str]]:
    for path, verbs in api.get_openapi_schema()["paths"].items():
        yield from ((verb, path) for verb in verbs)


def test_every_operation_of_the_interface_on_records_is_tried_here_and_every_other_is_an_address():
    assert {item for item in operations() if "/registers/" in item[1]} == TRIED
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{path}") for path, _ in patterns(get_resolver())}
    assert {path for _, path in operations()} <= routes


@pytest.mark.parametrize("scene", ["学校"], indirect=True)
def test_no_page_answers_to_a_verb_that_only_the_interface_has(scene: Scene, client: Client):
    odd = []
    for path, _ in patterns(get_resolver()):
        if path.startswith("api/v1/"):
            continue
        own = next(iter(scene.records["safety_hazard"].values()))
        address = re.sub(r"<int:\w+>", str(own.pk), re.sub(r"<(?:slug|str):\w+>", "safety_hazard", path))
        for verb in ("patch", "delete"):
            answer = getattr(client, verb)(f"/{address}", {"note": "x"}, content_type="application/json")
            said(answer)
            if answer.status_code >= 500:
                odd.append((verb, address, answer.status_code))
    assert odd == []
    assert not Record.objects.filter(revision__gt=1).exists()
