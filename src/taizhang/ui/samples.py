"""What the style page shows. The county, its schools, people and figures are invented."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from taizhang.ui import icons, widgets
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags import ui

BEIJING = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 21)
HAZARD_COUNT = 1268
KINDS = [("", "全部类别"), ("消防", "消防"), ("校车", "校车"), ("食品", "食品"), ("校舍", "校舍")]
HAZARD = {"发现日期": TODAY, "隐患类别": "消防", "隐患等级": "一般", "整改投入": "3200.00"}
STATES = [
    ("草稿", "draft"),
    ("整改中", "open"),
    ("已销号", "closed"),
    ("作废", "void"),
    ("逾期 5 天", "late"),
    ("今天到期", "warn"),
    ("核对无误", "ok"),
]


class HazardForm(forms.Form):
    """A record's form as a pack would declare it."""

    发现日期 = forms.DateField(widget=widgets.Date)
    隐患类别 = forms.ChoiceField(choices=KINDS[1:])
    隐患等级 = forms.ChoiceField(choices=[("一般", "一般"), ("重大", "重大")], widget=forms.RadioSelect)
    整改期限 = forms.DateField(widget=widgets.Date, required=False, help_text="一般隐患不超过 15 天。")
    整改投入 = forms.DecimalField(widget=widgets.Figure, required=False, max_digits=14, decimal_places=2)
    责任人电话 = forms.CharField(widget=widgets.Phone, required=False)
    整改措施 = forms.CharField(widget=forms.Textarea, required=False, help_text="写明做什么、谁来做、怎样复查。")
    涉及场所 = forms.MultipleChoiceField(
        choices=[(place, place) for place in ("教学楼", "宿舍", "食堂", "实验室", "校门", "操场")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    现场照片 = forms.FileField(widget=widgets.Upload, required=False)
    已告知家委会 = forms.BooleanField(required=False)

    sections = [
        ("发现", ["发现日期", "隐患类别", "隐患等级", "涉及场所", "现场照片"]),
        ("整改", ["整改期限", "整改投入", "责任人电话", "已告知家委会", "整改措施"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["整改投入"].unit = "元"  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """The filter bar over a list of hazards."""

    q = forms.CharField(label="关键词", required=False, widget=forms.TextInput(attrs={"type": "search"}))
    隐患类别 = forms.ChoiceField(choices=KINDS, required=False)
    状态 = forms.ChoiceField(choices=[("", "全部状态"), ("整改中", "整改中"), ("已销号", "已销号")], required=False)
    发现日期起 = forms.DateField(widget=widgets.Date, required=False)
    发现日期止 = forms.DateField(widget=widgets.Date, required=False)
    隐患等级 = forms.ChoiceField(choices=[("", "全部等级"), ("一般", "一般"), ("重大", "重大")], required=False)


class ReasonForm(forms.Form):
    """Unmasking a sensitive field asks why."""

    查看理由 = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))


def content() -> dict[str, Any]:
    """Everything but the forms and the page, which belong to the request."""
    return {
        "states": STATES,
        "today": TODAY,
        "hazards": hazards(),
        "enrolment": enrolment(),
        "tiles": TILES,
        "tabs": TABS,
        "entries": ENTRIES,
        "steps": STEPS,
        "facts": facts(),
        "nodes": TREE,
        "jobs": JOBS,
        "charts": CHARTS,
        "text": TEXT,
        "marks": marks(),
        "breadcrumbs": [{"label": "设置", "url": "#"}, {"label": "样式", "url": ""}],
        "problem": PROBLEM,
        "problems": [PROBLEM, SECOND_PROBLEM],
        "icons": sorted(icons.names()),
    }


def hazards() -> Table:
    """A case register: states, deadlines, progress, money."""
    columns = [
        Column("编号", sort="编号"),
        Column("学校", kind="link", sort="单位"),
        Column("发现日期", kind="date", sort="发现日期"),
        Column("类别"),
        Column("状态", kind="state", sort="状态"),
        Column("整改期限", kind="due", sort="整改期限"),
        Column("整改投入", kind="money", unit="元", sort="整改投入"),
        Column("子项", kind="progress"),
    ]
    kinds = [
        ("清溪县实验小学", "消防", ("整改中", "open"), -5, Decimal("3200"), (2, 5)),
        ("白石镇中心学校", "校舍", ("整改中", "open"), 0, Decimal("128500.50"), (1, 4)),
        ("清溪县第二中学", "食品", ("待复查", "open"), 2, None, (3, 3)),
        ("桃源村教学点", "校车", ("待整改", "draft"), 12, Decimal("0"), None),
        ("清溪县职业技术学校", "消防", ("已销号", "closed"), -30, Decimal("980"), (6, 6)),
        ("红旗街道中心幼儿园", "食品", ("作废", "void"), 4, None, None),
    ]
    rows = []
    for index, (school, kind, state, days, cost, parts) in enumerate(kinds):
        deadline = (TODAY + dt.timedelta(days=days), state[1] in ("closed", "void"), TODAY)
        category = "" if deadline[1] else {-5: "late", 0: "warn", 2: "warn"}.get(days, "")
        cells = [
            f"AQ-2026-{418 - index:04}",
            (school, "#unit"),
            TODAY - dt.timedelta(days=20 + index),
            kind,
            state,
            deadline,
            cost,
            parts,
        ]
        rows.append(Row(cells, url="#record", key=str(index), category=category))
    return Table(columns, rows, caption="安全隐患台账", selectable=True)


def enrolment() -> Table:
    """A statistics register: figures with units, a missing value, a sum, trends, links to the rows."""
    columns = [
        Column("学区", sort="学区"),
        Column("学校数", kind="number", unit="所", sort="学校数"),
        Column("在校生数", kind="drill", unit="人", sort="在校生数"),
        Column("随迁子女占比", kind="percent", unit="%"),
        Column("生均公用经费", kind="money", unit="元"),
        Column("近六年在校生", kind="spark"),
    ]
    figures = [
        ("城关学区", 18, 24310, Decimal("0.2315"), Decimal("1150"), (212, 219, 226, 231, 238, 243)),
        ("白石学区", 23, 9876, Decimal("0.0462"), Decimal("1038.5"), (118, 115, 111, 106, 102, 99)),
        ("柳河学区", 16, 4120, None, Decimal("1210.25"), (52, None, 47, 45, 43, 41)),
    ]
    rows = [
        Row([area, schools, (pupils, "#rows"), share, cost, (trend, f"{area}在校生六年变化")])
        for area, schools, pupils, share, cost, trend in figures
    ]
    rows.append(Row(["合计", 57, (38306, "#rows"), Decimal("0.1588"), Decimal("1127.7"), None], total=True))
    return Table(columns, rows, caption="在校生情况", id="figures")


def facts() -> list[dict[str, Any]]:
    """A record's fields, one of them masked."""
    return [
        {"label": "学校", "value": "清溪县实验小学"},
        {"label": "状态", "value": ui.state("整改中", "open")},
        {"label": "发现日期", "value": ui.date(dt.date(2026, 11, 1), "cn")},
        {"label": "整改期限", "value": ui.due(dt.date(2026, 11, 16), False, TODAY)},
        {"label": "整改投入", "value": ui.money(Decimal("3200"))},
        {"label": "责任人电话", "value": "138****5521", "help": "敏感信息，查看要写明理由"},
        {"label": "复查意见", "value": None},
        {"label": "整改措施", "value": "更换三楼东侧过期灭火器 12 具，疏通安全出口，重新张贴疏散图。", "wide": True},
    ]


def marks() -> list[dict[str, Any]]:
    """Marks by the words they stand on, so that the text can be edited without counting."""
    found = []
    for number, (kind, words, title, note) in enumerate(MARKS, start=1):
        start = TEXT.index(words)
        mark = {
            "id": f"m{number}",
            "kind": kind,
            "start": start,
            "end": start + len(words),
            "title": title,
            "note": note,
        }
        found.append({**mark, "url": "#task"} if kind == "task" else mark)
    return found


PROBLEM = {
    "code": "registers.field_type",
    "message": "“整改投入”要填数字，读到的是“三万”。",
    "where": "隐患台账.xlsx 第 7 行 G 列",
    "remedy": "改成 30000（单位：元）后重新上传。",
}
SECOND_PROBLEM = {
    "code": "org.unknown_unit",
    "message": "没有编码为 510723017 的单位。",
    "where": "隐患台账.xlsx 第 12 行 A 列",
    "remedy": "在“设置 · 单位”查到正确编码后修改；新建学校请先由办公室登记。",
}
TILES = [
    {"label": "今年任务", "value": 86, "unit": "项", "url": "#", "note": "12 个科室"},
    {"label": "逾期未办", "value": 4, "unit": "项", "url": "#", "category": "late", "note": "最长 11 天"},
    {"label": "三日内到期", "value": 7, "unit": "项", "url": "#", "category": "warn"},
    {
        "label": "隐患整改率",
        "value": "96.42",
        "unit": "%",
        "url": "#",
        "change": {"value": "1.35", "unit": "个百分点", "better": "higher"},
    },
    {
        "label": "在校生",
        "value": 38306,
        "unit": "人",
        "url": "#",
        "change": {"value": -412, "unit": "人", "better": "none"},
    },
    {"label": "小学校际差异系数", "value": None, "decimals": 3, "note": "还差 2 所学校未报"},
]
TABS = [
    {"label": "全部", "url": "?", "badge": 1268, "active": True},
    {"label": "待我办", "url": "?mine=1", "badge": 3},
    {"label": "已逾期", "url": "?late=1", "badge": 5},
    {"label": "已销号", "url": "?closed=1", "badge": 1190},
]
ENTRIES = [
    {
        "when": dt.datetime(2026, 11, 20, 16, 5, tzinfo=BEIJING),
        "who": "陈静 · 安全管理科",
        "what": "复查不通过",
        "note": "三楼东侧灭火器已更换，疏散图还没有张贴。",
        "category": "late",
        "changes": [
            {"field": "状态", "before": "待复查", "after": "整改中"},
            {"field": "整改期限", "before": "2026-11-16", "after": "2026-11-25"},
        ],
    },
    {
        "when": dt.datetime(2026, 11, 15, 9, 40, tzinfo=BEIJING),
        "who": "周明 · 清溪县实验小学",
        "what": "提交整改反馈",
        "category": "open",
        "changes": [{"field": "整改投入", "before": "", "after": "3,200.00 元"}],
        "files": [{"label": "整改后照片.jpg", "url": "#"}],
    },
    {"when": dt.datetime(2026, 11, 1, 10, 12, tzinfo=BEIJING), "who": "李国安 · 督学", "what": "登记隐患"},
]
STEPS = [
    {"label": "学校填报", "note": "52/52 所", "status": "done", "url": "#"},
    {"label": "学区审核", "note": "逾期 2 天", "status": "late", "url": "#"},
    {"label": "科室汇总", "note": "进行中", "status": "current"},
    {"label": "局长签发", "status": "todo"},
]
TREE = [
    {
        "label": "清溪县教育局",
        "count": 57,
        "open": True,
        "children": [
            {
                "label": "城关学区",
                "url": "#",
                "count": 18,
                "open": True,
                "children": [
                    {"label": "清溪县实验小学", "url": "#", "active": True},
                    {"label": "清溪县第二中学", "url": "#"},
                ],
            },
            {"label": "白石学区", "url": "#", "count": 23, "children": [{"label": "白石镇中心学校", "url": "#"}]},
            {"label": "清溪县职业技术学校", "url": "#"},
        ],
    }
]
JOBS = [
    {"title": "导入教育基本情况", "status": "running", "done": 31250, "total": 50000, "words": "每秒约 4,100 行"},
    {
        "title": "生成年度总结",
        "status": "done",
        "words": "用时 8 秒，绑定数字 214 个",
        "result_url": "#",
        "result_label": "下载稿件",
    },
    {"title": "导入隐患台账", "status": "failed", "words": "已导入 0 行", "problem": PROBLEM},
]
SCHOOL_YEARS = ["2020", "2021", "2022", "2023", "2024", "2025"]
CHARTS = [
    (
        "chart-bar",
        "bar",
        {
            "title": "各月登记与销号隐患",
            "unit": "条",
            "categories": [f"{month} 月" for month in range(1, 11)],
            "series": [
                {"name": "登记", "values": [82, 40, 131, 118, 96, 104, 33, 28, 142, 97]},
                {"name": "销号", "values": [70, 48, 109, 121, 99, 101, 52, 30, 118, 94]},
            ],
        },
    ),
    (
        "chart-line",
        "line",
        {
            "title": "九年义务教育巩固率",
            "percent": True,
            "decimals": 2,
            "categories": SCHOOL_YEARS,
            "series": [
                {"name": "全县", "values": ["0.9512", "0.9538", "0.9561", "0.9604", "0.9633", "0.9671"]},
                {"name": "全省", "values": ["0.9520", "0.9535", "0.9550", None, "0.9580", "0.9590"]},
            ],
            "target": {"label": "规划目标", "value": "0.965"},
        },
    ),
    (
        "chart-hbar",
        "hbar",
        {
            "title": "各学区任务完成率",
            "percent": True,
            "decimals": 1,
            "categories": ["城关学区", "白石学区", "柳河学区", "青峰学区", "大营学区", "局直属学校"],
            "series": [{"name": "完成率", "values": ["0.981", "0.943", "0.902", "0.888", "0.861", "0.790"]}],
            "target": {"label": "目标", "value": "0.9"},
        },
    ),
    (
        "chart-small",
        "small",
        {
            "title": "各学区在校生",
            "unit": "人",
            "categories": SCHOOL_YEARS,
            "series": [
                {"name": "城关学区", "values": [21200, 21900, 22600, 23100, 23800, 24310]},
                {"name": "白石学区", "values": [11800, 11500, 11100, 10600, 10200, 9876]},
                {"name": "柳河学区", "values": [5200, None, 4700, 4500, 4300, 4120]},
                {"name": "青峰学区", "values": [6100, 6050, 6010, 5950, 5900, 5880]},
            ],
        },
    ),
]
TEXT = """一、守住校园安全底线

1.深入开展安全隐患整治。年内排查中小学、幼儿园 57 所，排查率 100%；登记隐患 871 条，已整改 842 条，整改率 96.67%。12 月底前完成 3 所学校消防改造，由安全管理科牵头，计划财务科配合。

2.全县共有学校 57 所，其中小学 31 所、初中 12 所、幼儿园 15 所。

二、办好群众身边的学校

3.新增公办幼儿园学位约 1200 个，公办园在园幼儿占比达到 55% 以上。"""
MARKS = [
    ("heading", "一、守住校园安全底线", "守住校园安全底线", ""),
    (
        "task",
        "1.深入开展安全隐患整治。年内排查中小学、幼儿园 57 所，排查率 100%；登记隐患 871 条，已整改 842 条，整改率 96.67%。"
        "12 月底前完成 3 所学校消防改造，由安全管理科牵头，计划财务科配合。",
        "深入开展安全隐患整治",
        "牵头：安全管理科；配合：计划财务科；期限：2026-12-31",
    ),
    ("quantity", "57 所", "57 所", "学校数"),
    ("ok", "登记隐患 871 条，已整改 842 条，整改率 96.67%", "整改率 96.67%", "842 ÷ 871 = 96.67%"),
    ("target", "12 月底前完成 3 所学校消防改造", "消防改造 3 所", "12 月底前"),
    (
        "alarm",
        "共有学校 57 所，其中小学 31 所、初中 12 所、幼儿园 15 所",
        "合计与分项不符",
        "31 + 12 + 15 = 58，文中为 57，相差 1 所",
    ),
    ("heading", "二、办好群众身边的学校", "办好群众身边的学校", ""),
    ("note", "约 1200 个", "约数", "带“约”字，不按精确数核对"),
    ("target", "公办园在园幼儿占比达到 55% 以上", "公办园占比 ≥ 55%", "没有写期限"),
]
MENU = [
    {
        "label": "",
        "items": [
            {"label": "我的工作台", "url": "#desk", "icon": "home", "key": "d", "badge": 3},
            {"label": "驾驶舱", "url": "#cockpit", "icon": "gauge", "key": "c"},
        ],
    },
    {
        "label": "安全",
        "items": [
            {"label": "安全隐患台账", "url": "#hazards", "icon": "shield-check", "active": True, "key": "y"},
            {"label": "校车台账", "url": "#buses", "icon": "bus"},
        ],
    },
    {"label": "学籍", "items": [{"label": "控辍保学台账", "url": "#dropout", "icon": "backpack"}]},
]
