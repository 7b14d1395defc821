"""The form of lifecycles in pack documents: states, steps, deadlines, and the ladders and letters that urge."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from taizhang.catalog.document import Category, Document, Name, Names, TermText


def _as_guard(value: Any) -> Any:
    return {"formula": value} if isinstance(value, str) else value


class GuardDef(Document):
    """A condition on the record's fields that must hold before a step; ``message`` says what to do when it does not."""

    formula: str
    message: str = ""


# Where a step leads that takes a record back to the state it was in before (恢复建设 after 暂停建设); no state is called so.
BEFORE = "原状态"


class TransitionDef(Document):
    """One step of a lifecycle, by people in these posts, with these fields filled in. ``to`` is a state, or 原状态: the
    one that the record was in before it came into the state of ``from``.

    ``sets`` are fields that the step fills by formula (销号日期: today()); ``reason`` asks for a written reason.
    ``hand_to`` gives the record to another unit: the one in a unit field of the record, or 主管科室.
    """

    name: Name
    from_: Names = Field(alias="from")
    to: str
    by: Names
    requires: tuple[str, ...] = ()
    guard: Annotated[GuardDef | None, BeforeValidator(_as_guard)] = None
    sets: dict[str, str] = {}
    letter: str | None = None
    reason: bool = False
    hand_to: str | None = None
    help: str = ""


class InStateDef(Document):
    """What a state asks of the fields: filled in, not to be changed, not shown."""

    required: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class ReopenDef(Document):
    """A closed record may be taken up again, into the state ``to``, by these posts, with a reason."""

    to: str
    by: Names
    name: Name = "重新办理"


class ExtendDef(Document):
    """Who may lengthen a deadline, by at most how long each time, how often, and with which letter."""

    by: Names
    at_most: TermText
    times: int = 1
    letter: str | None = None


class DeadlineDef(Document):
    """A record in ``state`` is late after the date in field ``due``, or ``within`` a term after a field's date or after
    it entered a state (left out: the state itself).

    In the states of ``pause`` the clock stops. A term in calendar days that ends on a holiday runs to the next working
    day (民法典第二百零三条); the day of the start is not counted (第二百零一条). With ``when`` it counts only for records
    that meet the condition (隐患等级 = '重大'): what is graded has a term for each grade.
    """

    state: Names
    due: str | None = None
    within: TermText | None = None
    after: str = ""
    name: str = ""
    when: str = ""
    pause: Names = ()
    ladder: str | None = None
    extend: ExtendDef | None = None
    basis: str = ""

    @property
    def key(self) -> str:
        """What extensions and urgings of this deadline are kept under."""
        return self.name or self.due or f"{self.state[0]}时限"


class LifecycleDef(Document):
    """States with their fixed category, and the steps between them.

    In a ``standing`` state nothing is waited for though the record is open (a file that is kept, a bus that is licensed):
    its steps are offered on the record, not on anybody's desk.
    """

    initial: str
    states: dict[str, Category]
    standing: Names = ()
    transitions: tuple[TransitionDef, ...] = ()
    deadlines: tuple[DeadlineDef, ...] = ()
    in_state: dict[str, InStateDef] = {}
    reopen: ReopenDef | None = None

    def steps_from(self, state: str) -> tuple[TransitionDef, ...]:
        return tuple(step for step in self.transitions if state in step.from_)

    def into(self, state: str) -> tuple[str, ...]:
        """The states from which a step leads into this one, in the pack's order."""
        return tuple(dict.fromkeys(start for step in self.transitions if step.to == state for start in step.from_))

    def ends(self, step: TransitionDef) -> tuple[str, ...]:
        """The states that a step may lead to: one, or for 原状态 those from which its own states are reached."""
        if step.to != BEFORE:
            return (step.to,)
        found = dict.fromkeys(state for start in step.from_ for state in self.into(start))
        return tuple(state for state in found if state not in step.from_)

    def voids(self, step: TransitionDef) -> bool:
        """Whether a step strikes the record out."""
        return step.to != BEFORE and self.states[step.to] == "void"

    def step(self, name: str) -> TransitionDef | None:
        return next((step for step in self.transitions if step.name == name), None)

    def rules_in(self, state: str) -> InStateDef:
        return self.in_state.get(state) or InStateDef()


DEFAULT_LIFECYCLES: dict[str, LifecycleDef] = {
    "case": LifecycleDef(initial="登记", states={"登记": "open", "办结": "closed", "作废": "void"}),
    "roster": LifecycleDef(
        initial="在册", states={"在册": "open", "注销": "closed", "作废": "void"}, standing=("在册",)
    ),
    "statistics": LifecycleDef(initial="已填报", states={"已填报": "open", "作废": "void"}),
}
Level = Literal["提醒", "催办单", "督办通知单", "约谈", "通报"]
LEVELS: tuple[Level, ...] = ("提醒", "催办单", "督办通知单", "约谈", "通报")
# Whom a ladder or a letter may address, besides the posts of the pack.
ADDRESSEES = ("责任单位", "上级单位", "主管科室")


class LadderStepDef(Document):
    """What happens at ``at`` before (-) or after (+) the deadline: who is told, with which letter.

    ``escalate`` is a step of the lifecycle that the system then takes by itself.
    """

    at: TermText
    level: Level
    to: Names
    letter: str | None = None
    escalate: str | None = None


class LadderDef(Document):
    """A ladder of urging, from reminder to notice of criticism: of records, or of the tasks of a plan (``about``)."""

    about: Literal["record", "task"] = "record"
    name: Name = Field(alias="ladder")
    basis: str = ""
    steps: tuple[LadderStepDef, ...] = Field(min_length=1)


class LetterDef(Document):
    """A letter on one record: a text template, a number series per year, whom it goes to, whether it is signed for.

    The template stands in ``text`` or in the file that ``template`` names. ``number`` has the parts ``{year}`` and
    ``{seq}``. ``issuer`` is what the letter is signed with; left out, the bureau. ``answer`` is the term within which the
    unit that a letter on a task went to reports back.
    """

    name: Name = Field(alias="letter")
    template: str = ""
    text: str = ""
    number: str = ""
    to: str = "责任单位"
    issuer: str = ""
    receipt: bool = True
    answer: TermText | None = None
    basis: str = ""
