"""What is held back cannot be worked out from what is shown, whatever is asked for one by one."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from taizhang.indicators.small import Cell, Rows, Sum, held_back, sums_of

LEAST = 5
# A bureau, three districts of up to four schools; schools straight below the bureau.
PATHS = {1: "/1/", **{d: f"/1/{d}/" for d in (2, 3, 4)}, **{d * 10 + n: f"/1/{d}/{d * 10 + n}/" for d in (2, 3, 4) for n in range(4)},
         51: "/1/51/", 52: "/1/52/"}  # fmt: skip
counts = st.integers(0, 14)
trees = st.dictionaries(st.sampled_from(sorted(PATHS)), counts, min_size=1)
tables = st.dictionaries(st.sampled_from(sorted(PATHS)), st.dictionaries(st.sampled_from("男女"), counts), min_size=1)


def told(own: dict[int, int], value: str | None = None) -> dict[Cell, int]:
    """The rows of each unit with those below it; none where there are none."""
    sums = {unit: sum(n for one, n in own.items() if PATHS[one].startswith(path)) for unit, path in PATHS.items()}
    return {(unit, value): count for unit, count in sums.items() if count}


def worked_out(rows: Rows, sums: Sequence[Sum], held: set[Cell]) -> set[Cell]:
    """The hidden cells that somebody finds who subtracts what is shown, again and again."""
    unknown, found = set(held), set()
    while True:
        for one in sums:
            rest = rows[one.whole] - sum(rows[part] for part in one.parts)
            missing = [cell for cell in (one.whole, *one.parts) if cell in unknown]
            if len(missing) == 1 and not (rest and missing[0] != one.whole):
                break
        else:
            return found
        if rest:
            return found  # a whole with rows of its own is no more than bounded by its parts
        unknown.discard(missing[0])
        found.add(missing[0])


@given(trees)
def test_no_hidden_number_of_a_tree_follows_from_the_others(own: dict[int, int]) -> None:
    rows = told(own)
    sums = sums_of(rows, PATHS)
    held = held_back(rows, sums, LEAST)
    assert {cell for cell, count in rows.items() if count < LEAST} <= held
    assert not worked_out(rows, sums, held)


@given(tables)
def test_no_hidden_number_of_a_table_of_units_and_values_follows_from_its_margins(
    own: dict[int, dict[str, int]],
) -> None:
    rows = told({unit: sum(values.values()) for unit, values in own.items()})
    for value in "男女":
        rows |= told({unit: values.get(value, 0) for unit, values in own.items()}, value)
    sums = sums_of(rows, PATHS)
    assert not worked_out(rows, sums, held_back(rows, sums, LEAST))


def test_nothing_is_held_back_where_every_number_is_large_enough() -> None:
    rows = told({21: 6, 22: 7, 31: 9})
    assert held_back(rows, sums_of(rows, PATHS), LEAST) == set()


def test_of_a_lone_small_school_the_next_smallest_beside_it_goes_too() -> None:
    rows = told({21: 3, 22: 9, 23: 7, 31: 8})
    assert held_back(rows, sums_of(rows, PATHS), LEAST) == {(21, None), (23, None)}


def test_a_district_that_hides_for_another_does_not_come_out_of_its_schools() -> None:
    rows = told({21: 3, 31: 9, 32: 8, 41: 30})
    assert held_back(rows, sums_of(rows, PATHS), LEAST) == {(2, None), (21, None), (3, None), (31, None), (32, None)}


def test_a_few_records_of_a_bureau_itself_hide_a_district() -> None:
    rows = told({1: 2, 21: 8, 31: 9})
    assert held_back(rows, sums_of(rows, PATHS), LEAST) == {(2, None), (21, None)}
