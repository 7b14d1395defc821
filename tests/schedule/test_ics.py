"""The feed as RFC 5545 wants it; read back by a small reader of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from taizhang.schedule.ics import LIMIT, Event, calendar, escaped, folded

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


def unescaped(text: str) -> str:
    out, chars = "", iter(text)
    for char in chars:
        if char == "\\":
            after = next(chars)
            out += "\n" if after in "nN" else after
        else:
            out += char
    return out


def lines_of(feed: str) -> list[str]:
    """Unfolded lines (§3.1)."""
    assert feed.endswith("\r\n") and "\n" not in feed.replace("\r\n", "")
    return feed.replace("\r\n ", "").split("\r\n")[:-1]


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_a_folded_line_is_short_whole_characters_and_comes_back(text: str):
    pieces = folded(text).split("\r\n")
    assert all(len(piece.encode()) <= LIMIT for piece in pieces) and all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text


@given(st.text(alphabet=st.sampled_from("周一,;\\\n n会议:"), max_size=40))
def test_text_values_come_back(text: str):
    marked = escaped(text)
    assert "\n" not in marked and unescaped(marked) == text


def test_whole_days_end_on_the_day_after_and_half_days_have_hours():
    feed = calendar("周次表", [
        Event("1@x", date(2026, 12, 30), date(2027, 1, 2), "", "期末检测;一二年级,全县", NOW, location="各校"),
        Event("2@x", date(2026, 9, 7), date(2026, 9, 7), "下午", "例会", NOW, description="办公室\n全体"),
    ])  # fmt: skip
    lines = lines_of(feed)
    for line in (
        "DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270103", "SUMMARY:期末检测\\;一二年级\\,全县", "LOCATION:各校",
        "DTSTART;TZID=Asia/Shanghai:20260907T143000", "DTEND;TZID=Asia/Shanghai:20260907T173000", "DESCRIPTION:办公室\\n全体",
        "DTSTAMP:20260901T080000Z", "UID:2@x", "X-WR-CALNAME:周次表",
    ):  # fmt: skip
        assert line in lines, line
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert all(":" in line for line in lines)
