"""Every field type: what people write, what is stored, what is shown, and what is refused with a remedy."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from taizhang.catalog.schema import FIELD_TYPES, FieldDef
from taizhang.kernel.errors import Problem
from taizhang.registers import secrecy
from taizhang.registers.fields import FIELDS, make_field

CHOICES = {"公办": "1", "民办": "2", "普惠性民办": "3"}


def field(kind: str, **more):
    return make_field(FieldDef(name="某项", type=kind, **more), CHOICES if kind in ("choice", "choices") else None)


@pytest.mark.parametrize(
    ("kind", "raw", "stored", "shown"),
    [
        ("text", " 二楼 ", "二楼", "二楼"),
        ("text", 3305.0, "3305", "3305"),
        ("long_text", "甲\n乙", "甲\n乙", "甲\n乙"),
        ("place", "人民路1号", "人民路1号", "人民路1号"),
        ("integer", "1,234", 1234, "1,234"),
        ("integer", "１２", 12, "12"),
        ("integer", 45.0, 45, "45"),
        ("integer", "-3", -3, "-3"),
        ("decimal", "0.10", "0.1", "0.1"),
        ("decimal", 0.1 + 0.2, "0.3", "0.3"),
        ("decimal", "12,345.678", "12345.678", "12,345.678"),
        ("decimal", 1e-7, "0.0000001", "0.0000001"),
        ("decimal", 100, "100", "100"),
        ("money", "1200.5", "1200.50", "1,200.50"),
        ("money", "￥1,200", "1200.00", "1,200.00"),
        ("money", "0", "0.00", "0.00"),
        ("percent", "85.5", "0.855", "85.5%"),
        ("percent", "85.5%", "0.855", "85.5%"),
        ("percent", 100, "1", "100%"),
        ("date", "2025年9月1日", "2025-09-01", "2025-09-01"),
        ("date", datetime.fromisoformat("2025-09-01T08:00"), "2025-09-01", "2025-09-01"),
        ("date", "20250901", "2025-09-01", "2025-09-01"),
        ("datetime", "2025-09-01 8:30", "2025-09-01T08:30", "2025-09-01 08:30"),
        ("datetime", date(2025, 9, 1), "2025-09-01T00:00", "2025-09-01 00:00"),
        ("month", "2025年9月", "2025-09", "2025年9月"),
        ("month", date(2025, 9, 1), "2025-09", "2025年9月"),
        ("school_year", "2025-2026学年", "SY2025", "2025-2026学年"),
        ("school_year", "2025-2026", "SY2025", "2025-2026学年"),
        ("choice", "公办", "公办", "公办"),
        ("choice", "2", "民办", "民办"),
        ("choices", "民办、公办", "公办、民办", "公办、民办"),
        ("choices", ["民办"], "民办", "民办"),
        ("yes_no", "√", True, "是"),
        ("yes_no", False, False, "否"),
        ("phone", "139 1234 8888", "13912348888", "13912348888"),
        ("phone", 13912348888.0, "13912348888", "13912348888"),
        ("phone", "0571-87654321", "0571-87654321", "0571-87654321"),
        ("id_card", "11010519491231002x", "11010519491231002X", "11010519491231002X"),
    ],
)
def test_what_people_write_is_stored_in_one_form_and_shown_in_one_way(kind, raw, stored, shown):
    made = field(kind)
    assert made.parse(raw) == stored and type(made.parse(raw)) is type(stored)
    assert made.display(stored) == shown


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("integer", "三百", "不是数字"),
        ("integer", "12.5", "须为整数"),
        ("integer", "120人", "只填数字 120，不写“人”"),
        ("integer", True, "不是数字"),
        ("integer", date(2025, 1, 1), "不是数字"),
        ("decimal", "nan", "不是数字"),
        ("decimal", "1e30", "太大"),
        ("money", "1.005", "最多 2 位小数"),
        ("money", "无", "没有数据就留空"),
        ("percent", "八成", "不是数字"),
        ("date", "2025-02-30", "不是有效日期"),
        ("date", "昨天", "写成 2025-09-01"),
        ("date", "0025-09-01", "核对年份"),
        ("date", 45000.5, "不是有效日期"),
        ("datetime", "2025-09-01 25:00", "不是有效时刻"),
        ("month", "2025-13", "看不懂"),
        ("month", "SY2025", "看不懂"),
        ("school_year", "2025-2027学年", "看不懂"),
        ("choice", "公辦", "是否应为：公办"),
        ("choice", "外星", "可填：公办"),
        ("choices", "公办、私立", "不在选项中"),
        ("yes_no", "也许", "填 是 或 否"),
        ("phone", "12345678901", "不是电话号码"),
        ("id_card", "110105194912310021", "校验码不对"),
        ("id_card", "11010519491331002X", "出生日期"),
        ("id_card", "1101051949", "须为 18 位，现为 10 位"),
        ("file", "a.jpg", "请在记录页上传"),
        ("unit", "第一小学", "不能填写关联"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_and_a_remedy(kind, raw, words):
    with pytest.raises(Problem) as caught:
        field(kind).parse(raw)
    assert words in str(caught.value) and caught.value.where == "某项" and caught.value.remedy


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_every_type_of_the_schema_has_a_class_that_explains_itself_and_keeps_missing_missing(kind):
    made = field(kind, register="other") if kind == "link" else field(kind)
    assert type(made) is FIELDS[kind] and made.doc and made.form_field().label == "某项"
    assert made.warehouse_type in {"text", "integer", "decimal", "date", "timestamp", "boolean"}
    for empty in (None, "", "  "):
        assert made.parse(empty) is None
    assert made.display(None) == "—" and made.facet(None) is None and made.cell(None) is None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("integer", "12"), ("decimal", "1.25"), ("money", "3.10"), ("percent", "12.345"), ("date", "2025-09-01"),
        ("datetime", "2025-09-01 08:30"), ("month", "2025-09"), ("school_year", "SY2025"), ("choice", "民办"),
        ("choices", "公办、民办"), ("yes_no", "否"), ("phone", "13912348888"), ("text", "文字"),
    ],
)  # fmt: skip
def test_what_the_form_and_the_sheet_show_reads_back_to_the_same_value(kind, raw):
    made = field(kind)
    stored = made.parse(raw)
    assert made.parse(made.edit_text(stored)) == stored
    assert made.parse(made.cell(stored)) == stored
    if kind not in ("datetime",):
        assert made.from_value(made.value(stored)) == stored


def test_money_is_exact_over_a_thousand_small_sums():
    made = field("money")
    total = sum((made.value(made.parse("0.1")) for _ in range(1000)), Decimal())
    assert total == Decimal("100.00") and made.facet("0.10") == Decimal("0.100000")


def test_limits_of_the_pack_are_told_with_their_unit():
    with pytest.raises(Problem, match="大于上限 1所"):
        field("integer", max=1, unit="所").parse("2")
    with pytest.raises(Problem, match="小于下限"):
        field("decimal", min=0).parse("-0.5")
    with pytest.raises(Problem, match="大于上限 100"):
        field("percent", max=100).parse("101")
    with pytest.raises(Problem, match="太长：4 字"):
        field("text", max_length=3).parse("一二三四")
    with pytest.raises(Problem, match="写法不对"):
        field("text", pattern=r"浙\w+").parse("沪A1")


def test_a_sensitive_value_is_unreadable_at_rest_and_recognisable_on_screen():
    stored = secrecy.encrypt("13912348888")
    assert stored.startswith("enc:") and "1391" not in stored and secrecy.decrypt(stored) == "13912348888"
    assert secrecy.encrypt("13912348888") != stored, "equal values must not look equal at rest"
    assert secrecy.digest("13912348888") == secrecy.digest("13912348888") != secrecy.digest("13912348889")
    assert secrecy.mask("13912348888") == "139****8888"
    assert secrecy.mask("11010519491231002X") == "1101**********002X"
    assert secrecy.mask("张三丰") == "张*丰" and secrecy.mask("张三") == "张*" and secrecy.mask("") == "*"


def test_another_key_does_not_open_a_value_and_says_where_the_key_lies(settings):
    stored = secrecy.encrypt("13912348888")
    settings.FIELD_KEY = "another"
    with pytest.raises(Problem, match="keys/fields"):
        secrecy.decrypt(stored)


LIMITS = [{}, {"min": 0}, {"min": 0, "max": 100}, {"min": -0.5, "max": 0.3}]
CELLS = [
    0.5, 92.1, 99.99, 100.5, 3455.3, 0.25, 0.3, 0.1 + 0.2, 0.005, 0.125, 1e-7, 12.345, -0.5, -3.25, 99.99999999999999, 1e9 + 0.5,
    123456789012345.6, 5.0, 100.0, 0.0, -0.0, float("nan"), float("inf"),
]  # fmt: skip


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("kind", ["integer", "decimal", "money", "percent"])
def test_a_sheets_number_is_the_same_value_as_its_digits_typed(kind, limits):
    item = field(kind, **limits, **({"decimals": 2} if kind == "decimal" else {}))

    def read(raw):
        try:
            return item.parse(raw)
        except Problem as wrong:
            return wrong.remedy

    for cell in CELLS:
        typed = (
            str(cell) if cell != cell or cell in (float("inf"), -float("inf")) else format(Decimal(f"{cell:.15g}"), "f")
        )
        assert read(cell) == read(typed), cell
