"""Questions about a register's data: unsound records, jumps against last year, values far from their like, what is missing
and what is late. Read from the warehouse: one statement for the records, one for those of a year before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone
from sqlglot import exp

from taizhang.catalog.current import catalog
from taizhang.catalog.limits import bound
from taizhang.catalog.schema import QualityDef, RegisterDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.scope import Scope, rows_statement
from taizhang.kernel.errors import NotFound
from taizhang.kernel.formula import names_in, row_function
from taizhang.kernel.formula.nodes import Name
from taizhang.kernel.formula.sql import SqlCompiler, column
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.policy import Reach
from taizhang.org.queries import below, open_on
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.policy import manager_reach
from taizhang.registers.policy import reach_of
from taizhang.registers.queries import registers_for
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.queries import period_codes, run

ERROR, WARNING, MISSING, LATE, TARDY = "error", "warning", "missing", "late", "tardy"
LEVELS = {
    ERROR: ("错误", "late"),
    WARNING: ("存疑", "warn"),
    MISSING: ("未填报", "draft"),
    LATE: ("逾期", "late"),
    TARDY: ("迟报", "warn"),
}
# Fewer than this and there is no middle half to speak of.
FEWEST_ALIKE = 5
FIXED = ("_record", "_unit", "_unit_code", "_path", "单位")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One question about one record, or about a unit that has none. ``said`` holds the figures behind it."""

    rule: str
    name: str
    level: str
    unit: int
    unit_code: str
    unit_name: str
    where: str
    message: str
    said: str
    remedy: str
    record: int | None = None

    @property
    def word(self) -> str:
        return LEVELS[self.level][0]


@dataclass(frozen=True, slots=True)
class Report:
    """A register's questions for a period. ``filed`` of ``expected`` units have data: what stands behind its figures."""

    register: RegisterDef
    period: Period
    findings: tuple[Finding, ...]
    records: int
    filed: int
    expected: int
    build: str

    def count(self, level: str) -> int:
        return sum(item.level == level for item in self.findings)

    @property
    def coverage(self) -> str:
        return f"{self.filed}/{self.expected}"

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``taizhang quality --json``."""
        return {
            "register": self.register.code, "period": self.period.code, "records": self.records, "filed": self.filed,
            "expected": self.expected, "build": self.build,
            "findings": [
                {"rule": item.rule, "level": item.level, "unit": item.unit_code, "unit_name": item.unit_name, "where": item.where,
                 "message": item.message, "said": item.said, "remedy": item.remedy, "record": item.record}
                for item in self.findings
            ],
        }  # fmt: skip

    @property
    def units(self) -> list[int]:
        """The units that have something to answer, each once."""
        return list(dict.fromkeys(item.unit for item in self.findings))


def checked_registers(user: User) -> list[RegisterDef]:
    """The registers that have quality rules or checks that only warn, as far as the person may see them."""
    ruled = {rule.register_code for rule in catalog().quality.values()}
    return [register for register in registers_for(user) if register.code in ruled and not register.retired]


def report_for(
    user: User, register: str, unit: Unit, period: Period | None = None, build: Build | None = None
) -> Report:
    """The questions about the records that the person may see below a unit. Raises NotFound."""
    declared = catalog().register(register)
    seen = reach_of(user, declared, "see")
    if declared not in checked_registers(user) or not seen:
        raise NotFound("STD-040", f"没有“{declared.name}”的质量规则", remedy="您的岗位看不到这本台账，或它没有规则")
    read = build or refresh()
    when = period or newest_period(declared, read)
    return _report(declared, unit, when, read, seen)


def newest_period(register: RegisterDef, build: Build) -> Period:
    """The newest period with data; this year for registers that are not returns."""
    codes = period_codes(build, register.code) if register.kind == "statistics" else []
    return Period.parse(codes[0]) if codes else Period.of("year", timezone.localdate())


def urgeable(user: User, register: RegisterDef) -> Reach:
    """Where a person may urge for a register's data: whoever runs its returns."""
    return manager_reach(user, register)


def _report(register: RegisterDef, unit: Unit, period: Period, build: Build, seen: Reach) -> Report:
    rules = [rule for rule in catalog().quality.values() if rule.register_code == register.code]
    everywhere = _rows(register, Scope(_top(unit), period), build, rules)
    rows = _shown(everywhere, unit, seen)
    findings = list(_unsound(register, rules, rows))
    missing, tardy = list[Finding](), list[Finding]()
    filed = {row["_unit"] for row in rows}
    if register.kind == "statistics":
        before = _shown(_rows(register, Scope(unit.path, period.last_year()), build, rules), unit, seen)
        findings += _jumps(register, rules, rows, before)
        findings += _outliers(rules, register, everywhere, {row["_record"] for row in rows})
        missing, tardy = _owing(register, unit, period, seen, filed, before)
    findings += _late(register, rows)
    order = {ERROR: 0, LATE: 1, MISSING: 2, WARNING: 3, TARDY: 4}
    ranked = sorted([*findings, *missing, *tardy], key=lambda item: order[item.level])
    return Report(register, period, tuple(ranked), len(rows), len(filed), len(filed) + len(missing), build.build)


