"""What a chart draws, and the table behind it."""

from decimal import Decimal

import pytest

from taizhang.ui import charts

RATIOS = {
    "title": "巩固率",
    "percent": True,
    "decimals": 2,
    "categories": [2024, 2025],
    "series": [{"name": "全县", "values": [Decimal("0.96335"), None]}],
    "target": {"label": "目标", "value": "0.95"},
}


def test_ratios_are_drawn_as_percent_and_a_missing_value_stays_missing():
    drawn = charts.prepared("line", RATIOS)
    assert drawn["series"][0]["values"] == [96.335, None]
    assert drawn["unit"] == "%"
    assert drawn["target"]["value"] == 95.0


def test_the_table_behind_a_chart_says_the_same_as_text():
    assert charts.table_of(RATIOS) == [("2024", ["96.34"]), ("2025", ["—"])]


def test_an_unknown_kind_of_chart_is_refused():
    with pytest.raises(ValueError, match="pie"):
        charts.prepared("pie", RATIOS)


def test_a_series_of_another_length_than_the_categories_is_refused():
    with pytest.raises(ValueError, match="zip"):
        charts.table_of({**RATIOS, "series": [{"name": "全县", "values": [1]}]})


def test_a_gap_breaks_a_small_line_and_a_lone_point_still_shows():
    lines = charts.sparkline([1, None, 3, 4])
    assert len(lines) == 2
    first, second = lines[0].split()
    assert first == second
    assert charts.sparkline([None, None]) == []


def test_equal_values_make_a_level_line():
    (line,) = charts.sparkline([5, 5, 5])
    assert len({point.split(",")[1] for point in line.split()}) == 1
