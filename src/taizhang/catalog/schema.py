"""The form of pack documents. Frozen once read; every key a clerk may write is here, with its meaning.

A Chinese ``name`` is its thing's key everywhere and for ever; ``label`` only changes what the screen shows.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from taizhang.catalog.document import Code, Document, Name, Scope
from taizhang.catalog.lifecycle_schema import DEFAULT_LIFECYCLES, LifecycleDef

FIELD_TYPES = (
    "text", "long_text", "integer", "decimal", "money", "percent", "date", "datetime", "month", "school_year", "choice",
    "choices", "yes_no", "unit", "person", "link", "file", "phone", "id_card", "place",
)  # fmt: skip
NUMERIC_TYPES = ("integer", "decimal", "money", "percent")
FieldType = Literal[
    "text", "long_text", "integer", "decimal", "money", "percent", "date", "datetime", "month", "school_year", "choice",
    "choices", "yes_no", "unit", "person", "link", "file", "phone", "id_card", "place",
]  # fmt: skip


class FieldDef(Document):
    """One field of a register."""

    name: Name
    type: FieldType
    label: str = ""
    required: bool = False
    default: Any = None
    options: str | tuple[str, ...] | None = None
    query: bool = False
    unique: bool = False
    sensitive: bool = False
    many: bool = False
    formula: str | None = None
    help: str = ""
    unit: str = ""
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    decimals: int | None = None
    pattern: str | None = None
    section: str = ""
    register_code: str | None = Field(default=None, alias="register")
    measure: Literal["stock", "flow"] | None = None
    additive: Literal["yes", "nested", "exclusive", "cumulative", "no"] | None = None
    part_of: str | None = None  # the field whose part this one is (nested: overlapping other parts; exclusive: not)
    migrates_from: str | None = None
    swing: float | None = None  # the change against last period (a ratio) that a return must explain

    @property
    def title(self) -> str:
        return self.label or self.name

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC_TYPES


class CheckDef(Document):
    """A condition that every record must meet (``error``) or that somebody must look at (``warning``)."""

    name: Name
    formula: str
    message: str
    level: Literal["error", "warning"] = "error"


class RepeatDef(Document):
    """No two records, struck-out ones aside, may agree in all of ``fields`` (单位 may be one of them); with ``between``, a
    start and an end date, only while their dates overlap. ``message`` is what the person reads who tries."""

    name: Name
    fields: tuple[str, ...] = Field(min_length=1)
    between: tuple[str, str] | None = None
    message: str = ""


class AccessDef(Document):
    """What a post may do with a register's records, within which part of the unit tree."""

    see: Scope | None = None
    create: Scope | None = None
    edit: Scope | None = None


class PrivacyDef(Document):
    """What a register of persons asks beyond its access rules.

    ``log_views`` writes every opening of a record to the audit. ``suppress_below`` hides grouped counts of fewer records
    from those who may not see the records. ``export`` says whether lists go out as sheets (masked) or not at all.
    ``erase_after_years`` erases the sensitive fields that long after a record was closed.
    """

    log_views: bool = False
    suppress_below: int = Field(default=0, ge=0)
    export: Literal["masked", "refused"] = "masked"
    erase_after_years: int | None = Field(default=None, ge=1)
    basis: str = ""


class PublicDef(Document):
    """The public door of a register: what people without an account may fill in to open a case, and what they are told.

    ``required`` are fields that the door asks for though the register does not. ``sets`` are fields that the door fills by
    formula. ``states`` says in plain words what each state means to them (a state left out is shown by its name).
    ``shows`` are fields that a query by code shows as soon as they are filled, ``replies`` only those of a closed case;
    ``rates`` is the choice field that they may fill once after that.
    """

    title: Name
    summary: str = ""
    fields: tuple[str, ...] = Field(min_length=1)
    required: tuple[str, ...] = ()
    sets: dict[str, str] = {}
    notice: str
    otherwise: str
    states: dict[str, str] = {}
    shows: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    rates: str | None = None


class RemovedDef(Document):
    """A tombstone: the name was used once and is never used again for another thing."""

    name: Name
    type: str
    since: str


class DefinitionDef(Document):
    """口径 in prose, for whoever must defend the figure."""

    numerator: str = ""
    denominator: str = ""
    note: str = ""


class EarlierDef(Document):
    """What an indicator meant before: a former version of its definition, in force from ``valid_from`` until the next."""

    version: Annotated[str, BeforeValidator(str)]
    formula: str
    valid_from: date | None = None
    definition: DefinitionDef = DefinitionDef()
    basis: str = ""