def _top(unit: Unit) -> str:
    """The path of the whole tree: a school is compared with its like everywhere, not only with those it may see."""
    return f"/{unit.path.strip('/').split('/')[0]}/"


def _shown(rows: Rows, unit: Unit, seen: Reach) -> Rows:
    """The rows below a unit that a reach holds."""
    return [row for row in rows if row["_path"].startswith(unit.path) and seen.holds_row(row["_unit"], row["_path"])]


def _rows(register: RegisterDef, scope: Scope, build: Build, rules: Sequence[QualityDef]) -> Rows:
    """The records with what the rules read, unsound or not: each condition is one column of truth, made in SQL."""
    today = timezone.localdate()
    read = [text for rule in rules for text in (rule.change_of, rule.outlier_of) if text]
    wanted = {name for text in read for _, name in names_in(parsed(text))}
    wanted |= {name for rule in rules for name in rule.among} | set(register.dimensions)
    fixed = (*FIXED, "编号", "到期", "_category")
    compiler = SqlCompiler(lambda item: column(item.field if isinstance(item, Name) else item.key), today)
    conditions = [
        exp.alias_(compiler.compile(parsed(text).root), f"?{key}", quoted=True)
        for key, text in _conditions(register, rules)
    ]
    base = rows_statement(register, scope, parsed("count()")).subquery("rows")
    names = [exp.column(name, quoted=True) for name in (*fixed, *sorted(wanted - set(fixed)))]
    return run(build, exp.select(*names, *conditions).from_(base))


def _conditions(register: RegisterDef, rules: Sequence[QualityDef]) -> list[tuple[str, str]]:
    """Rule code (a check's name) → condition: the quality rules, and the register's own checks that read stored fields."""
    stored = {item.name for item in register.fields if not (item.formula or item.sensitive or item.type == "file")}
    known = {*stored, "编号", "单位", "期间", "状态", "到期"}
    found = [(rule.code, rule.formula) for rule in rules if rule.formula]
    for check in register.checks:
        if {name for _, name in names_in(parsed(check.formula))} <= known:
            found.append((f"check:{check.name}", check.formula))
    return found


def _unsound(register: RegisterDef, rules: Sequence[QualityDef], rows: Rows) -> Iterable[Finding]:
    """Records of which a condition is false; what cannot be told (null) is not asked."""
    by_code = {rule.code: rule for rule in rules}
    checks = {f"check:{check.name}": check for check in register.checks}
    for key, _ in _conditions(register, rules):
        for row in rows:
            if row[f"?{key}"] is not False:
                continue
            if key in by_code:
                rule = by_code[key]
                yield _finding(rule, register, row, "")
            else:
                check = checks[key]
                place = _where(register, row)
                yield Finding(key, check.name, check.level, row["_unit"], row["_unit_code"], row["单位"], place, check.message, "",
                              "打开记录更正", row["_record"])  # fmt: skip


def _jumps(register: RegisterDef, rules: Sequence[QualityDef], rows: Rows, before: Rows) -> Iterable[Finding]:
    """Numbers that moved too far against a year before."""
    today = timezone.localdate()
    old = {_key(register, row): row for row in before}
    for rule in rules:
        if not rule.change_of:
            continue
        value_of, limit, least = row_function(parsed(rule.change_of)), bound(rule.limit), bound(rule.least)
        assert limit is not None and least is not None
        for row in rows:
            now, was = _number(value_of, row, today), _number(value_of, old.get(_key(register, row), {}), today)
            if now is None or not was or abs(now - was) < least or abs(now - was) / abs(was) <= limit:
                continue
            yield _finding(
                rule, register, row, f"上年 {_plain(was)}，本年 {_plain(now)}（{(now - was) / was * 100:+.1f}%）"
            )


def _outliers(rules: Sequence[QualityDef], register: RegisterDef, rows: Rows, shown: set[int]) -> Iterable[Finding]:
    """Values of the shown records far outside the middle half of their like (Tukey's fences, with the rule's own width)."""
    today = timezone.localdate()
    for rule in rules:
        if not rule.outlier_of:
            continue
        value_of, limit, least = row_function(parsed(rule.outlier_of)), bound(rule.limit), bound(rule.least)
        assert limit is not None and least is not None
        valued = [(tuple(str(row[name]) for name in rule.among), value, row) for row in rows
                  if (value := _number(value_of, row, today)) is not None]  # fmt: skip
        valued.sort(key=lambda item: item[0])
        for kind, group in groupby(valued, key=lambda item: item[0]):
            alike = list(group)
            if len(alike) < FEWEST_ALIKE:
                continue
            low, middle, high = quartiles([value for _, value, _ in alike])
            reach = max(limit * (high - low), least)
            for _, value, row in alike:
                if row["_record"] not in shown or low - reach <= value <= high + reach:
                    continue
                said = f"{_plain(value)}，{'、'.join(kind)}的中位数 {_plain(middle)}（{len(alike)} 条）"
                yield _finding(rule, register, row, said)


