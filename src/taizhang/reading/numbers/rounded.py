"""What the rounding of printed operands can explain is no error.

24.47万所比上年增加1.06万所,增长4.55%: of the printed numbers the growth is 4.53 %, of those behind them it may well be
4.55 %. Statistical offices compute from full numbers and print rounded ones, and say so in every communiqué. The rule
that operands count as printed still decides whether a relation holds; whether a person must act it does not decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.passage import Item, Passage
from taizhang.reading.numerals import decimals

Form = Callable[[Sequence[Fraction]], Fraction]
_FORMS: dict[str, tuple[Form, ...]] = {
    "share": (lambda v: 100 * sum(v[:-1], Fraction(0)) / v[-1],),
    "rate": (lambda v: 100 * sum(v[:-1], Fraction(0)) / v[-1],),
    "growth": (
        lambda v: 100 * abs(v[0] - v[1]) / v[1],
        lambda v: 100 * v[1] / (v[0] - v[1]),
        lambda v: 100 * v[1] / (v[0] + v[1]),
        lambda v: 100 * v[1] / v[0],
    ),
    "multiple": (lambda v: v[0] / v[1], lambda v: (v[0] - v[1]) / v[1]),
    "ratio": (lambda v: v[0] / v[1], lambda v: v[1] / v[0]),
    "per": (lambda v: v[0] / v[1],),
    "sum": (lambda v: sum(v, Fraction(0)),),
    "difference": (lambda v: abs(v[0] - v[1]),),
}
ROUNDED = "原文的数字已经取整，相差在取整误差之内"


def softened(passage: Passage, relation: Relation, result: str) -> Relation:
    """The relation, as a note where the operands' own rounding covers the gap. ``result``: the role of the stated number."""
    if relation.severity is None or relation.check != "exact" or relation.computed is None or relation.stated is None:
        return relation
    items = [passage.items[passage.at(one.start)] for one in relation.operands if one.role != result]
    spread = _spread(relation, items)
    if not spread or abs(relation.computed - relation.stated) > (relation.tolerance or 0) + spread:
        return relation
    return replace(relation, severity="note", why=f"{relation.why.rpartition('，')[0]}；{ROUNDED}")


def _spread(relation: Relation, items: Sequence[Item]) -> float:
    """How far the computed number moves when every operand is moved by half of its last printed digit."""
    values = [item.value for item in items]
    if not all(values) or len(values) < (1 if relation.kind == "sum" else 2):
        return 0.0
    known = [value for value in values if value is not None]
    form = next((one for one in _FORMS.get(relation.kind, ()) if _gives(one, known, relation.computed)), None)
    if form is None:
        return 0.0
    here, total = form(known), Fraction(0)
    for place, item in enumerate(items):
        half = grain(item)
        if half:
            moved = ([*known[:place], known[place] + sign * half, *known[place + 1 :]] for sign in (1, -1))
            total += max(abs(form(values) - here) for values in moved)
    return float(total)


def _gives(form: Form, values: Sequence[Fraction], computed: float | None) -> bool:
    try:
        found = float(form(values))
    except ZeroDivisionError:
        return False
    return computed is not None and abs(abs(found) - abs(computed)) <= 1e-6 * max(1.0, abs(computed))


def grain(item: Item) -> Fraction:
    """Half of the last printed digit; a number without decimals was counted and is exact."""
    return step(item) / 2 if decimals(item.quantity.text) else Fraction(0)
