"""Every number of an article as a quantity: exact span, value, printed unit, kind (guideline section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from taizhang.reading.model import Quantity
from taizhang.reading.names import find_names
from taizhang.reading.numbers.calendar import bare_years, clock_times, days, placeholders, weekdays, years
from taizhang.reading.numbers.measures import find_measures, percent_words
from taizhang.reading.numbers.ordinals import find_ordinals
from taizhang.reading.numbers.scan import Sheet
from taizhang.reading.view import Excerpt, view_of

# The guideline's precedence: document number, name, date, number. Masked numbers stand where a number was.
LAYERS = (
    percent_words,
    find_names,
    clock_times,
    placeholders,
    days,
    weekdays,
    years,
    find_ordinals,
    bare_years,
    find_measures,
)


def scan(text: str, start: int, end: int, skip: Sequence[tuple[int, int]] = ()) -> Sheet:
    """The filled sheet of one article: what was found, and which stretches are accounted for."""
    sheet = Sheet(_without_marks(view_of(text).excerpt(start, end), skip))
    sheet.skip(skip)
    for layer in LAYERS:
        layer(sheet)
    sheet.found.sort(key=lambda quantity: quantity.start)
    return sheet


def _without_marks(view: Excerpt, marks: Sequence[tuple[int, int]]) -> Excerpt:
    """The text with every mark blotted out: the 2. in front of 17所 is no part of 2.17, the ① no digit before 3月."""
    if not marks:
        return view
    letters = list(view.text)
    for start, end in marks:
        begin, stop = view.index(start), view.index(end)
        letters[begin:stop] = "。" * (stop - begin)
    return replace(view, text="".join(letters))


def find_quantities(text: str, start: int, end: int, skip: Sequence[tuple[int, int]] = ()) -> list[Quantity]:
    """The quantities of ``text[start:end]`` (one article), in order and without overlap.

    ``skip`` are the markers of headings and points, whose numerals count nothing. Values are floats with 万 and 亿
    expanded, two floats for a range, text for dates, None for what measures nothing (guideline Q3).
    """
    return scan(text, start, end, skip).found
