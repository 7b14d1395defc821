"""The steps of a register's lifecycle, and the guards that code keeps for them."""

from __future__ import annotations

from collections.abc import Callable

from taizhang.catalog.schema import RegisterDef, TransitionDef
from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.registers.models import Record
from taizhang.registers.policy import grants, step_reach

VOID_STEP = "作废"
VOID_HELP = "记录有误时作废；作废后不计入统计，须写明原因"
Guard = Callable[[Record], str | None]
GUARDS: dict[str, Guard] = {}


def guard(key: str) -> Callable[[Guard], Guard]:
    """Registers a function under the key that packs write as ``guard:``. It returns why a step must wait, or None."""

    def keep(function: Guard) -> Guard:
        GUARDS[key] = function
        return function

    return keep


def steps_of(register: RegisterDef) -> tuple[TransitionDef, ...]:
    """The declared steps; where none leads to a void state, also 作废 for the roles that may edit all records.

    A register must always offer a way to strike out a wrong record that is not deletion.
    """
    life = register.lifecycle
    voids = [state for state, category in life.states.items() if category == "void"]
    if not voids or any(step.to in voids for step in life.transitions):
        return life.transitions
    roles = tuple(role for role, scope in grants(register, "edit").items() if scope == "all")
    states = tuple(state for state in life.states if state not in voids)
    implied = TransitionDef.model_validate(
        {"name": VOID_STEP, "from": states, "to": voids[0], "by": roles, "help": VOID_HELP}
    )
    return (*life.transitions, implied)


def find_step(register: RegisterDef, name: str) -> TransitionDef:
    """A step by name. Raises Problem with the known ones."""
    for step in steps_of(register):
        if step.name == name:
            return step
    known = "、".join(step.name for step in steps_of(register))
    raise Problem("REG-020", f"“{register.name}”没有步骤“{name}”", remedy=f"可用：{known or '无'}")


def steps_for(user: User | None, register: RegisterDef, record: Record) -> list[TransitionDef]:
    """The steps that a person may take with a record now."""
    return [
        step
        for step in steps_of(register)
        if record.state in step.from_ and step_reach(user, register, step).holds(record.unit)
    ]


def refuse_by_guard(register: RegisterDef, step: TransitionDef, record: Record) -> None:
    """Raise Problem when the step's guard says that it must wait."""
    if step.guard is None:
        return
    if step.guard not in GUARDS:
        raise Problem(
            "REG-021",
            f"步骤“{step.name}”的条件“{step.guard}”没有登记",
            where=register.name,
            remedy="请管理员检查业务包中的 guard",
        )
    why = GUARDS[step.guard](record)
    if why:
        raise Problem("REG-022", f"现在还不能“{step.name}”：{why}", remedy="先办妥该事项")
