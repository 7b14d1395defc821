"""The figures that a scheme's formulas read, for every sheet of a round: one query for each indicator and level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from taizhang.appraisal.linter import indicators_of
from taizhang.appraisal.models import Sheet
from taizhang.appraisal.sources import SOURCES, SUMMED
from taizhang.catalog.appraisal_schema import AdjustmentDef, ItemDef, SchemeDef
from taizhang.indicators.queries import IndicatorFigure, figures_below
from taizhang.kernel.periods import Period
from taizhang.kernel.texts import plain_number
from taizhang.org.models import Unit
from taizhang.org.queries import installation_user, root_unit
from taizhang.warehouse.projection import Build

Inputs = dict[str, str | None]
# Enough digits for any rate; a figure is kept as it was used.
PLACES = Decimal("0.0000000001")


def inputs_of(
    scheme: SchemeDef, sheets: Iterable[Sheet], period: Period, day: date, build: Build
) -> dict[tuple[Sheet, str], Inputs]:
    """Sheet and line → the figures by name, as text; null where there is none."""
    sheets = list(sheets)
    units = {sheet: [member.unit for member in sheet.members.all()] for sheet in sheets}
    everybody = [unit for members in units.values() for unit in members]
    lines = [line for line in _lines(scheme) if line.formula]
    names = {name for line in lines for name in indicators_of(line)}
    figures = {name: _figures(name, everybody, period, day, build) for name in sorted(names)}
    found: dict[tuple[Sheet, str], Inputs] = {}
    for sheet in sheets:
        for line in lines:
            if isinstance(line, ItemDef) and line.groups and sheet.group not in line.groups:
                continue
            inputs = {name: _text(_together(name, figures[name], units[sheet])) for name in indicators_of(line)}
            found[sheet, line.name] = inputs
    return found


def _lines(scheme: SchemeDef) -> list[ItemDef | AdjustmentDef]:
    return [*(item for section in scheme.sections for item in section.items), *scheme.adjustments]


Parts = tuple[Decimal | None, Decimal | None, Decimal | None]  # value, numerator, denominator


def _figures(name: str, units: list[Unit], period: Period, day: date, build: Build) -> dict[int, Parts]:
    """Unit id → the figure of one indicator or source."""
    if name in SOURCES:
        return {unit: (value, None, None) for unit, value in SOURCES[name](units, period, day).items()}
    # The installation asks, so that a score does not depend on what its reader may see.
    reader, top, found = installation_user(), root_unit(), dict[int, Parts]()
    for level in dict.fromkeys(unit.level for unit in units):
        for figure in figures_below(reader, name, top, period, level, build=build):
            found.update(_parts(figure))
    return found


def _parts(figure: IndicatorFigure) -> dict[int, Parts]:
    return {figure.unit.pk: (figure.value, figure.numerator, figure.denominator)} if figure.unit else {}


def _together(name: str, figures: dict[int, Parts], units: list[Unit]) -> Decimal | None:
    """One figure for units that are appraised as one: a ratio of the sums, a sum of counts, else the plain mean."""
    known = [figures[unit.pk] for unit in units if unit.pk in figures and figures[unit.pk][0] is not None]
    if len(known) < 2:
        return known[0][0] if known else None
    if all(numerator is not None and denominator is not None for _, numerator, denominator in known):
        below = sum((denominator or Decimal(0) for _, _, denominator in known), Decimal(0))
        return sum((numerator or Decimal(0) for _, numerator, _ in known), Decimal(0)) / below if below else None
    total = sum((value or Decimal(0) for value, _, _ in known), Decimal(0))
    return total if name in SUMMED or _counts(known) else total / len(known)


def _counts(known: list[Parts]) -> bool:
    """Whether the figures are plain sums: a numerator that is the value, over nothing."""
    return all(denominator is None and numerator is not None for _, numerator, denominator in known)


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return plain_number(value.quantize(PLACES))
