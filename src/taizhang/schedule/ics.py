"""An iCalendar feed (RFC 5545) of plain events: what phones and desktop calendars subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

LIMIT = 75  # octets of a line, its end aside (§3.1)
# The hours of a half day, where the table names none.
HOURS = {"上午": (time(8, 30), time(11, 30)), "中午": (time(12), time(13, 30)), "下午": (time(14, 30), time(17, 30)),
         "晚上": (time(19), time(21))}  # fmt: skip
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """``uid`` stays the same for ever; ``half`` '' or 全天 is an event of whole days."""

    uid: str
    start: date
    end: date
    half: str
    summary: str
    changed: datetime
    location: str = ""
    description: str = ""


def calendar(name: str, events: Iterable[Event]) -> str:
    """The whole feed with CRLF line ends."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Taizhang//Schedule//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", *ZONE,
    ]  # fmt: skip
    for event in events:
        lines += ["BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{event.changed:%Y%m%dT%H%M%SZ}", *_when(event)]
        texts = {"SUMMARY": event.summary, "LOCATION": event.location, "DESCRIPTION": event.description}
        lines += [f"{key}:{escaped(text)}" for key, text in texts.items() if text]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """TEXT values (§3.3.11): backslash, semicolon, comma and line end are marked; other controls are dropped."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(char for char in text if char >= " " or char == "\t")


def folded(line: str) -> str:
    """A line cut into pieces of 75 octets, never inside a character; the following pieces begin with a space."""
    pieces, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > LIMIT:
            pieces.append(" ")
            size = 1
        pieces[-1] += char
        size += width
    return "\r\n".join(pieces)


def _when(event: Event) -> list[str]:
    hours = HOURS.get(event.half)
    if hours is None:
        # The end of whole days is the day after the last (§3.6.1).
        return [f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}", f"DTEND;VALUE=DATE:{event.end + timedelta(days=1):%Y%m%d}"]
    start, end = hours
    return [
        f"DTSTART;TZID=Asia/Shanghai:{event.start:%Y%m%d}T{start:%H%M%S}",
        f"DTEND;TZID=Asia/Shanghai:{event.end:%Y%m%d}T{end:%H%M%S}",
    ]
