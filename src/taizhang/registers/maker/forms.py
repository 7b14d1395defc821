"""Forms of the desk. A form knows some keys of an item; what it does not know stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from django import forms

from taizhang.catalog.current import Catalog
from taizhang.catalog.lifecycle_schema import BEFORE, DeadlineDef, TransitionDef
from taizhang.catalog.schema import CheckDef, FieldDef, IndicatorDef, RegisterDef, TaskOrigin
from taizhang.org.kinds import SECTION
from taizhang.org.models import Unit
from taizhang.registers.maker import documents
from taizhang.registers.maker.inputs import CODE, CODE_HELP, NAME_HELP, Choices, Formula, Lines, Ticks, free_code
from taizhang.registers.maker.words import ADDITIVE, CATEGORIES, KINDS, MEASURES, PERIODS, SCOPES, TYPES, VERBS


class ItemForm(forms.Form):
    """One item of a list of the document. ``keys`` maps form fields to keys of the item where they differ."""

    keys: Mapping[str, str] = {}
    model: type[Any] | None = None
    fixed: Sequence[str] = ()
    opens = True  # the form opens to be filled in at once

    def __init__(
        self,
        data: Any,
        whole: Catalog,
        document: documents.Data,
        released: RegisterDef | None,
        item: documents.Data | None,
    ) -> None:
        self.whole, self.document, self.released, self.item = whole, document, released, item or {}
        super().__init__(data, initial={key: self.item.get(self.keys.get(key, key)) for key in self.base_fields})
        self.prepare()
        for name in self.fixed if item and self.is_released() else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = "已发布，不能改"
        first = next((field for field in self.fields.values() if not field.disabled), None)
        if first is not None and self.opens:
            first.widget.attrs["autofocus"] = True

    def prepare(self) -> None:
        """Fill in choices."""

    def is_released(self) -> bool:
        """Whether the item is in force, so that its name stays."""
        return False

    def to_item(self) -> documents.Data:
        """The item with what was chosen; what is empty or the default is left out."""
        made = dict(self.item)
        for name, value in self.cleaned_data.items():
            key = self.keys.get(name, name)
            info = self.model.model_fields.get(key) if self.model else None
            if value in (None, "", [], {}) or (info is not None and not info.is_required() and value == info.default):
                made.pop(key, None)
            else:
                made[key] = value
        return made

    def field_names(self, *types: str) -> Choices:
        found = [item for item in documents.items(self.document, "fields") if not types or item.get("type") in types]
        return [(str(item.get("name")), str(item.get("name"))) for item in found]

    def states(self) -> Choices:
        return [(item["name"], item["name"]) for item in documents.items(self.document, "states")]

    def roles(self) -> Choices:
        return [(role.name, role.label or role.name) for role in self.whole.roles.values()]

    def choose(self, name: str, choices: Choices, empty: str | None = "—") -> None:
        """Offer choices, keeping a present value that is none of them: lint says what is wrong with it."""
        present = self.initial.get(name)
        wanted = present if isinstance(present, list) else [present] if present else []
        extra = [(str(item), f"{item}（已不存在）") for item in wanted if str(item) not in dict(choices)]
        first = [("", empty)] if empty is not None and not isinstance(self.fields[name], Ticks) else []
        self.fields[name].choices = [*first, *choices, *extra]  # type: ignore[attr-defined]


NUMERIC = ("integer", "decimal", "money", "percent")
# What a field of these types alone may say.
FITS: dict[str, tuple[str, ...]] = {
    "many": ("file", "unit", "person", "link"),
    "options": ("choice", "choices"),
    "shared": ("choice", "choices"),
    "register": ("link",),
    "unit": ("integer", "decimal"),
    "decimals": ("decimal", "percent"),
    **dict.fromkeys(("min", "max", "measure", "additive", "part_of"), NUMERIC),
}


class FieldForm(ItemForm):
    """A field of the register."""

    model, fixed, keys = FieldDef, ("name", "type"), {"shared": "options"}
    name = forms.CharField(label="名称", max_length=60, help_text=NAME_HELP)
    type = forms.ChoiceField(label="类型", choices=[(key, f"{word}：{help_}") for key, (word, help_) in TYPES.items()])
    required = forms.BooleanField(label="必填", required=False)
    query = forms.BooleanField(label="可在列表里筛选、排序", required=False)
    sensitive = forms.BooleanField(label="敏感：加密存放、默认遮蔽，查看要写原因", required=False)
    unique = forms.BooleanField(label="不得重复", required=False)
    many = forms.BooleanField(label="可填多个（附件、单位、人员、关联）", required=False)
    options = Lines(label="选项", help_text="单选、多选用，一行一个")
    shared = forms.ChoiceField(label="或用共用选项", required=False)
    register = forms.ChoiceField(label="关联到", required=False, help_text="类型为“关联”时选择")
    unit = forms.CharField(label="计量单位", required=False, max_length=12, help_text="人、元、平方米……")
    section = forms.CharField(
        label="所在分组", required=False, max_length=30, help_text="同名的放在一起；新写的组名会自动加上"
    )
    help = forms.CharField(label="填写说明", required=False, max_length=200)
    default = forms.CharField(label="默认值", required=False, max_length=100)
    min = forms.FloatField(label="最小值", required=False)
    max = forms.FloatField(label="最大值", required=False)
    decimals = forms.IntegerField(label="小数位", required=False, min_value=0, max_value=8)
    formula = Formula(
        "row",
        label="计算公式",
        required=False,
        help_text="写了公式就由系统计算，不用填。例：days(整改期限, today())、单价 * 数量",
    )
    measure = forms.ChoiceField(
        label="时点数还是时期数", required=False, choices=list(MEASURES.items()), help_text="时点数跨期不相加，取期末的"
    )
    additive = forms.ChoiceField(label="能不能相加", required=False, choices=list(ADDITIVE.items()))
    part_of = forms.ChoiceField(label="是哪一项的一部分", required=False, help_text="如：寄宿生是在校生的一部分")
    label = forms.CharField(label="显示名", required=False, max_length=60, help_text="只改屏幕上的叫法，名称不变")
    sections = [
        ("", ["name", "type", "required", "query", "sensitive", "unique", "many", "options", "shared", "register",
              "unit", "measure", "additive", "part_of"]),
        ("更多", ["section", "help", "default", "min", "max", "decimals", "formula", "label"]),
    ]  # fmt: skip

    def prepare(self) -> None:
        # What says nothing of a type is not shown while that type is chosen.
        for name, types in FITS.items():
            self.fields[name].widget.attrs["data-fits"] = " ".join(types)
        if self.document.get("kind") != "statistics":
            for name in ("measure", "additive", "part_of"):
                del self.fields[name]
        else:
            self.choose("part_of", [pair for pair in self.field_names(*NUMERIC) if pair[0] != self.item.get("name")])
        options = self.item.get("options")
        self.initial["shared"] = options if isinstance(options, str) else ""
        if isinstance(options, str):
            self.initial["options"] = ""
        if self.is_released() and self.item.get("sensitive"):
            self.fields["sensitive"].disabled = True
        self.choose("shared", [(name, name) for name in self.whole.options], "（不用）")
        self.choose(
            "register", [(r.code, r.name) for r in self.whole.registers.values() if not r.retired], "（不关联）"
        )

    def is_released(self) -> bool:
        return bool(self.released and self.released.field(str(self.item.get("name"))))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        shared, own = cleaned.pop("shared", ""), cleaned.get("options")
        if shared and own:
            self.add_error("options", "选项和共用选项只用一种")
        cleaned["options"] = shared or own
        name = cleaned.get("name", "")
        others = [item for item in documents.items(self.document, "fields") if item != self.item]
        if name in [item.get("name") for item in others]:
            self.add_error("name", f"已有字段“{name}”，换一个名字")
        if name in [item.get("name") for item in documents.items(self.document, "removed")]:
            self.add_error("name", f"“{name}”曾用过并已停用，换一个名字")
        if cleaned.get("type") in ("choice", "choices") and not cleaned["options"] and not self.errors:
            self.add_error("options", "写上选项，一行一个，或选一组共用选项")
        if cleaned.get("type") == "link" and not cleaned.get("register"):
            self.add_error("register", "选择要关联的台账")
        for key in ("min", "max"):
            value = cleaned.get(key)
            if isinstance(value, float) and value.is_integer():
                cleaned[key] = int(value)
        return cleaned


class CheckForm(ItemForm):
    """A condition that records must meet."""

    model = CheckDef
    name = forms.CharField(label="名称", max_length=60)
    formula = Formula("row", "yes_no", label="条件", help_text="成立才对。例：整改期限 >= 发现日期")
    message = forms.CharField(label="不成立时的提示", max_length=200)
    level = forms.ChoiceField(label="不成立时", choices=[("error", "不许保存"), ("warning", "可以保存，提醒核对")])


class StateForm(ItemForm):
    """A state of the lifecycle."""

    fixed = ("name",)
    name = forms.CharField(label="状态", max_length=30, help_text="发布后不能改名")
    category = forms.ChoiceField(
        label="类别", choices=list(CATEGORIES.items()), help_text="系统据此知道是否办结、是否计数"
    )
    required = Ticks(label="到了这个状态必须填好", required=False)
    readonly = Ticks(label="在这个状态下不能改", required=False)
    hidden = Ticks(label="在这个状态下不显示", required=False)
    standing = forms.BooleanField(label="长期停在这里，不算谁的待办（在册、在用）", required=False)

    def prepare(self) -> None:
        for name in documents.STATE_RULES:
            self.choose(name, self.field_names())

    def is_released(self) -> bool:
        return bool(self.released and self.item.get("name") in self.released.lifecycle.states)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name == BEFORE:
            raise forms.ValidationError(f"“{BEFORE}”另有用处，换一个名字")
        if name != self.item.get("name") and name in dict(self.states()):
            raise forms.ValidationError(f"已有状态“{name}”")
        return name


class TransitionForm(ItemForm):
    """A step between states."""

    model, keys = TransitionDef, {"start": "from"}
    name = forms.CharField(label="步骤", max_length=30, help_text="按钮上的字：提交、复查通过、销号")
    start = Ticks(label="从")
    to = forms.ChoiceField(label="到")
    by = Ticks(label="由哪些岗位办")
    requires = Ticks(label="办理时必须填", required=False)
    guard = Formula("row", "yes_no", label="办理条件", required=False, help_text="成立才能办。例：整改投入 > 0")
    guard_message = forms.CharField(
        label="条件不成立时的提示", required=False, max_length=200, help_text="例：先填写整改投入"
    )
    letter = forms.ChoiceField(label="发文书", required=False)
    reason = forms.BooleanField(label="须写说明", required=False)
    help = forms.CharField(label="办理说明", required=False, max_length=200)

    def prepare(self) -> None:
        guard = self.item.get("guard")
        self.initial["guard"] = guard.get("formula") if isinstance(guard, dict) else guard
        self.initial["guard_message"] = guard.get("message") if isinstance(guard, dict) else ""
        self.choose("start", self.states())
        self.choose("to", [*self.states(), (BEFORE, f"{BEFORE}（进入“从”的状态之前所在的）")], None)
        self.choose("by", self.roles())
        self.choose("requires", self.field_names())
        self.choose("letter", [(name, name) for name in self.whole.letters], "（不发）")

    def to_item(self) -> documents.Data:
        made = super().to_item()
        message = made.pop("guard_message", "")
        if made.get("guard") and message:
            made["guard"] = {"formula": made["guard"], "message": message}
        return made


class DeadlineForm(ItemForm):
    """When a record in a state is late."""

    model = DeadlineDef
    state = Ticks(label="在哪个状态下计时")
    due = forms.ChoiceField(label="到哪一天为止", required=False, help_text="按一个日期字段；与“限时”二选一")
    within = forms.CharField(label="限时", required=False, max_length=30, help_text="15 工作日、60 日")
    after = forms.ChoiceField(label="从何时起算", required=False, help_text="用“限时”时选；不选即从进入该状态起算")
    name = forms.CharField(label="期限名称", required=False, max_length=30)
    when = Formula(
        "row",
        "yes_no",
        label="只对哪些记录",
        required=False,
        help_text="成立才计时，分等级的各写一个期限。例：隐患等级 = '重大'",
    )
    pause = Ticks(label="这些状态下停表", required=False)
    ladder = forms.ChoiceField(label="督办阶梯", required=False)
    basis = forms.CharField(label="依据", required=False, max_length=200)

    def prepare(self) -> None:
        dates = self.field_names("date", "datetime")
        self.choose("state", self.states())
        self.choose("pause", self.states())
        self.choose("due", dates, "（不按字段）")
        self.choose("after", [*dates, *self.states()], "（进入该状态时）")
        self.choose("ladder", [(name, name) for name in self.whole.ladders], "（不催办）")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("due")) == bool(cleaned.get("within")):
            self.add_error("within", "“到哪一天为止”和“限时”填其中一个")
        return cleaned

    def to_item(self) -> documents.Data:
        made = super().to_item()
        states = made.get("state")
        return {**made, "state": states[0] if isinstance(states, list) and len(states) == 1 else states}


class IndicatorForm(ItemForm):
    """A figure over the register's records."""

    model, fixed = IndicatorDef, ("code", "name")
    name = forms.CharField(label="名称", max_length=60, help_text=NAME_HELP)
    code = forms.RegexField(CODE, label="代码", max_length=60, help_text=CODE_HELP)
    formula = Formula(
        "aggregate", "number", label="公式",
        help_text="例：count()　count_if(状态 = '已办结') / count()　sum(金额) / sum(人数)",
    )  # fmt: skip
    unit = forms.CharField(label="单位", required=False, max_length=12, help_text="写 % 时，比值按百分数显示")
    decimals = forms.IntegerField(label="小数位", initial=2, min_value=0, max_value=6)
    better = forms.ChoiceField(label="好坏", choices=[("none", "不分"), ("higher", "越高越好"), ("lower", "越低越好")])
    numerator = forms.CharField(label="口径：分子（或数值）", required=False, max_length=200)
    denominator = forms.CharField(label="口径：分母", required=False, max_length=200)
    basis = forms.CharField(label="依据", required=False, max_length=200)
    theme = forms.CharField(label="主题", required=False, max_length=30)

    def prepare(self) -> None:
        told = self.item.get("definition")
        for key in ("numerator", "denominator"):
            self.initial[key] = told.get(key, "") if isinstance(told, dict) else ""
        if self.initial.get("decimals") is None:
            self.initial["decimals"] = 2
        if not self.item:
            taken = {
                item.get("code") for item in documents.items(self.document, "indicators")
            } | self.whole.indicators.keys()
            self.initial["code"] = free_code(f"{self.document.get('register') or 'indicator'}_figure", taken)

    def is_released(self) -> bool:
        return bool(self.released and self.item.get("code") in [item.code for item in self.released.indicators])

    def to_item(self) -> documents.Data:
        made = super().to_item()
        told: documents.Data = {key: made.pop(key) for key in ("numerator", "denominator") if key in made}
        kept = made.pop("definition", None)
        told = {**({"note": kept["note"]} if isinstance(kept, dict) and kept.get("note") else {}), **told}
        return {**made, "definition": told} if told else made


