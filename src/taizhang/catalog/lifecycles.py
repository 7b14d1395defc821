"""Lint of lifecycles, deadlines, ladders and letters: every name exists, every condition and term can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taizhang.catalog.current import Catalog
from taizhang.catalog.faults import check_formula, near, written_twice
from taizhang.catalog.lifecycle_schema import ADDRESSEES, BEFORE, DeadlineDef, LadderDef, LetterDef, TransitionDef
from taizhang.catalog.names import formula_schema
from taizhang.catalog.pack import Pack, Place
from taizhang.catalog.schema import RegisterDef, ReportDef
from taizhang.kernel.calendar import parse_term
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FIELD_TYPES

DATES = ("date", "datetime")
OWNER = "主管科室"
Path = tuple[str | int, ...]


def lifecycle_is_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    """Every fault of a register's lifecycle."""
    life = register.lifecycle
    yield from _known("CAT-048", "状态", [life.initial], life.states, place.at("lifecycle", "initial"))
    yield from _known("CAT-048", "状态", life.standing, life.states, place.at("lifecycle", "standing"))
    if BEFORE in life.states:
        remedy = "换一个名字：步骤的 to 写“原状态”表示回到进入之前的状态"
        yield Problem("CAT-096", f"状态不能叫“{BEFORE}”", where=place.at("lifecycle", "states"), remedy=remedy)
    for index, step in enumerate(life.transitions):
        yield from _step_is_sound(register, step, place, ("lifecycle", "transitions", index), whole)
    for index, deadline in enumerate(life.deadlines):
        yield from _deadline_is_sound(register, deadline, place, ("lifecycle", "deadlines", index), whole)
    yield from _keys_differ(register, place)
    steps = [step.name for step in life.transitions]
    yield from written_twice("步骤", steps, place, ("lifecycle", "transitions"))
    yield from _state_rules_are_sound(register, place)
    if life.reopen is not None:
        where = place.at("lifecycle", "reopen")
        yield from _known("CAT-048", "状态", [life.reopen.to], life.states, where)
        yield from _known("CAT-049", "岗位", life.reopen.by, whole.roles, where)
        if life.states.get(life.reopen.to) not in (None, "open", "draft"):
            yield Problem(
                "CAT-060", f"“{life.reopen.to}”不是办理中的状态", where=where, remedy="reopen.to 写一个 open 状态"
            )


def _step_is_sound(
    register: RegisterDef, step: TransitionDef, place: Place, path: Path, whole: Catalog
) -> Iterator[Problem]:
    where, schema = place.at(*path), formula_schema(whole, register)
    names = {field.name for field in register.fields}
    life = register.lifecycle
    ends = () if step.to == BEFORE else (step.to,)
    yield from _known("CAT-048", "状态", (*step.from_, *ends), life.states, where)
    for state in step.from_ if step.to == BEFORE else ():
        if state in life.states and not any(start not in step.from_ for start in life.into(state)):
            remedy = "先写一个进入这个状态的步骤，或把 to 写成确定的状态"
            yield Problem("CAT-096", f"没有步骤进入“{state}”，回不到原状态", where=where, remedy=remedy)
    yield from _known("CAT-049", "岗位", step.by, whole.roles, where)
    yield from _known("CAT-047", "字段", (*step.requires, *step.sets), names, where)
    if step.letter:
        yield from _known("CAT-061", "文书", [step.letter], whole.letters, where)
    if step.hand_to and step.hand_to != OWNER:
        units = [field.name for field in register.fields if field.type == "unit" and not field.many]
        yield from _known("CAT-074", "填单位的字段", [step.hand_to], units, where)
    if step.guard is not None:
        yield from check_formula(step.guard.formula, schema, "row", "yes_no", place.at(*path, "guard"))
    for name, formula in step.sets.items():
        field = register.field(name)
        if field is None:
            continue
        if field.formula is not None or field.type == "file":
            remedy = "sets 只能写由人填写、不是附件的字段"
            yield Problem("CAT-062", f"“{name}”不能由步骤填写", where=place.at(*path, "sets"), remedy=remedy)
        else:
            yield from check_formula(formula, schema, "row", FIELD_TYPES[field.type], place.at(*path, "sets", name))


def _deadline_is_sound(
    register: RegisterDef, deadline: DeadlineDef, place: Place, path: Path, whole: Catalog
) -> Iterator[Problem]:
    where, states = place.at(*path), register.lifecycle.states
    yield from _known("CAT-048", "状态", (*deadline.state, *deadline.pause), states, where)
    if deadline.ladder:
        yield from _known("CAT-063", "督办阶梯", [deadline.ladder], whole.ladders, where)
    if deadline.when:
        yield from check_formula(
            deadline.when, formula_schema(whole, register), "row", "yes_no", place.at(*path, "when")
        )
    if (deadline.due is None) == (deadline.within is None):
        yield Problem(
            "CAT-064",
            "期限须写 due 或 within 之一",
            where=where,
            remedy="due 写日期字段；within 写 15 working_days 等时限",
        )
        return
    if deadline.due is not None:
        yield from _is_a_date(register, deadline.due, where)
        if deadline.pause or deadline.extend or deadline.after:
            remedy = "这三项用于 within；按字段的期限直接改字段"
            yield Problem("CAT-065", "due 不能与 after、pause、extend 同用", where=where, remedy=remedy)
        return
    yield from _term_is_sound(deadline.within or "", where)
    if deadline.after and deadline.after not in states:
        yield from _is_a_date(register, deadline.after, where)
    if deadline.extend is not None:
        yield from _term_is_sound(deadline.extend.at_most, place.at(*path, "extend"))
        yield from _known("CAT-049", "岗位", deadline.extend.by, whole.roles, place.at(*path, "extend"))
        if deadline.extend.letter:
            yield from _known("CAT-061", "文书", [deadline.extend.letter], whole.letters, place.at(*path, "extend"))


