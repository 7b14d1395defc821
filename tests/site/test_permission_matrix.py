"""Every post at every address with every verb, for records of its own unit, of one below, and of another.

The matrix is generated: posts from roles.yaml, addresses from the URL patterns (pages and REST alike), what is allowed from
the access rules alone, worked out here a second time without the program's policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from taizhang.org.actions import assign_post, create_user
from taizhang.org.models import User
from taizhang.registers.actions import create_record
from taizhang.registers.models import Record, Version
from tests.site.test_every_address import patterns, said
from tests.support import PACKS, START, make_county

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROLES = yaml.safe_load((PACKS / "core" / "roles.yaml").read_text(encoding="utf-8"))["posts"]
HAZARD = yaml.safe_load((PACKS / "core" / "registers" / "safety_hazard.yaml").read_text(encoding="utf-8"))
# The unit where a holder of the post sits: the kinds of unit in roles.yaml, by the county of the tests.
SEATS = {"教育局": "B1", "科室": "K2", "学区": "D1", "小学": "S1"}
# Whose record it is, seen from each seat.
SCHOOLS = ("S1", "S2", "S3")
BELOW = {"B1": SCHOOLS, "K2": (), "D1": ("S1", "S2"), "S1": ("S1",)}
CODES = {"indicators/": "hazard_count", "units/": "S2", "": "safety_hazard"}
PHONE = {"S1": "15400000011", "S2": "15400000012", "S3": "15400000013"}


@dataclass
class Scene:
    """Three schools with one record each, marked by where it is."""

    user: User
    seat: str
    records: dict[str, Record]


def mark(school: str) -> str:
    return f"隐患标记{school}"


@pytest.fixture(params=sorted(ROLES))
def scene(request, settings, tmp_path) -> Scene:
    settings.FILES = settings.WAREHOUSE = tmp_path
    settings.STATIC_ROOT = tmp_path
    county = make_county()
    kinds = ROLES[request.param]["at"]
    seat = next(SEATS[kind] for kind in SEATS if kind in kinds)
    user = create_user(username="matrix", name="岗位人", by=None)
    assign_post(user=user, unit=county.unit(seat), role=request.param, since=START, by=None)
    records = {}
    for school in SCHOOLS:
        values = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": mark(school), "隐患部位": mark(school)}
        values |= {"责任人电话": PHONE[school]}
        records[school] = create_record(
            register="safety_hazard", unit=county.unit(school), values=values, by=county.safety
        ).record
    return Scene(user, seat, records)


def granted(role: str, verb: str) -> str | None:
    """own, below, all or None: the register's own rule for the post, else the post's."""
    rule = HAZARD["access"].get(role, ROLES[role].get("access", {}))
    return rule.get(verb)


def allowed(role: str, verb: str, seat: str) -> set[str]:
    """The schools whose records the post may touch from its seat."""
    scope = granted(role, verb)
    reach = {None: (), "own": (seat,), "below": BELOW[seat], "all": SCHOOLS}[scope]
    return set(reach) & set(SCHOOLS)


def addresses(scene: Scene) -> Iterator[str]:
    """Every pattern, filled with the three records (where an address is of something else, with one id), and with the
    register, indicator or unit that fits its place."""
    ids = sorted(record.pk for record in scene.records.values())
    for path, pattern in patterns(get_resolver()):
        filled = [path]
        code = next(fitting for part, fitting in CODES.items() if part in path)
        for name, converter in pattern.pattern.converters.items():
            numbers = ids if "record" in path else ids[1:2]
            values = numbers if "int" in type(converter).__name__.lower() else (code,) if name == "code" else ("x",)
            form = next(
                part for part in (f"<int:{name}>", f"<slug:{name}>", f"<str:{name}>", f"<{name}>") if part in path
            )
            filled = [text.replace(form, str(value)) for text in filled for value in values]
        yield from filled


def role_of(scene: Scene) -> str:
    return scene.user.posts.get().role


def test_a_post_reads_what_its_access_says_and_nothing_else_at_any_address(scene: Scene, client: Client):
    client.force_login(scene.user)
    may, leaked, shown = allowed(role_of(scene), "see", scene.seat), [], set()
    for address in addresses(scene):
        text = said(client.get(f"/{address}"))
        for school in SCHOOLS:
            if mark(school) in text:
                shown.add(school)
                if school not in may:
                    leaked.append((address, school))
            assert PHONE[school] not in text, f"{address} shows a telephone number in full"
    assert leaked == [] and shown == may


@pytest.mark.parametrize("where", ["/registers/records/{}/", "/api/v1/registers/records/{}"])
def test_the_page_and_the_interface_agree_on_who_sees_a_record(scene: Scene, client: Client, where: str):
    client.force_login(scene.user)
    may = allowed(role_of(scene), "see", scene.seat)
    for school, record in scene.records.items():
        assert client.get(where.format(record.pk)).status_code == (200 if school in may else 404), school


def test_no_verb_at_any_address_changes_a_record_that_the_post_may_not_touch(scene: Scene, client: Client):
    client.force_login(scene.user)
    before = {school: Version.objects.filter(record=record).count() for school, record in scene.records.items()}
    sent = {"note": "x", "step": "即查即改", "隐患描述": "改写", "reason": "x", "percent": "100", "revision": "1"}
    for address in addresses(scene):
        if address.startswith(("log", "password", "settings/load")):
            continue
        for verb in ("post", "patch", "put", "delete") if address.startswith("api/v1/") else ("post",):
            more = {} if verb == "post" else {"content_type": "application/json"}
            answer = getattr(client, verb)(f"/{address}", sent, **more)
            assert answer.status_code < 500, (verb, address)
            said(answer)
    role = role_of(scene)
    # A step may be taken by who may see where the lifecycle names the post; an edit by who may edit.
    touch = allowed(role, "edit", scene.seat) | allowed(role, "see", scene.seat)
    changed = {
        school
        for school, record in scene.records.items()
        if Version.objects.filter(record=record).count() != before[school]
    }
    assert changed <= touch


def test_a_record_is_made_where_the_access_says_so_by_page_and_by_interface(scene: Scene, client: Client):
    client.force_login(scene.user)
    may, today = allowed(role_of(scene), "create", scene.seat), timezone.localdate().isoformat()
    values = {"发现日期": today, "隐患类别": "消防安全", "隐患描述": "新的隐患"}
    for school in SCHOOLS:
        count = Record.objects.count()
        client.post(f"/registers/safety_hazard/new/?单位={school}", values)
        assert Record.objects.count() == count + (school in may), ("page", school)
        count = Record.objects.count()
        answer = client.post(
            "/api/v1/registers/safety_hazard/records", {"unit": school, "values": values}, "application/json"
        )
        assert (answer.status_code == 201) == (school in may) and Record.objects.count() == count + (school in may)


def test_a_record_is_changed_where_the_access_says_so_by_interface(scene: Scene, client: Client):
    client.force_login(scene.user)
    may = allowed(role_of(scene), "edit", scene.seat)
    for school, record in scene.records.items():
        body = {"values": {"隐患部位": "三楼"}, "revision": 1}
        answer = client.patch(f"/api/v1/registers/records/{record.pk}", body, "application/json")
        assert (answer.status_code == 200) == (school in may), (school, answer.status_code)
