"""Who opens and watches rounds, who fills, who approves at which stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from taizhang.catalog.current import catalog
from taizhang.catalog.document import Scope
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.kinds import BUREAU, DISTRICT, SCHOOL, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.policy import EVERYWHERE, Reach, is_installation, posts_of, reach
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.policy import grants, reach_of

OPENS, APPROVES = "open_collection", "approve_return"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of approval: posts at units of ``level`` that carry the capability, as far down as ``scope``."""

    key: str
    label: str
    level: str
    scope: Scope


STAGES = {
    stage.key: stage
    for stage in (
        Stage("principal", "校长审核", SCHOOL, "own"),
        Stage("district", "学区审核", DISTRICT, "below"),
        Stage("section", "科室审核", SECTION, "all"),
    )
}


def stages_of(chain: list[str], unit: Unit, above: dict[int, Unit]) -> list[str]:
    """The stages that a unit's return passes: a unit without a district above it skips the district's."""
    levels = {above[int(part)].level for part in unit.path.strip("/").split("/") if int(part) in above}
    return [key for key in chain if STAGES[key].level not in (DISTRICT, SCHOOL) or STAGES[key].level in levels]


def manager_reach(user: User | None, register: RegisterDef) -> Reach:
    """Where a person runs rounds of a register: posts that may open collections and see all its records."""
    if user is None:
        return EVERYWHERE
    seen, roles = grants(register, "see"), catalog().roles
    wide: dict[str, Scope | None] = {
        name: "all" for name, role in roles.items() if OPENS in role.can and seen.get(name) == "all"
    }
    return reach(user, wide, register.owner)


def filler_reach(user: User | None, register: RegisterDef) -> Reach:
    """Where a person fills returns: where they may edit records (a school its own, a district its schools')."""
    return reach_of(user, register, "edit")


def stage_reach(user: User | None, register: RegisterDef, key: str) -> Reach:
    """Where a person approves at a stage."""
    if user is None or is_installation(user):
        return EVERYWHERE
    stage, roles = STAGES[key], catalog().roles
    level_posts = {post.role for post in posts_of(user) if post.unit.level == stage.level}
    held: dict[str, Scope | None] = {
        name: stage.scope for name in level_posts if name in roles and APPROVES in roles[name].can
    }
    return reach(user, held, register.owner)


def seen_reach(user: User | None, register: RegisterDef) -> list[Reach]:
    """The reaches whose union is where a person may look at returns."""
    found = [reach_of(user, register, "see"), *(stage_reach(user, register, key) for key in STAGES)]
    return [item for item in found if item]


def sees(user: User | None, register: RegisterDef, unit: Unit) -> bool:
    if reach_of(user, register, "see").holds(unit):
        return True
    return any(item.holds(unit) for item in seen_reach(user, register))


def opener_unit(user: User | None, register: RegisterDef) -> Unit:
    """In whose name a round is opened. Raises Forbidden."""
    if not manager_reach(user, register):
        raise Forbidden("REG-200", f"您不能发起“{register.name}”的报送", remedy="由主管科室或办公室发起")
    posts = [] if user is None else [post.unit for post in posts_of(user) if post.unit.level in (SECTION, BUREAU)]
    unit = posts[0] if posts else Unit.objects.filter(parent__isnull=True).order_by("id").first()
    if unit is None:
        raise NotFound("ORG-001", "还没有单位", remedy="先导入单位")
    return unit


def require_manager(user: User | None, round_: Round) -> None:
    """Raise Forbidden unless the person runs rounds of this register."""
    register = catalog().register(round_.register_code)
    if not manager_reach(user, register).holds(round_.section):
        raise Forbidden("REG-201", "您不能管理这一轮报送", remedy=f"请联系发起的“{round_.section.name}”")


def require_filler(user: User | None, returned: Return) -> None:
    """Raise NotFound or Forbidden unless the person fills for this unit."""
    register = catalog().register(returned.round.register_code)
    if not filler_reach(user, register).holds(returned.unit):
        if not sees(user, register, returned.unit):
            raise no_return()
        raise Forbidden("REG-202", f"您不能替“{returned.unit.name}”填报", remedy="由该单位的填报员填写")


def no_round() -> NotFound:
    return NotFound("REG-203", "没有这一轮报送，或您无权查看", remedy="请核对地址；需要查看请联系主管科室")


def no_return() -> NotFound:
    return NotFound("REG-204", "没有这张报表，或您无权查看", remedy="请核对地址；需要查看请联系主管科室")


def allowed_until(round_: Round, exception: date | None) -> date:
    """The last day on which a unit may fill."""
    return max(round_.due_on, exception) if exception else round_.due_on


def require_unlocked(returned: Return, until: date, today: date) -> None:
    """Raise Problem when the return no longer lies with the unit, or its time is over."""
    if returned.round.state != Round.OPEN:
        raise Problem("REG-205", f"本轮报送{returned.round.get_state_display()}，不能再填", remedy="请联系发起科室")
    if not returned.is_in_hand:
        raise Problem("REG-206", f"报表{returned.get_state_display()}，不能修改", remedy="尚未通过的可先撤回，再修改")
    if today > until:
        raise Problem("REG-207", f"已过截止日期 {until}，填报已锁定", remedy="确需补报的，请联系发起科室放宽期限")
