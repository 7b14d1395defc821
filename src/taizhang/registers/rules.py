"""Computed fields and checks of a register: the one place that calls the formula language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from taizhang.catalog.schema import CheckDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import RowFunction, names_in, parse, row_function
from taizhang.kernel.formula.functions import LIMITS
from taizhang.kernel.formula.nodes import Call, Formula, walk

# Their value changes from day to day without anybody saving the record.
MOVING = frozenset({"today", "age", *LIMITS})


class Rules:
    """A register's formulas, parsed and compiled once."""

    def __init__(self, register: RegisterDef) -> None:
        self.computed: dict[str, RowFunction] = {}
        moving: set[str] = set()
        named: set[str] = set()
        everything: list[Formula] = []
        for field in register.fields:
            if field.formula is not None:
                formula = _parsed(field.formula, f"{register.name} · {field.name}")
                self.computed[field.name] = row_function(formula)
                everything.append(formula)
                if _moves(formula, moving):
                    moving.add(field.name)
        self.moving = frozenset(moving)
        self.guards: dict[str, RowFunction] = {}
        self.sets: dict[str, dict[str, RowFunction]] = {}
        for step in register.lifecycle.transitions:
            where = f"{register.name} · {step.name}"
            sets = {name: _parsed(text, where) for name, text in step.sets.items()}
            self.sets[step.name] = {name: row_function(formula) for name, formula in sets.items()}
            asked = list(sets.values())
            if step.guard is not None:
                asked.append(_parsed(step.guard.formula, where))
                self.guards[step.name] = row_function(asked[-1])
            everything += asked
        self.whens: dict[str, RowFunction] = {}
        for deadline in register.lifecycle.deadlines:
            if deadline.when:
                everything.append(_parsed(deadline.when, f"{register.name} · {deadline.key}"))
                self.whens[deadline.key] = row_function(everything[-1])
        self.checks: list[tuple[CheckDef, RowFunction, frozenset[str]]] = []
        for check in register.checks:
            formula = _parsed(check.formula, f"{register.name} · {check.name}")
            names = frozenset(link or name for link, name in names_in(formula))
            self.checks.append((check, row_function(formula), names))
            everything.append(formula)
        self.linked: dict[str, set[str]] = {}
        for link, name in (pair for formula in everything for pair in names_in(formula)):
            named.add(link or name)
            if link is not None:
                self.linked.setdefault(link, set()).add(name)
        self.names = frozenset(named)
        self.asks_limits = any(_calls(formula) & LIMITS for formula in everything)

    def compute(self, values: dict[str, Any], today: date) -> dict[str, Any]:
        """The computed fields' values, which are put into ``values`` too: a later formula may use an earlier one."""
        results = {}
        for name, function in self.computed.items():
            results[name] = values[name] = function(values, today)
        return results

    def broken(self, values: Mapping[str, Any], today: date) -> list[CheckDef]:
        """The checks that do not hold. A check whose values are missing says nothing."""
        return [check for check, function, _ in self.checks if function(values, today) is False]

    def fields_of(self, check: CheckDef) -> frozenset[str]:
        """The fields that a check speaks of."""
        return next((names for item, _, names in self.checks if item is check), frozenset())


def _parsed(text: str, where: str) -> Formula:
    try:
        return parse(text)
    except Problem as wrong:
        raise Problem(wrong.code, wrong.message, where=f"{where},{wrong.where}", remedy=wrong.remedy) from wrong


def _moves(formula: Formula, moving: set[str]) -> bool:
    """Whether the value changes while nobody saves the record: with the day, or with the record that a link names."""
    names = names_in(formula)
    return bool(_calls(formula) & MOVING) or any(link is not None or name in moving for link, name in names)


def _calls(formula: Formula) -> set[str]:
    return {node.function for node in walk(formula.root) if isinstance(node, Call)}