class IndicatorDef(Document):
    """A declared formula over registers, by unit and period.

    ``earlier`` are its former versions. A figure is computed by the version that was in force when its period closed,
    unless another one is asked for.
    """

    code: Code
    name: Name
    formula: str
    label: str = ""
    unit: str = ""
    decimals: int = 2
    better: Literal["higher", "lower", "none"] = "none"
    grain: str = ""
    by: tuple[str, ...] = ()
    definition: DefinitionDef = DefinitionDef()
    version: Annotated[str, BeforeValidator(str)] = "1"
    valid_from: date | None = None
    basis: str = ""
    standard: str | None = None
    theme: str = ""
    register_code: str | None = Field(default=None, alias="register")
    format: str = ""
    earlier: tuple[EarlierDef, ...] = ()

    @property
    def title(self) -> str:
        return self.label or self.name

    @property
    def versions(self) -> tuple[IndicatorDef, ...]:
        """The definition in all its versions, the newest first."""
        if not self.earlier:
            return (self,)
        former = [self.model_copy(update=dict(item)) for item in self.earlier]
        return (self, *sorted(former, key=lambda item: item.valid_from or date.min, reverse=True))

    def on(self, day: date) -> IndicatorDef:
        """The version in force on a day; the oldest for days before all of them."""
        known = self.versions
        return next((item for item in known if (item.valid_from or date.min) <= day), known[-1])

    def in_version(self, version: str) -> IndicatorDef | None:
        """The definition of that version."""
        return next((item for item in self.versions if item.version == version), None)


# What brings up a task that stands in no plan; plans.models.Task.ORIGINS are the same words.
TaskOrigin = Literal["会议", "批示", "督查反馈", "信访", "上级来文", "其他"]


class RegisterDef(Document):
    """A declared set of records.

    ``parent`` names the required link field that puts each record under one of another register: the findings of a
    visit, the stages of a project. The record above shows them and cannot be closed or struck out over open ones.
    ``shared_with`` names unit fields (接收单位): the people of the units named there see the record too, as far as their
    posts see this register at all; they change nothing.
    ``task_origin`` says where a task that is made from a record came from.
    ``retired`` is the register's tombstone: its records stay readable and can be exported, nobody adds to them or changes
    them, and neither its code nor its name is ever given to another register.
    """

    register_code: Code = Field(alias="register")
    name: Name
    kind: Literal["case", "roster", "statistics"]
    fields: tuple[FieldDef, ...]
    label: str = ""
    description: str = ""
    system: tuple[str, ...] = ()
    line: str = "其他"
    owner: str = ""
    number: str = ""
    title: str = ""
    dated_by: str | None = None
    parent: str | None = None
    period: Literal["month", "term", "school_year", "year"] | None = None
    dimensions: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    columns: tuple[str, ...] = Field(default=(), alias="list")
    checks: tuple[CheckDef, ...] = ()
    no_repeat: tuple[RepeatDef, ...] = ()
    lifecycle: LifecycleDef = Field(default=None)  # type: ignore[assignment]
    access: dict[str, AccessDef] = {}
    shared_with: tuple[str, ...] = ()
    task_origin: TaskOrigin = "督查反馈"
    privacy: PrivacyDef = PrivacyDef()
    public: PublicDef | None = None
    indicators: tuple[IndicatorDef, ...] = ()
    removed: tuple[RemovedDef, ...] = ()
    retired: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:
        """What may be left out: the kind's plain lifecycle, and a choice field for a dimension of that option set."""
        if not isinstance(values, dict):
            return values
        filled = dict(values)
        if not filled.get("lifecycle") and filled.get("kind") in DEFAULT_LIFECYCLES:
            filled["lifecycle"] = DEFAULT_LIFECYCLES[filled["kind"]]
        fields, dimensions = filled.get("fields"), filled.get("dimensions")
        if isinstance(fields, list) and isinstance(dimensions, list):
            named = {item.get("name") for item in fields if isinstance(item, dict)}
            missing = [name for name in dimensions if name not in named]
            # At the end, so that an error's position in the document still fits.
            extra = [
                {"name": name, "type": "choice", "options": name, "required": True, "query": True} for name in missing
            ]
            filled["fields"] = [*fields, *extra]
        return filled

    @property
    def code(self) -> str:
        return self.register_code

    def field(self, name: str) -> FieldDef | None:
        return next((item for item in self.fields if item.name == name), None)

    @property
    def date_field(self) -> str | None:
        """The field that puts a record into a period: ``dated_by``, else the first required date field."""
        if self.dated_by:
            return self.dated_by
        return next((item.name for item in self.fields if item.type == "date" and item.required), None)

    @property
    def list_columns(self) -> tuple[str, ...]:
        """What the list shows when nobody chose: the declared columns, else the query fields, else the first five."""
        if self.columns:
            return self.columns
        queried = tuple(item.name for item in self.fields if item.query)
        return queried or tuple(item.name for item in self.fields[:5] if item.type not in ("file", "long_text"))


class OptionDef(Document):
    """One choice; a retired one stays readable in old records."""

    name: Name
    code: str = ""
    group: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class OptionSetDef(Document):
    """A named list of choices that several fields share."""

    name: Name = Field(alias="options")
    values: tuple[OptionDef, ...] = Field(min_length=1)


class RoleDef(Document):
    """A post: what it may see and do where a register says nothing else, and what else it may do."""

    name: Name
    label: str = ""
    at: tuple[str, ...] = ()
    access: AccessDef = AccessDef()
    can: tuple[str, ...] = ()


class PostsDef(Document):
    """The posts of a bureau and the capabilities they may carry."""

    capabilities: dict[str, str] = {}
    posts: dict[str, dict[str, Any]]