def _is_a_date(register: RegisterDef, name: str, where: str) -> Iterator[Problem]:
    field = register.field(name)
    if field is None:
        dates = [item.name for item in register.fields if item.type in DATES]
        yield Problem("CAT-047", f"没有字段“{name}”", where=where, remedy=near(name, dates))
    elif field.type not in DATES:
        yield Problem("CAT-066", f"“{name}”不是日期字段", where=where, remedy="改用 type: date 的字段")


def _term_is_sound(text: str, where: str) -> Iterator[Problem]:
    try:
        term = parse_term(text)
    except Problem as wrong:
        yield Problem("CAT-067", wrong.message, where=where, remedy=wrong.remedy)
        return
    if term.days <= 0:
        yield Problem("CAT-067", f"时限“{text}”须大于零", where=where, remedy="改为正数")


def _keys_differ(register: RegisterDef, place: Place) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, deadline in enumerate(register.lifecycle.deadlines):
        if deadline.key in seen:
            where = place.at("lifecycle", "deadlines", index)
            yield Problem(
                "CAT-068", f"有两个期限都叫“{deadline.key}”", where=where, remedy="用 name: 给每个期限起不同的名字"
            )
        seen.add(deadline.key)


def _state_rules_are_sound(register: RegisterDef, place: Place) -> Iterator[Problem]:
    names = {field.name for field in register.fields}
    for state, rules in register.lifecycle.in_state.items():
        where = place.at("lifecycle", "in_state", state)
        yield from _known("CAT-048", "状态", [state], register.lifecycle.states, where)
        yield from _known("CAT-047", "字段", (*rules.required, *rules.readonly, *rules.hidden), names, where)
        for name in sorted(set(rules.required) & set(rules.hidden)):
            yield Problem("CAT-069", f"“{name}”又必填又隐藏", where=where, remedy="从 required 或 hidden 中删去")


def letters_of(register: RegisterDef, whole: Catalog) -> set[str]:
    """The letters that a register's steps and ladders write."""
    found = {step.letter for step in register.lifecycle.transitions if step.letter}
    for deadline in register.lifecycle.deadlines:
        if deadline.extend is not None and deadline.extend.letter:
            found.add(deadline.extend.letter)
        ladder = whole.ladders.get(deadline.ladder or "")
        found |= {step.letter for step in ladder.steps if step.letter} if ladder else set()
    return found


def template_is_there(
    thing: LetterDef | ReportDef, place: Place, pack: Pack, word: str, folder: str
) -> Iterator[Problem]:
    """A template is written in the document itself or in a file of the pack, in one of the two."""
    if bool(thing.text) == bool(thing.template):
        told = "没有写正文" if not thing.text else "正文写了两处"
        remedy = "正文写在 text，或把文件名写在 template，二选一"
        yield Problem("CAT-089", f"{word}“{thing.name}”{told}", where=place.at(), remedy=remedy)
    elif thing.template and thing.template not in pack.files:
        remedy = f"把文件放进业务包的 {folder} 文件夹"
        yield Problem("CAT-055", f"没有模板文件“{thing.template}”", where=place.at("template"), remedy=remedy)


def ladders_and_letters_are_sound(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """Every fault of a pack's ladders and letters."""
    addressees = (*ADDRESSEES, *whole.roles)
    for letter in pack.letters.values():
        place = pack.places["letter", letter.name]
        yield from _known("CAT-070", "发送对象", [letter.to], addressees, place.at("to"))
        yield from template_is_there(letter, place, pack, "文书", "letters")
        if letter.number and "{seq}" not in letter.number:
            where = place.at("number")
            yield Problem("CAT-071", "文号里没有流水号", where=where, remedy="写成 督办〔{year}〕{seq}号 这样")
    for ladder in pack.ladders.values():
        yield from _ladder_is_sound(ladder, pack.places["ladder", ladder.name], whole)


def _ladder_is_sound(ladder: LadderDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    users = [
        register
        for register in whole.registers.values()
        if any(item.ladder == ladder.name for item in register.lifecycle.deadlines)
    ]
    last = None
    for index, step in enumerate(ladder.steps):
        where = place.at("steps", index)
        yield from _known("CAT-070", "发送对象", step.to, (*ADDRESSEES, *whole.roles), where)
        if step.letter:
            yield from _known("CAT-061", "文书", [step.letter], whole.letters, where)
        if ladder.about == "task" and step.escalate:
            yield Problem("CAT-075", "任务的督办阶梯没有步骤可以升级", where=where, remedy="删去 escalate")
        for register in users if step.escalate else ():
            steps = [item.name for item in register.lifecycle.transitions]
            yield from _known("CAT-072", f"“{register.name}”的步骤", [step.escalate or ""], steps, where)
        try:
            days = parse_term(step.at).days
        except Problem as wrong:
            yield Problem("CAT-067", wrong.message, where=where, remedy=wrong.remedy)
            continue
        if last is not None and days <= last:
            yield Problem("CAT-073", "各级须按时间先后排列", where=where, remedy="把 at 从早到晚排，不要重复")
        last = days


def _known(code: str, what: str, wanted: Iterable[str], known: Iterable[str], where: str) -> Iterator[Problem]:
    names = list(known)
    for name in wanted:
        if name not in names:
            yield Problem(code, f"没有{what}“{name}”", where=where, remedy=near(name, names))
