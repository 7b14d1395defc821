"""A weekly work table (周次表) imported, shown and printed, beside an independent reading of the same text.

``python scripts/run_schedule.py FILE [--year 2006] [--first-weekday 6]``. In an installation of its own, thrown away at the
end, the file is taken into a table of that year's autumn term. A few lines of plain Python (no import of the program) find each
week's printed dates (27/8—2/9) and the weekday that each numbered line begins with. Compared are: every week's first and last day
as the page prints them, also those that cross a month or the year; that each such line stands as an entry on its day; that the
Word file has the same weeks and as many entries; and the doubts: those of the table itself are printed for a person to judge, and
three planted faults (a school wanted twice in one half day, marking before its test, work on National Day) are found, each once.
Exit 1 when anything differs.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from throwaway import installation

DAYS = re.compile(r"(\d{1,2})/(\d{1,2})\s*\n?\s*[—–-]\s*(\d{1,2})/(\d{1,2})")
LINE = re.compile(r"^\d[、.]\s*周([一二三四五六日])(?:至周?([一二三四五六日]))?(全天|上午|下午)?", re.M)
SCHOOL = re.compile(r"\d{2,3}中|(?<=[:：])[\u4e00-\u9fff]{2}中学")
UNITS = "编码,名称,类型,上级编码,启用日期,停用日期"
WEEKDAYS = "一二三四五六日"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--year", type=int, default=2006, help="the year in which the term begins")
    options.add_argument("--first-weekday", type=int, default=6, choices=(0, 6), help="6: weeks begin on Sunday")
    given = options.parse_args()
    with installation():
        return compared(given.file, given.year, given.first_weekday)


def first_table(text: str) -> str:
    """The first table of a text that may hold several plans (篇1, 篇2 …)."""
    begin = text.find("周次")
    return text[max(begin, 0) : text.find("篇2", begin)] if "篇2" in text else text[max(begin, 0) :]


def read_by_hand(text: str, year: int, first_weekday: int) -> list[tuple[date, date, list[tuple[date, date]]]]:
    """Each week's printed first and last day, and the days of the numbered lines that name a weekday."""
    found, marks = [], list(DAYS.finditer(text))
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        day, month, last, last_month = (int(part) for part in mark.groups())
        start = date(year + (month < 7), month, day)
        body = text[mark.end() : after.start() if after else len(text)]
        lines = []
        for line in LINE.finditer(body):
            ends = [(WEEKDAYS.index(name) - first_weekday) % 7 for name in (line[1], line[2] or line[1])]
            if ends[1] >= ends[0]:
                lines.append((start + timedelta(days=ends[0]), start + timedelta(days=ends[1])))
        found.append((start, date(year + (last_month < 7), last_month, last), lines))
    return found


def compared(path: Path, year: int, first_weekday: int) -> int:
    import docx
    from django.test import Client
    from tests.support import make_county

    from taizhang.documents.actions import add_document
    from taizhang.kernel.tables import table_from_bytes
    from taizhang.org.actions import load_units
    from taizhang.schedule import actions
    from taizhang.schedule.queries import doubts_of, entries_of

    text = first_table(path.read_text(encoding="utf-8"))
    weeks, wrong = read_by_hand(text, year, first_weekday), []
    county = make_county()
    schools = sorted(set(SCHOOL.findall(text)))
    rows = "\n".join(f"T{n},{name},初级中学,D1,2000-01-01," for n, name in enumerate(schools))
    load_units(table=table_from_bytes(f"{UNITS}\n{rows}".encode(), "units.csv"), by=None)
    table = actions.create_table(
        unit=county.unit("K1"), period=f"SY{year}T1", first_day=weeks[0][0], last_day=weeks[-1][1],
        first_weekday=first_weekday, by=county.office,
    )  # fmt: skip
    document = add_document(data=text.encode(), name="周次表.txt", by=county.office).document
    count, left = actions.import_document(table=table, document=document, by=county.office)
    client = Client()
    client.force_login(county.office, backend="django.contrib.auth.backends.ModelBackend")
    entries = entries_of(table)
    stands = {(entry.start, entry.end) for entry in entries}
    crossing = 0
    for number, (start, end, lines) in enumerate(weeks, start=1):
        page = client.get(f"/schedule/{table.pk}/?week={number}").content.decode()
        years = start.year != end.year
        crossing += start.month != end.month
        label = "—".join(f"{d.year}.{d.month}.{d.day}" if years else f"{d.month}月{d.day}日" for d in (start, end))
        if label not in page:
            wrong.append(f"week {number}: the page does not print {label}")
        wrong += [f"week {number}: nothing stands on {one[0]}—{one[1]}" for one in lines if one not in stands]
    term = client.get(f"/schedule/{table.pk}/?view=term").content.decode()
    if term.count("<li>") < len(entries):
        wrong.append("the term's page leaves entries out")
    rows = docx.Document(io.BytesIO(client.get(f"/schedule/{table.pk}/paper/").content)).tables[0].rows
    printed = sum(bool(p.text) for row in rows[1:] for p in row.cells[2].paragraphs)
    if (len(rows) - 1, printed) != (len(weeks), len(entries)):
        wrong.append(f"the Word file has {len(rows) - 1} weeks and {printed} entries")
    named = sum(len(lines) for _, _, lines in weeks)
    print(
        f"{len(weeks)} weeks, {crossing} of them over the end of a month or year; {count} entries, {len(left)} without a day"
    )
    print(f"{named} lines that begin with a weekday stand on their days, on the page and in the Word file")
    for doubt in doubts_of(entries):
        print(f"  {doubt.kind}: {doubt.text}")
    wrong += planted(table, county, entries)
    print("\n".join(wrong) if wrong else "equal")
    return 1 if wrong else 0


def planted(table, county, entries) -> list[str]:
    """Faults put in by hand, one after the other, each taken out again; returns what was not found, or not once."""
    from taizhang.schedule import actions
    from taizhang.schedule.queries import doubts_of, entries_of

    before = doubts_of(entries)
    one = next(entry for entry in entries if entry.schools.exists())
    test = next(entry for entry in entries if "测试" in entry.activity)
    given = [
        (
            "学校冲突",
            {"start": one.start, "half": one.half, "activity": "食堂检查", "schools": list(one.schools.all())[:1]},
        ),
        ("先后颠倒", {"start": test.start - timedelta(days=3), "activity": f"{test.activity[:8]}阅卷"}),
        ("放假日", {"start": date(table.first_day.year, 10, 3), "activity": "全室会议"}),
    ]
    wrong = []
    for kind, words in given:
        entry = actions.save_entry(table=table, by=county.office, **words)
        found = [doubt for doubt in doubts_of(entries_of(table)) if doubt not in before]
        print(f"  planted {kind}: {'; '.join(doubt.text for doubt in found)}")
        if [doubt.kind for doubt in found if entry.pk in doubt.keys] != [kind]:
            wrong.append(f"{kind} was found {len(found)} times")
        actions.remove_entry(entry=entry, by=county.office)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