class ThresholdDef(Document):
    """One official limit, valid for a stage and a time.

    ``indicator`` is an indicator's code, or the code of an item of the same standard. ``region`` is the beginning of an
    area code (52, 5299, 529926): the limit replaces the general one for units whose code begins so.
    """

    indicator: str
    stage: str = ""
    region: str = ""
    at_least: float | None = None
    at_most: float | None = None
    floor_ratio: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = ""


class ResourceDef(Document):
    """What every school must have, measured by its ``base`` (left out: its pupils): ``per`` × amount ÷ base.

    ``inverse`` is base ÷ amount (pupils to one teacher). ``shared``: the stages of one school use it together, so it is
    divided among them by ``mixed``. ``fixed``: it stays behind when a school closes. ``spread`` is the indicator of the
    difference coefficient over the schools, which has a limit of its own. ``short`` names the resource in a phrase
    (还差 骨干教师 3 名).
    """

    indicator: Code
    short: str = ""
    amount: str
    measure: str
    base: str = ""
    per: int = 1
    inverse: bool = False
    shared: bool = False
    fixed: bool = False
    spread: str = ""


class MixedDef(Document):
    """From when on a school of several stages has its shared resources divided by weighted pupils, and by which weights."""

    weights: dict[str, float]
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = ""


class SchoolsDef(Document):
    """How a standard looks at single schools: one line per school and stage of a statistics register.

    A school passes when ``met_at_least`` of the resources reach their limits and each other one its ``floor_ratio``; left
    out, all of them must. ``left_out`` is true of records that are not evaluated. ``rounded`` compares values rounded to
    so many decimals, as some inspectors do; left out, they are compared as they are.
    """

    register_code: Code = Field(alias="register")
    pupils: str
    stages: tuple[str, ...] = Field(min_length=1)
    stage: str = "学段"
    left_out: str = ""
    met_at_least: int | None = None
    rounded: int | None = None
    resources: tuple[ResourceDef, ...] = Field(min_length=1)
    mixed: tuple[MixedDef, ...] = ()


class ItemDef(Document):
    """One item of a standard that the county answers for.

    Computed when it names an ``indicator`` or, with ``each``, a value that every school must keep within the limit set for
    the item's code (``whole``: the stages of one school are added up). Judged otherwise, on the ``evidence`` named here.
    ``known`` says how well the requirement is known: from the document itself, from practice, or from memory.
    """

    code: Code
    name: Name
    part: str
    requirement: str
    indicator: str = ""
    each: str = ""
    whole: bool = False
    evidence: tuple[str, ...] = ()
    known: Literal["verified", "practice", "unverified"] = "verified"

    @property
    def judged(self) -> bool:
        """Whether somebody must judge it: nothing computes it."""
        return not self.indicator and not self.each


class StandardDef(Document):
    """A rule with its limits as data: for every school, for the county, and what has to be judged.

    ``review`` is the register that keeps the judgements: a statistics register with the dimension 评估项目.
    """

    code: Code
    name: Name
    basis: str = ""
    description: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    thresholds: tuple[ThresholdDef, ...] = ()
    schools: SchoolsDef | None = None
    items: tuple[ItemDef, ...] = ()
    review: str = ""


class QualityDef(Document):
    """One question about a register's data, beyond what a single entry is checked for.

    Exactly one of: ``formula``, true of a sound record; ``change_of``, a number that may not move by more than ``limit``
    (a ratio) against a year before; ``outlier_of``, a number compared with the records that agree in ``among``, which may
    not lie further than ``limit`` times the middle half's width outside it. Differences below ``least`` are let be.
    """

    code: Code
    name: Name
    register_code: Code = Field(alias="register")
    message: str
    remedy: str
    level: Literal["error", "warning"] = "warning"
    formula: str = ""
    change_of: str = ""
    outlier_of: str = ""
    among: tuple[str, ...] = ()
    limit: float = 3.0
    least: float = 0.0

    @model_validator(mode="after")
    def _one_question(self) -> QualityDef:
        if sum(map(bool, (self.formula, self.change_of, self.outlier_of))) != 1:
            raise ValueError("须写 formula、change_of、outlier_of 中的一个")
        return self


class ReportDef(Document):
    """A report template: a text with bound values, written for one unit and period.

    ``aliases`` are other names that people ask for it by (年度总结 for 年度工作总结). The template stands in ``text`` or in the
    file that ``template`` names.
    """

    code: Code
    name: Name
    aliases: tuple[Name, ...] = ()
    title: str
    template: str = ""
    text: str = ""
    period: Literal["week", "month", "quarter", "half", "year", "term", "school_year"] = "year"
    description: str = ""
    issuer: str = ""


class CalendarDef(Document):
    """An installation's own working days and days off, beside the statutory ones; ``notes`` say why."""

    days: dict[date, Literal["班", "休"]] = {}
    notes: dict[date, str] = {}


class PackDef(Document):
    """The pack's own page."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    version: str
    title: str
    description: str = ""
    requires: dict[str, str] = {}
