"""The steps of a register's lifecycle: the declared ones, and those that every register has."""

from __future__ import annotations

from datetime import date

from taizhang.catalog.lifecycle_schema import BEFORE, TransitionDef
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.models import Record
from taizhang.registers.policy import grants, step_reach

VOID_STEP = "作废"
VOID_HELP = "记录有误时作废；作废后不计入统计，须写明原因"
REOPEN_HELP = "办结后发现没有办好的，退回重新办理，须写明原因"


def steps_of(register: RegisterDef) -> tuple[TransitionDef, ...]:
    """The declared steps; the reopening, where the register has one; and where none leads to a void state, also 作废
    for the roles that may edit all records: a register must always offer a way to strike out a wrong record that is
    not deletion.
    """
    life = register.lifecycle
    found = list(life.transitions)
    if life.reopen is not None:
        closed = tuple(state for state, category in life.states.items() if category == "closed")
        found.append(_implied(life.reopen.name, closed, life.reopen.to, life.reopen.by, REOPEN_HELP))
    voids = [state for state, category in life.states.items() if category == "void"]
    if voids and not any(step.to in voids for step in life.transitions):
        roles = tuple(role for role, scope in grants(register, "edit").items() if scope == "all")
        states = tuple(state for state in life.states if state not in voids)
        found.append(_implied(VOID_STEP, states, voids[0], roles, VOID_HELP))
    return tuple(found)


def _implied(name: str, states: tuple[str, ...], to: str, by: tuple[str, ...], help_: str) -> TransitionDef:
    return TransitionDef.model_validate(
        {"name": name, "from": states, "to": to, "by": by, "reason": True, "help": help_}
    )


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


def target_of(register: RegisterDef, step: TransitionDef, record: Record) -> str:
    """The state that a step brings a record to. For 原状态 it is read from the path of the record; one that was moved in
    without a path returns to the first state from which a step leads to where it is."""
    if step.to != BEFORE:
        return step.to
    ends = register.lifecycle.ends(step)
    path = [state for state, _ in record.clock.get("path", ())]
    return next((state for state in reversed(path) if state in ends), ends[0])


def asked_by(register: RegisterDef, step: TransitionDef, record: Record) -> tuple[str, ...]:
    """The fields that a step asks for: its own, then what the state it leads to must have and the record still lacks."""
    there = register.lifecycle.rules_in(target_of(register, step, record)).required
    lacking = [name for name in there if name not in step.requires and record.data.get(name) is None]
    typed = {field.name for field in register.fields if field.formula is None}
    return (*step.requires, *(name for name in lacking if name in typed))


def needs_reason(register: RegisterDef, step: TransitionDef) -> bool:
    """Whether a step must be explained in the note. A field that a void step asks for (复查意见) is its reason."""
    return step.reason or (register.lifecycle.voids(step) and not step.requires)


def is_plain(register: RegisterDef, step: TransitionDef) -> bool:
    """Whether a step does nothing but move the state and fill fields in: only such a step may be taken by a sheet, which
    has no place for a reason and writes no letter."""
    return not (step.guard or step.letter or step.hand_to or needs_reason(register, step))


def why_not(plan: Blueprint, step: TransitionDef, record: Record, today: date) -> str:
    """What the step's guard has against it, '' when nothing. A condition whose values are missing is not met: a step
    waits until it is known that it may go."""
    test = plan.rules.guards.get(step.name)
    if test is None or step.guard is None:
        return ""
    values = plan.values(record, record.data)
    plan.rules.compute(values, today)
    if test(values, today) is True:
        return ""
    return step.guard.message or f"条件“{step.guard.formula}”没有满足"
