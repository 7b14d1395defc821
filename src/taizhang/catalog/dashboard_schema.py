"""The form of a dashboard (看板): which figures stand on one page, in which form, for whom."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from taizhang.catalog.document import Code, Document, Name, Names

Form = Literal["number", "trend", "ranking", "dimension", "table", "small"]
FORMS: dict[str, str] = {
    "number": "数字", "trend": "逐期", "ranking": "排行", "dimension": "分列", "table": "表格", "small": "各单位小图",
}  # fmt: skip
# Forms that show the units of a level, and forms that show one indicator alone.
OVER_UNITS = ("ranking", "table", "small")
ALONE = ("trend", "ranking", "dimension", "small")


class TileDef(Document):
    """One tile: the figures of one or more indicators.

    ``units`` says whose: the chosen unit's own (``own``), or those of each district or school below it. ``by`` is the
    field that ``dimension`` is broken down by. ``period`` is left out for the newest with data, else a kind counted from
    today (``year``, ``month-1``: the month before) or a period's code. ``back`` is how many periods a trend shows, ``top``
    how many units a ranking, which begins with the best or (``first: worst``) with those to look after.
    """

    indicators: Names = Field(alias="indicator", min_length=1, max_length=8)
    form: Form = "number"
    title: str = ""
    units: Literal["own", "district", "school"] = "own"
    by: str = ""
    period: Annotated[str, Field(max_length=20)] = ""
    back: int = Field(default=6, ge=2, le=24)
    top: int = Field(default=10, ge=1, le=60)
    first: Literal["best", "worst"] = "best"

    @model_validator(mode="after")
    def _fits(self) -> TileDef:
        if self.form in ALONE and len(self.indicators) > 1:
            raise ValueError(f"{FORMS[self.form]}（form: {self.form}）只能写一个指标")
        if self.form in OVER_UNITS and self.units == "own":
            raise ValueError(
                f"{FORMS[self.form]}（form: {self.form}）须写 units: district（各学区）或 school（各学校）"
            )
        if self.form not in OVER_UNITS and self.units != "own":
            raise ValueError(f"{FORMS[self.form]}（form: {self.form}）不能写 units")
        if (self.form == "dimension") != bool(self.by):
            raise ValueError("分列（form: dimension）须写 by，别的形式不写")
        return self


class DashboardDef(Document):
    """A page of tiles for some posts; without ``roles`` for everybody who sees figures.

    Its Chinese name is its key; ``code`` stands in the address, left out, the name does. ``order`` places it in the menu.
    """

    name: Name = Field(alias="dashboard")
    code: Code | Literal[""] = ""
    description: str = ""
    roles: Names = ()
    order: int = 100
    tiles: tuple[TileDef, ...] = Field(min_length=1, max_length=40)

    @property
    def address(self) -> str:
        return self.code or self.name