class BasicsForm(ItemForm):
    """What the register is called and how it works as a whole."""

    model, fixed, keys, opens = RegisterDef, ("name", "register", "kind"), {"columns": "list"}, False
    name = forms.CharField(label="名称", max_length=60, help_text=NAME_HELP)
    register = forms.RegexField(CODE, label="代码", max_length=60, help_text=CODE_HELP)
    kind = forms.ChoiceField(label="类型", choices=[(key, f"{word}：{help_}") for key, (word, help_) in KINDS.items()])
    line = forms.CharField(label="业务条线", max_length=20, help_text="菜单里的分组：安全、后勤、人事……")
    owner = forms.ChoiceField(label="主管科室", required=False, help_text="选了以后，“科室”岗位只指这个科室")
    number = forms.CharField(
        label="编号规则",
        required=False,
        max_length=40,
        help_text="例：AQ-{year}-{seq:4} 编出 AQ-2026-0001；不写即不编号",
    )
    period = forms.ChoiceField(label="多久一期", required=False, help_text="报表型须选")
    dimensions = Ticks(label="分列维度", required=False, help_text="报表型：同一单位同一期按它分几条")
    title = forms.ChoiceField(label="用哪个字段作标题", required=False)
    dated_by = forms.ChoiceField(
        label="按哪个日期归期", required=False, help_text="统计时据此归入年、月；不选即第一个必填日期"
    )
    columns = Ticks(label="列表显示的列", required=False, help_text="不选即显示可筛选的字段")
    shared_with = Ticks(
        label="另可查看的单位", required=False, help_text="填单位的字段，如接收单位：那里的人也能看到这条，不能改"
    )
    task_origin = forms.ChoiceField(
        label="转为任务时的来源", required=False, help_text="由这本台账的一条转出的任务，来源写什么；不选即督查反馈"
    )
    sections = Lines(label="分组的顺序", help_text="一行一个，表单按此分段")
    description = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    label = forms.CharField(label="显示名", required=False, max_length=60, help_text="只改菜单和标题里的叫法")
    reopen_to = forms.ChoiceField(label="办结后重新办理，回到", required=False)
    reopen_by = Ticks(label="由哪些岗位重新办理", required=False, help_text="重新办理须写原因，原来的办理过程都留着")

    def prepare(self) -> None:
        for key in ("to", "by"):
            self.initial[f"reopen_{key}"] = self.reopening().get(key)
        self.choose("reopen_to", [(item["name"], item["name"]) for item in documents.items(self.document, "states")
                                  if item["category"] in ("draft", "open")], "（不可重新办理）")  # fmt: skip
        self.choose("reopen_by", self.roles())
        sections = list(
            Unit.objects.filter(level=SECTION, closed_on__isnull=True)
            .order_by("order", "id")
            .values_list("name", flat=True)
        )
        self.choose("owner", [(name, name) for name in sections], "（不限）")
        self.choose("period", list(PERIODS.items()), "（不分期）")
        self.choose("dimensions", self.field_names("choice"))
        self.choose("title", self.field_names("text", "place", "long_text"), "（第一个必填文字）")
        self.choose("dated_by", self.field_names("date", "datetime"), "（自动）")
        self.choose("columns", self.field_names())
        self.choose("shared_with", self.field_names("unit"))
        self.choose("task_origin", [(word, word) for word in get_args(TaskOrigin)], "（督查反馈）")

    def is_released(self) -> bool:
        return self.released is not None

    def reopening(self) -> documents.Data:
        """How a closed record is taken up again, as written."""
        life = self.document.get("lifecycle")
        found = life.get("reopen") if isinstance(life, dict) else None
        return found if isinstance(found, dict) else {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("reopen_to")) != bool(cleaned.get("reopen_by")):
            wrong, told = ("reopen_by", "选由谁办") if cleaned.get("reopen_to") else ("reopen_to", "选回到哪个状态")
            self.add_error(wrong, told)
        return cleaned

    def to_item(self) -> documents.Data:
        made = super().to_item()
        to, by = made.pop("reopen_to", ""), made.pop("reopen_by", [])
        life = dict(made["lifecycle"]) if isinstance(made.get("lifecycle"), dict) else {}
        life.pop("reopen", None)
        if to:
            life["reopen"] = {**self.reopening(), "to": to, "by": by}
        return {**made, "lifecycle": life} if life else made


