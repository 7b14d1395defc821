"""What strangers may read: which services there are, and one case by its code."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import PublicDef, RegisterDef
from taizhang.kernel.errors import NotFound
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.models import Record
from taizhang.registers.public.codes import digest_of, read_code
from taizhang.registers.public.models import PublicCase

# A later stage's public page: key → a function that gives (address, words), None while it has nothing to show.
PAGES: dict[str, Callable[[], tuple[str, str] | None]] = {}


@dataclass(frozen=True, slots=True)
class Service:
    """A register with its public door."""

    register: RegisterDef
    door: PublicDef


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as its petitioner sees it: no field but those that the pack names for them."""

    service: Service
    case: PublicCase
    number: str
    state: str
    since: date
    facts: list[tuple[str, str]]
    ratings: list[str]


def services() -> list[Service]:
    """The registers with a public door that is open: a retired one takes nothing more."""
    found = catalog().registers.values()
    return [Service(item, item.public) for item in found if item.public is not None and not item.retired]


def service_of(code: str) -> Service:
    """One of them by its register's code. Raises NotFound."""
    for item in services():
        if item.register.code == code:
            return item
    raise NotFound("REG-191", "没有这项公众服务", remedy="请从公众服务首页进入")


def find_case(code: str) -> PublicCase:
    """The case of a code. Raises NotFound, the same for a wrong code and for one whose door was closed."""
    read, wanted = read_code(code), digest_of(code)
    found = PublicCase.objects.select_related("record__unit").filter(code_digest=wanted).first() if read else None
    known = found is not None and hmac.compare_digest(found.code_digest, wanted)
    if found is None or not known or _service(found.record) is None:
        raise no_code()
    return found


def no_code() -> NotFound:
    """The one answer to a wrong code and to one whose door is gone."""
    return NotFound("REG-192", "没有这个查询码", remedy="对照提交时显示的 16 位查询码逐位核对；遗失的请联系受理单位")


def followed(case: PublicCase) -> Followed:
    """What the petitioner is shown of a case. The reply only once the case is closed: a draft of it is internal."""
    record, service = case.record, _service(case.record)
    if service is None:
        raise no_code()
    plan, door = blueprint(record.register_code), service.door
    closed = record.state_category == "closed"
    names = [*door.shows, *(door.replies if closed else ())]
    may_rate = closed and case.rated_at is None and not service.register.retired
    ratings = list(plan.fields[door.rates].choices) if may_rate and door.rates else []
    return Followed(
        service,
        case,
        record.number or f"#{record.pk}",
        door.states.get(record.state, record.state),
        record.dated_on,
        [(plan.fields[name].definition.title, _said(plan, record, name)) for name in names if _has(record, name)],
        ratings,
    )


def _has(record: Record, name: str) -> bool:
    return record.data.get(name) is not None


def _said(plan: Blueprint, record: Record, name: str) -> str:
    return plan.shown(name, record.data)


def _service(record: Record) -> Service | None:
    register = catalog().registers.get(record.register_code)
    return Service(register, register.public) if register is not None and register.public is not None else None
