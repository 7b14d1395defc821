"""Responsibility letters from the bureau down to the class: counted for each layer, never across."""

import pytest

from taizhang.indicators.queries import figures_by, value_for
from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record
from tests.packs.walk import county, on  # noqa: F401

pytestmark = pytest.mark.django_db


def signed(county, unit: str, by, layer: str, due: int, done: int, **more: object):  # noqa: F811
    values = {
        "责任书类别": "安全",
        "签订层级": layer,
        "应签份数": due,
        "已签份数": done,
        "签订截止": "2026-05-31",
        **more,
    }
    return create_record(register="responsibility_letter", unit=county.unit(unit), values=values, period="2026", by=by)


def test_coverage_is_told_for_each_layer(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-06-10")
    signed(county, "S1", county.own, "局与学校", 1, 1)
    signed(county, "S1", county.own, "年级与班主任", 12, 9, 未签原因="新班主任待补签")
    signed(county, "S2", county.other, "年级与班主任", 8, 8)
    by_layer = {
        figure.group: figure.text for figure in figures_by(county.chief, "letter_coverage", "B1", "2026", "签订层级")
    }
    assert by_layer == {"局与学校": "100.00", "年级与班主任": "85.00"}
    assert value_for(county.chief, "letter_late_layers", "B1", "2026").text == "1"


def test_more_letters_than_asked_for_are_refused_and_a_gap_wants_its_reason(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-06-10")
    with pytest.raises(Problem, match="不能超过应签份数"):
        signed(county, "S1", county.own, "局与学校", 1, 2)
    saved = signed(county, "S1", county.own, "年级与班主任", 12, 9)
    assert any("未签原因" in str(warning) for warning in saved.warnings)


def test_a_school_writes_its_own_letters_only(county):  # noqa: F811
    with pytest.raises(Problem):
        signed(county, "S2", county.own, "局与学校", 1, 1)
