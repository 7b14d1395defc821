"""Forms of what registers share: options, the rungs of a ladder, letters; and of dashboards."""

from __future__ import annotations

from typing import Any

from django import forms

from taizhang.catalog.current import catalog
from taizhang.catalog.dashboard_schema import FORMS, DashboardDef, TileDef
from taizhang.catalog.lifecycle_schema import ADDRESSEES, LEVELS, LadderDef, LadderStepDef, LetterDef
from taizhang.catalog.schema import OptionDef
from taizhang.registers.letters import OWN_NAMES
from taizhang.registers.maker import documents
from taizhang.registers.maker.forms import ItemForm
from taizhang.registers.maker.inputs import CODE, CODE_HELP, Lines, Ticks
from taizhang.ui.widgets import Date

TERM_HELP = "到期前写负数：-3 工作日；到期当天写 0；逾期后：+1 工作日、+10 日"


def released_options(document: documents.Data) -> tuple[OptionDef, ...]:
    """The options that are in force under the set's name, whichever pack says so."""
    return catalog().options.get(str(document.get("options")), ())


class OptionForm(ItemForm):
    """One option of a shared set."""

    model, fixed = OptionDef, ("name",)
    name = forms.CharField(label="选项", max_length=60, help_text="发布后不能改；不再用的停用即可，已有的记录照样显示")
    code = forms.CharField(label="代码", required=False, max_length=20, help_text="上报系统用的代码；表格里填代码也认")
    group = forms.CharField(label="归组", required=False, max_length=30)
    valid_from = forms.DateField(label="启用日期", required=False, widget=Date())
    valid_to = forms.DateField(label="停用日期", required=False, widget=Date(), help_text="到这一天为止可选")

    def is_released(self) -> bool:
        return self.item.get("name") in [item.name for item in released_options(self.document)]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = [item.get("name") for item in documents.items(self.document, "values") if item != self.item]
        if name in others:
            raise forms.ValidationError(f"已有选项“{name}”")
        if "、" in name:
            raise forms.ValidationError("选项里不能有顿号：多选用它分隔")
        return name


class LadderForm(ItemForm):
    """What a ladder rests on."""

    model, opens = LadderDef, False
    about = forms.ChoiceField(label="督办什么", choices=[("record", "台账的记录"), ("task", "要点的任务")])
    basis = forms.CharField(label="依据", required=False, max_length=200)


class RungForm(ItemForm):
    """One rung: when, how sharply, to whom, with which letter."""

    model = LadderStepDef
    at = forms.CharField(label="何时", max_length=30, help_text=TERM_HELP)
    level = forms.ChoiceField(label="方式", choices=[(word, word) for word in LEVELS])
    to = Ticks(label="发给")
    letter = forms.ChoiceField(label="发文书", required=False)
    escalate = forms.CharField(
        label="自动办理", required=False, max_length=30, help_text="到时由系统办理的步骤，须是用它的台账的步骤名"
    )

    def prepare(self) -> None:
        self.choose("to", [*((name, name) for name in ADDRESSEES), *self.roles()])
        self.choose("letter", [(name, name) for name in self.whole.letters], "（不发）")


class DashboardForm(ItemForm):
    """For whom a dashboard is."""

    model, opens, keys = DashboardDef, False, {"posts": "roles"}
    code = forms.RegexField(CODE, label="代码", required=False, max_length=60, help_text=CODE_HELP)
    description = forms.CharField(label="说明", required=False, max_length=200)
    posts = Ticks(label="给哪些岗位", required=False, help_text="都不选即人人可看")
    order = forms.IntegerField(label="次序", required=False, min_value=1, max_value=999, help_text="小的排在前面")

    def prepare(self) -> None:
        self.choose("posts", self.roles())
        self.initial["order"] = self.initial.get("order") or DashboardDef.model_fields["order"].default


class TileForm(ItemForm):
    """One tile of a dashboard."""

    model = TileDef
    indicator = Lines(label="指标", help_text="名称或代码，一行一个；数字、表格可写几个，其余写一个")
    form = forms.ChoiceField(label="形式", choices=list(FORMS.items()))
    title = forms.CharField(label="标题", required=False, max_length=60, help_text="不写即指标的名称")
    units = forms.ChoiceField(
        label="哪些单位", required=False,
        choices=[("own", "所选单位"), ("district", "各学区"), ("school", "各学校")], help_text="排行、表格、小图选各学区或各学校",
    )  # fmt: skip
    by = forms.CharField(
        label="按什么分列", required=False, max_length=60, help_text="分列时写选择型字段的名称，例：学段"
    )
    period = forms.CharField(
        label="期间", required=False, max_length=20, help_text="不写即最近有数据的一期；year 今年，month-1 上月，或 2025、SY2025"
    )  # fmt: skip
    back = forms.IntegerField(label="往前几期", required=False, min_value=2, max_value=24)
    top = forms.IntegerField(label="列前几名", required=False, min_value=1, max_value=60)
    first = forms.ChoiceField(label="从哪头排", required=False, choices=[("best", "好的在前"), ("worst", "差的在前")])

    def prepare(self) -> None:
        for name in ("form", "units", "back", "top", "first"):
            self.initial[name] = self.initial.get(name) or TileDef.model_fields[name].default
        if isinstance(self.initial.get("indicator"), str):
            self.initial["indicator"] = [self.initial["indicator"]]


class LetterForm(ItemForm):
    """How a letter is numbered, to whom it goes, who signs."""

    model, opens = LetterDef, False
    number = forms.CharField(
        label="文号", required=False, max_length=40, help_text="例：督办〔{year}〕{seq}号；不写即不编号"
    )
    to = forms.ChoiceField(label="主送")
    issuer = forms.CharField(label="落款", required=False, max_length=60, help_text="不写即本局名称")
    receipt = forms.BooleanField(label="要求签收", required=False)
    basis = forms.CharField(label="依据", required=False, max_length=200)

    def prepare(self) -> None:
        self.initial["to"] = self.initial.get("to") or "责任单位"
        if self.initial.get("receipt") is None:
            self.initial["receipt"] = True
        self.choose("to", [*((name, name) for name in ADDRESSEES), *self.roles()], None)


class LetterTextForm(ItemForm):
    """The text of a letter. It stands in the document from then on, no longer in a file of its own."""

    model = LetterDef
    text = forms.CharField(
        label="正文", widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "maker-source"}),
        strip=False,
        help_text="用 {{ 字段名 }} 取记录里的内容；# 开头是标题，@主送、@署名、@日期、@文号 各占一行，空一行另起一段。"
        "除本台账的字段外还可用：" + "、".join(OWN_NAMES),
    )  # fmt: skip

    def prepare(self) -> None:
        template = self.item.get("template")
        if template and not self.item.get("text"):
            self.initial["text"] = next(
                (pack.files[template] for pack in reversed(self.whole.packs) if template in pack.files), ""
            )

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").rstrip() + "\n"

    def to_item(self) -> documents.Data:
        made: dict[str, Any] = super().to_item()
        made.pop("template", None)
        return made