class AccessForm(forms.Form):
    """Post by post: see, create, edit within which part of the unit tree; or as the post is used everywhere."""

    def __init__(self, data: Any, whole: Catalog, document: documents.Data) -> None:
        super().__init__(data)
        self.whole = whole
        written = document.get("access")
        self.written: documents.Data = written if isinstance(written, dict) else {}
        for index, role in enumerate(whole.roles.values()):
            own = self.written.get(role.name)
            self.fields[f"{index}_how"] = forms.ChoiceField(
                choices=[("", "按岗位默认"), ("own", "单独规定")], required=False
            )
            self.initial[f"{index}_how"] = "own" if isinstance(own, dict) else ""
            for verb in VERBS:
                made = forms.ChoiceField(choices=[("", "不可"), *SCOPES.items()], required=False)
                self.fields[f"{index}_{verb}"] = made
                self.initial[f"{index}_{verb}"] = own.get(verb) if isinstance(own, dict) else getattr(role.access, verb)
        for index, role in enumerate(whole.roles.values()):
            for key, word in (("how", "规定"), *VERBS.items()):
                self.fields[f"{index}_{key}"].widget.attrs["aria-label"] = f"{role.name} {word}"

    def rows(self) -> list[tuple[str, Any, list[Any], str]]:
        """(post, how, the three scopes, the post's default in words)."""
        return [
            (
                role.label or role.name,
                self[f"{index}_how"],
                [self[f"{index}_{verb}"] for verb in VERBS],
                _scopes(role.access),
            )
            for index, role in enumerate(self.whole.roles.values())
        ]

    def to_access(self) -> documents.Data:
        """The document's ``access``: the posts with a rule of their own, and whatever was written for unknown posts."""
        made = {name: scopes for name, scopes in self.written.items() if name not in self.whole.roles}
        for index, role in enumerate(self.whole.roles.values()):
            if self.cleaned_data.get(f"{index}_how"):
                chosen = {verb: self.cleaned_data.get(f"{index}_{verb}") for verb in VERBS}
                made[role.name] = {verb: scope for verb, scope in chosen.items() if scope}
        return made


def _scopes(access: Any) -> str:
    said = [f"{word}{SCOPES[getattr(access, verb)]}" for verb, word in VERBS.items() if getattr(access, verb)]
    return "、".join(said) or "不可"


ITEM_FORMS: dict[str, type[ItemForm]] = {
    "fields": FieldForm,
    "states": StateForm,
    "transitions": TransitionForm,
    "deadlines": DeadlineForm,
    "checks": CheckForm,
    "indicators": IndicatorForm,
}
