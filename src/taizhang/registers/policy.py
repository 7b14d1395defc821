"""Who may do what with the records of a register: the pack's ``access`` for the role, else the role's own default."""

from __future__ import annotations

from django.db.models import Q

from taizhang.catalog.current import catalog
from taizhang.catalog.document import Scope
from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Forbidden, NotFound
from taizhang.org.models import Unit, User
from taizhang.org.policy import EVERYWHERE, NOWHERE, Reach, can, posts_of, reach
from taizhang.registers.models import Link, Record

VERBS = {"see": "查看", "create": "新增", "edit": "修改"}


def grants(register: RegisterDef, verb: str) -> dict[str, Scope | None]:
    """Role → scope of an act (see, create, edit)."""
    found: dict[str, Scope | None] = {}
    for role in catalog().roles.values():
        access = register.access.get(role.name, role.access)
        found[role.name] = getattr(access, verb)
    return found


def reach_of(user: User | None, register: RegisterDef, verb: str) -> Reach:
    """Where a person may do an act; ``None`` is the installation itself. A retired register is only read."""
    if register.retired and verb != "see":
        return NOWHERE
    return EVERYWHERE if user is None else reach(user, grants(register, verb), register.owner)


def may(user: User | None, register: RegisterDef, verb: str) -> bool:
    """Whether a person may do an act anywhere at all."""
    return bool(reach_of(user, register, verb))


def require(user: User | None, register: RegisterDef, verb: str, unit: Unit) -> None:
    """Raise Forbidden, saying who may, unless the person may do the act at ``unit``."""
    if reach_of(user, register, verb).holds(unit):
        return
    if register.retired:
        raise Forbidden(
            "REG-018",
            f"“{register.name}”已于 {register.retired} 停用，只能查阅和导出",
            remedy="需要继续登记的，请办公室另立台账",
        )
    roles = [role for role, scope in grants(register, verb).items() if scope]
    raise Forbidden(
        "REG-010",
        f"您不能{VERBS[verb]}“{unit.name}”的“{register.name}”记录",
        remedy=f"可以{VERBS[verb]}的岗位：{'、'.join(roles) or '无'}",
    )


def seen_records(user: User | None, register: RegisterDef) -> Q:
    """The right to see as a filter on the register's records: of the units one reaches, and those that name such a unit in
    a field that the pack shares them by."""
    reached = reach_of(user, register, "see")
    seen = reached.q("unit")
    if register.shared_with and not reached.everything:
        named = Link.objects.filter(reached.q("target_unit"), field__in=register.shared_with)
        seen |= Q(pk__in=named.values("record"))
    return seen


def sees_every_unit(user: User | None, register: RegisterDef) -> bool:
    """Whether the right to see leaves out no unit there is, as with most posts of a bureau: a long list then needs no look
    at the units of its records. Asked of the database once per user object."""
    reached = reach_of(user, register, "see")
    if user is None or reached.everything or not reached.subtrees:
        return reached.everything
    kept: dict[Reach, bool] = user.__dict__.setdefault("_sees_every_unit", {})
    if reached not in kept:
        kept[reached] = not Unit.objects.order_by().exclude(reached.q("")).exists()
    return kept[reached]


def sees(user: User | None, register: RegisterDef, record: Record) -> bool:
    """Whether a person may see one record."""
    reached = reach_of(user, register, "see")
    if reached.holds(record.unit):
        return True
    if not (register.shared_with and reached):
        return False
    return record.links.filter(reached.q("target_unit"), field__in=register.shared_with).exists()


def require_seen(user: User | None, register: RegisterDef, unit: Unit) -> None:
    """Raise NotFound unless the person may see records of ``unit``: a stranger is not told that there is one."""
    if not reach_of(user, register, "see").holds(unit):
        raise no_record()


def no_record() -> NotFound:
    """The one answer to who may not see and to what is not there."""
    return NotFound("REG-011", "没有这条记录，或您无权查看", remedy="请核对地址；需要查看请联系主管科室")


def no_register(register: RegisterDef) -> NotFound:
    """The same for a whole register."""
    return NotFound("REG-015", f"没有台账“{register.name}”，或您无权查看", remedy="请核对地址；需要查看请联系主管科室")


def step_reach(user: User | None, register: RegisterDef, step: TransitionDef) -> Reach:
    """Where a person may take a step: the roles in ``by``, as far as each may edit (or, without that, see)."""
    if register.retired:
        return NOWHERE
    if user is None:
        return EVERYWHERE
    edit, see = grants(register, "edit"), grants(register, "see")
    return reach(user, {role: edit.get(role) or see.get(role) for role in step.by}, register.owner)


def keeper_reach(user: User | None, register: RegisterDef) -> Reach:
    """Where a person keeps this register for the whole bureau (edit: all): may mend closed records and set states."""
    if register.retired:
        return NOWHERE
    wide: dict[str, Scope | None] = {role: scope for role, scope in grants(register, "edit").items() if scope == "all"}
    return EVERYWHERE if user is None else reach(user, wide, register.owner)


def keeps(user: User | None, register: RegisterDef, unit: Unit) -> bool:
    """Whether a person keeps this register's records of ``unit``."""
    return keeper_reach(user, register).holds(unit)


def may_reveal(user: User, register: RegisterDef, record: Record) -> bool:
    """Whether a person may read a masked value: by the capability ``unmask``, as the unit that entered it, or as who keeps
    the register: a petition office must be able to call back whoever the case was handed to."""
    if not reach_of(user, register, "see").holds(record.unit):
        return False
    own = any(post.unit_id == record.unit_id and grants(register, "edit").get(post.role) for post in posts_of(user))
    return own or keeps(user, register, record.unit) or can(user, "unmask")


def require_export(register: RegisterDef) -> None:
    """Raise Forbidden for a register whose lists must not leave the system as sheets."""
    if register.privacy.export == "refused":
        raise Forbidden(
            "REG-114",
            f"“{register.name}”的名单不能导出",
            remedy=register.privacy.basis or "在页面上查看，或打印单条记录",
        )
