"""The form of an appraisal scheme (考核方案): who is compared with whom, what is scored by what rule and by whom.

A scheme says everything that a score needs; a round keeps the whole document, so that a later release of the pack never
moves a score that was given under an earlier one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from taizhang.catalog.document import Code, Document, Name, Names

Points = Annotated[Decimal, Field(gt=0, le=10000)]


class GroupDef(Document):
    """Units that are ranked among themselves: by kind (小学, 科室 …), or by their codes."""

    name: Name
    kinds: Names = ()
    units: Names = ()


class ItemDef(Document):
    """One scored line of a section.

    ``measured`` is worked out by ``formula`` from indicators and sources (满分 is ``points``); ``judged`` is given by
    people of the unit ``judge`` names (left out: who runs the round). ``groups`` narrows it to some groups. ``evidence``
    asks for a file with the self-assessment.
    """

    name: Name
    kind: Literal["measured", "judged"]
    points: Points
    formula: str | None = None
    rule: str = ""
    judge: str = ""
    groups: Names = ()
    evidence: bool = False
    basis: str = ""


class SectionDef(Document):
    """A part of the score sheet. ``weight`` is what it counts for in the total; left out, the points of its items."""

    name: Name
    items: tuple[ItemDef, ...] = Field(min_length=1)
    weight: Points | None = None


class AdjustmentDef(Document):
    """Points beside the sections: so many ``each`` time, ``max`` in all. With ``formula`` they are worked out, else entered
    by ``judge`` with source and evidence."""

    name: Name
    kind: Literal["add", "deduct"]
    each: Points | None = None
    max: Points | None = None
    formula: str | None = None
    rule: str = ""
    judge: str = ""
    basis: str = ""


class VetoDef(Document):
    """一票否决. ``deduct`` takes ``points`` off, ``fail`` puts the unit into the last band and out of the ranking, ``bar``
    leaves score and rank and keeps the unit from any band above ``band`` (left out: the second) and from awards.

    ``by`` names the unit whose people alone may set and lift it (left out: who runs the round).
    """

    name: Name
    effect: Literal["deduct", "fail", "bar"]
    points: Points | None = None
    band: str = ""
    by: str = ""
    basis: str = ""


class BandDef(Document):
    """A grade from a score upwards; ``share`` is the largest part of a group that may have it (0.3 = 30 %)."""

    name: Name
    at_least: Annotated[Decimal, Field(ge=0)]
    share: Annotated[Decimal, Field(gt=0, le=1)] | None = None


class SchemeDef(Document):
    """One appraisal. ``bound`` names units that are appraised as one (捆绑考核): name → codes."""

    scheme_code: Code = Field(alias="scheme")
    name: Name
    groups: tuple[GroupDef, ...] = Field(min_length=1)
    sections: tuple[SectionDef, ...] = Field(min_length=1)
    bands: tuple[BandDef, ...] = Field(min_length=1)
    adjustments: tuple[AdjustmentDef, ...] = ()
    add_cap: Points | None = None
    deduct_cap: Points | None = None
    vetoes: tuple[VetoDef, ...] = ()
    bound: dict[str, tuple[str, ...]] = {}
    period: Literal["month", "quarter", "half", "year", "term", "school_year"] = "year"
    objection_days: Annotated[int, Field(ge=1, le=60)] = 5
    description: str = ""
    basis: str = ""

    @property
    def code(self) -> str:
        return self.scheme_code

    def item(self, name: str) -> ItemDef | AdjustmentDef | None:
        """A line by its name, of a section or beside them."""
        lines: list[ItemDef | AdjustmentDef] = [item for section in self.sections for item in section.items]
        return next((line for line in [*lines, *self.adjustments] if line.name == name), None)

    def veto(self, name: str) -> VetoDef | None:
        return next((veto for veto in self.vetoes if veto.name == name), None)