def quartiles(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Lower quartile, median and upper quartile, interpolated between neighbours."""
    ranked = sorted(values)

    def at(part: Decimal) -> Decimal:
        place = part * (len(ranked) - 1)
        left = int(place)
        right = min(left + 1, len(ranked) - 1)
        return ranked[left] + (ranked[right] - ranked[left]) * (place - left)

    return at(Decimal("0.25")), at(Decimal("0.5")), at(Decimal("0.75"))


def _owing(
    register: RegisterDef, unit: Unit, period: Period, seen: Reach, filed: set[int], before: Rows
) -> tuple[list[Finding], list[Finding]]:
    """Units that owe data and have none: those whom a round asked and that did not file, and those that had data a year
    before and still exist; and those that filed too late. Two queries."""
    asked = Return.objects.filter(
        seen.q("unit"), round__register_code=register.code, round__period=period.code, unit__path__startswith=unit.path
    ).exclude(round__state=Round.CANCELLED).filter(~Q(unit__in=filed) | Q(is_late=True)).select_related("unit", "round").order_by("unit__path", "-id")  # fmt: skip
    owing: dict[int, Finding] = {}
    tardy: dict[int, Finding] = {}
    today = timezone.localdate()
    for item in asked:
        if item.is_late:
            tardy.setdefault(item.unit_id, _filed_late(item))
        if item.unit_id in filed:
            continue
        late = item.round.due_on < today and item.state not in (Return.SUBMITTED, Return.APPROVED)
        said = f"报送“{item.round.title}”，截止 {item.round.due_on}，{item.get_state_display()}"
        owing.setdefault(item.unit_id, _owed(item.unit, LATE if late else MISSING, "本期没有填报", said))
    gone = {row["_unit"] for row in before} - filed - set(owing)
    for one in open_on(below(unit).filter(pk__in=gone), min(period.end, today)).order_by("path") if gone else ():
        owing[one.pk] = _owed(one, MISSING, "上年有数据，本期没有", "")
    return list(owing.values()), list(tardy.values())


def _filed_late(item: Return) -> Finding:
    sent = timezone.localtime(item.first_submitted_at).date() if item.first_submitted_at else ""
    said = f"报送“{item.round.title}”，截止 {item.round.due_on}，{sent} 提交"
    return Finding("tardy", "迟报", TARDY, item.unit_id, item.unit.code, item.unit.name, "", "过了截止日期才报", said, "以后按时填报")  # fmt: skip


def _owed(unit: Unit, level: str, message: str, said: str) -> Finding:
    return Finding(
        "missing",
        "未填报",
        level,
        unit.pk,
        unit.code,
        unit.name,
        "",
        message,
        said,
        "填报本期数据，停办的请在单位中停用",
    )


def _late(register: RegisterDef, rows: Rows) -> Iterable[Finding]:
    """Open records whose deadline is over."""
    today = timezone.localdate()
    for row in rows:
        due: date | None = row["到期"]
        if due is not None and due < today and row["_category"] == "open":
            yield Finding("late", "逾期未办", LATE, row["_unit"], row["_unit_code"], row["单位"], _where(register, row), "已过时限仍未办结",
                          f"时限 {due}，已过 {(today - due).days} 天", "尽快办理，或按规定延期", row["_record"])  # fmt: skip


def _finding(rule: QualityDef, register: RegisterDef, row: Mapping[str, Any], said: str) -> Finding:
    return Finding(rule.code, rule.name, rule.level, row["_unit"], row["_unit_code"], row["单位"], _where(register, row), rule.message,
                   said, rule.remedy, row["_record"])  # fmt: skip


def _where(register: RegisterDef, row: Mapping[str, Any]) -> str:
    """Which of the unit's records: its stage, or its number."""
    return "、".join(str(row[name]) for name in register.dimensions if row[name]) or str(row["编号"] or "")


def _key(register: RegisterDef, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["_unit"], *(row[name] for name in register.dimensions)


def _number(value_of: Any, row: Mapping[str, Any], today: date) -> Decimal | None:
    value = value_of(row, today)
    return value if isinstance(value, Decimal) else None


def _plain(value: Decimal) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def by_rule(findings: Iterable[Finding]) -> list[tuple[str, str, int]]:
    """Rule key, its name and how often it fired, the most frequent first."""
    counted = Counter((item.rule, item.name) for item in findings)
    return [(rule, name, count) for (rule, name), count in counted.most_common()]
