"""The number check as one page that a leader can read and print: the findings of all documents first, then each text
with its numbers marked. Nothing on it needs a script, a network or a second file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from taizhang.reading.checknotes import KINDS, LEVELS, SIGNS, Mark, Note, Places, marks_of, notes_of, sentence
from taizhang.reading.checkstyle import STYLE
from taizhang.reading.crosscheck import CrossFinding
from taizhang.reading.model import Reading

__all__ = ["KINDS", "LEVELS", "render", "render_all"]
CHUNK = 4000
"""The browser lays out a long text piece by piece, of so many characters."""
MOST_LISTED = 200
Said = Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One document on the page."""

    index: int
    reading: Reading
    notes: list[Note]
    places: Places

    @property
    def doubts(self) -> list[Note]:
        return [note for note in self.notes if note.look != "ok" and not note.name.startswith("x")]


def render(reading: Reading, said: Mapping[str, str] | None = None) -> str:
    """The page of one document. ``said``: by a note's name (r3, f0) what a person decided about it."""
    return render_all([reading], said={(0, name): words for name, words in (said or {}).items()})


def render_all(readings: Sequence[Reading], across: Sequence[CrossFinding] = (), said: Said | None = None) -> str:
    """A self-contained HTML page for one or several documents, with the doubts between them.

    Green numerals were recomputed and agree, red ones do not, amber ones are notes, destroyed or cannot be judged, grey
    ones were not read; each kind has a line and a sign of its own. Pointing at a numeral, or reaching it with the Tab
    key, shows the arithmetic; on paper its number leads to the footnote.
    """
    sheets = [
        _Sheet(index, reading, notes_of(reading, index, across), Places(reading))
        for index, reading in enumerate(readings)
    ]
    names = "、".join(reading.source.name for reading in readings)
    title = names if len(readings) == 1 else f"{len(readings)} 份文稿"
    body = [
        "<h1>核数结果</h1>", f"<p>文稿：{escape(names)}</p>", _counts(sheets), _summary(sheets),
        _findings(sheets, said or {}), _between(sheets, across, said or {}), _legend(),
        *(_document(sheet) for sheet in sheets),
    ]  # fmt: skip
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>核数：{escape(title)}</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


# --- the head of the page -------------------------------------------------------------------------------------------
def _figures(sheet: _Sheet) -> tuple[int, ...]:
    alarms = sum(note.look == "alarm" for note in sheet.doubts)
    relations = sheet.reading.relations
    agreeing = sum(relation.holds is True for relation in relations)
    return (
        len(sheet.reading.quantities), len(relations), agreeing, alarms, len(sheet.doubts) - alarms,
        len(sheet.reading.unread),
    )  # fmt: skip


_FIGURES = ("数字", "核对关系", "相符", "错误", "提示", "未读")


def _counts(sheets: Sequence[_Sheet]) -> str:
    totals = [sum(column) for column in zip(*map(_figures, sheets), strict=True)] or [0] * len(_FIGURES)
    items = "".join(f"<li>{name} <b>{count}</b></li>" for name, count in zip(_FIGURES, totals, strict=True))
    return f'<ul class="counts">{items}</ul>'


def _summary(sheets: Sequence[_Sheet]) -> str:
    """One line per document, when there are several."""
    if len(sheets) < 2:
        return ""
    head = "".join(f'<th class="n">{name}</th>' for name in _FIGURES)
    lines = [
        f'<tr><td><a href="#d{sheet.index}">{escape(sheet.reading.source.name)}</a></td>'
        + "".join(f'<td class="n">{count}</td>' for count in _figures(sheet)) + "</tr>"
        for sheet in sheets
    ]  # fmt: skip
    return (
        f'<div class="scroll"><table class="files"><thead><tr><th>文件</th>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


_HEAD = "<thead><tr><th>文件</th><th>位置</th><th>问题</th><th>算式</th><th>判断</th></tr></thead>"


def _findings(sheets: Sequence[_Sheet], said: Said) -> str:
    """The doubts of all documents, the errors first, then in the order of the documents and their texts."""
    doubts = [(sheet, note) for sheet in sheets for note in sheet.doubts]
    if not doubts:
        return '<h2>发现</h2><p class="none">✓ 核对过的数字关系全部相符，没有发现问题。</p>'
    doubts.sort(key=lambda item: (item[1].look != "alarm", item[0].index, item[1].place))
    lines = [
        f'<tr><td class="file">{escape(sheet.reading.source.name)}</td><td class="where">{_where(sheet, note.place)}</td>'
        f'<td class="what"><b>{escape(note.kind)}</b> <a href="#{_anchor(sheet, note)}">'
        f"{escape(sentence(sheet.reading.source.text, note.place))}</a> {_number(note)}</td>"
        f'<td class="how">{escape(note.why)}</td><td class="say">{_verdict(note, said.get((sheet.index, note.name), ""))}</td></tr>'
        for sheet, note in doubts
    ]
    return f'<h2>发现</h2><div class="scroll"><table class="wide">{_HEAD}<tbody>{"".join(lines)}</tbody></table></div>'


def _where(sheet: _Sheet, place: int) -> str:
    heading = sheet.places.heading(place)
    return f"第{sheet.places.line(place)}行" + (f"<br>{escape(heading)}" if heading else "")


def _anchor(sheet: _Sheet, note: Note) -> str:
    return f"d{sheet.index}n{note.number}"


def _number(note: Note) -> str:
    return f'<span class="muted">注{note.number}</span>'


def _verdict(note: Note, words: str) -> str:
    """Level in sign, word and colour; below it what a person decided."""
    spoken = f'<span class="said">{escape(words)}</span>' if words else ""
    return f'<span class="tag {note.look}">{SIGNS[note.level]} {note.level}</span>{spoken}'


def _between(sheets: Sequence[_Sheet], across: Sequence[CrossFinding], said: Said) -> str:
    """The doubts that only show when the documents are read together."""
    if len(sheets) < 2 and not across:
        return ""
    if not across:
        return '<h2>文稿之间</h2><p class="none">✓ 几份文稿之间没有发现矛盾或重复。</p>'
    lines = []
    for number, cross in enumerate(across):
        files, places, words = [], [], []
        for place in cross.places:
            sheet = sheets[place.index]
            note = next(note for note in sheet.notes if note.name == f"x{number}")
            files.append(escape(place.document))
            places.append(_where(sheet, place.start))
            words.append(f'<a href="#{_anchor(sheet, note)}">{escape(place.text[:60])}</a>')
        note = Note(0, f"x{number}", cross.severity, LEVELS[cross.severity], KINDS.get(cross.kind, cross.kind), "", ())
        lines.append(
            f'<tr><td class="file">{"<br>".join(files)}</td><td class="where">{"<br>".join(places)}</td>'
            f'<td class="what"><b>{note.kind}</b> {"<br>".join(words)}</td><td class="how">{escape(cross.why)}</td>'
            f'<td class="say">{_verdict(note, said.get((-1, note.name), ""))}</td></tr>'
        )
    return (
        f'<h2>文稿之间</h2><div class="scroll"><table class="wide">{_HEAD}<tbody>{"".join(lines)}</tbody></table></div>'
    )


def _legend() -> str:
    return (
        '<p class="legend"><mark class="ok">绿色单线</mark>已核对，相符　<mark class="alarm">红色双线粗体</mark>已核对，不符　'
        '<mark class="note">黄色波线</mark>提示、损坏或不能判断　<mark class="unread">灰色点线</mark>未读懂的数字；其余数字没有可核对的关系。'
        "指向数字或按 Tab 键移到数字上可看算式，打印时按数字后的号码查注。</p>"
    )


# --- one document ---------------------------------------------------------------------------------------------------
def _document(sheet: _Sheet) -> str:
    source = sheet.reading.source
    marks = marks_of(sheet.reading, sheet.notes)
    text = "".join(_marked(sheet, marks))
    return (
        f'<section class="document" id="d{sheet.index}"><h2>正文：{escape(source.name)}</h2>'
        f'<div class="text">{text}</div><!--text-->{_footnotes(sheet)}{_repairs(sheet)}{_unread(sheet)}</section>'
    )


def _marked(sheet: _Sheet, marks: Sequence[Mark]) -> Iterator[str]:
    """The whole text to the letter, in pieces that end with a line."""
    text, last, begun = sheet.reading.source.text, 0, 0
    first: set[int] = set()
    yield "<div>"
    for mark in [*_with_anchors(sheet, marks), Mark(len(text), len(text), "", "", ())]:
        while (cut := text.find("\n", max(last, begun + CHUNK), mark.start)) >= 0:
            yield escape(text[last : cut + 1]) + "</div><div>"
            last = begun = cut + 1
        yield escape(text[last : mark.start])
        if mark.numbers or mark.look:
            yield _mark(sheet, text, mark, first)
        last = mark.end
    yield "</div>"


def _with_anchors(sheet: _Sheet, marks: Sequence[Mark]) -> list[Mark]:
    """The marks, and an empty one for every note that has none (a whole article, a numeral under another mark)."""
    shown = {number for mark in marks for number in mark.numbers}
    starts = [mark.start for mark in marks]
    extra = []
    for note in sheet.notes:
        if note.number not in shown:
            index = bisect_right(starts, note.place) - 1
            place = marks[index].start if index >= 0 and note.place < marks[index].end else note.place
            extra.append(Mark(place, place, "", "", (note.number,)))
    return sorted([*marks, *extra], key=lambda mark: (mark.start, mark.end))


def _mark(sheet: _Sheet, text: str, mark: Mark, first: set[int]) -> str:
    """A numeral with its verdict; the first numeral of a note carries the note's anchor and shows its number."""
    fresh = [number for number in mark.numbers if number not in first]
    first.update(fresh)
    anchors = "".join(f'<a id="d{sheet.index}n{number}"></a>' for number in fresh)
    why = escape(mark.why, quote=True)
    notes = "".join(
        f'<sup data-note="{number}"><a href="#d{sheet.index}f{number}" aria-label="注{number}"></a></sup>'
        for number in mark.numbers
    )
    if not mark.look:
        return anchors + notes
    reach = ' tabindex="0"' if mark.look != "unread" else ""
    return f'{anchors}<mark class="{mark.look}" data-why="{why}"{reach}>{escape(text[mark.start : mark.end])}</mark>{notes}'


def _footnotes(sheet: _Sheet) -> str:
    if not sheet.notes:
        return ""
    lines = [
        f'<li id="d{sheet.index}f{note.number}" value="{note.number}"><b>{SIGNS[note.level]} {note.level}</b> {escape(note.kind)}：'
        f'{escape(note.why)} <a href="#d{sheet.index}n{note.number}" aria-label="回到正文">↑</a></li>'
        for note in sheet.notes
    ]
    return f'<h3>注：每个算式</h3><ol class="small">{"".join(lines)}</ol>'


def _repairs(sheet: _Sheet) -> str:
    """Damage that was mended for understanding, by its reason; the text above shows what was printed."""
    repairs = sorted(sheet.reading.repairs, key=lambda item: item.why)
    if not repairs:
        return ""
    parts = []
    for why, group in groupby(repairs, key=lambda item: item.why):
        items = list(group)
        shown = "；".join(
            f"第{sheet.places.line(item.start)}行 {escape(_plain(item.raw))} → {escape(_plain(item.repaired)) or '（略去）'}"
            for item in items[:MOST_LISTED]
        )
        more = f"；另有 {len(items) - MOST_LISTED} 处" if len(items) > MOST_LISTED else ""
        sure = min(item.how_sure for item in items)
        parts.append(f"<li><b>{escape(why)}</b>（{len(items)} 处，把握 {sure:.0%}）：{shown}{more}</li>")
    return f'<h3>读文稿时的修补 {len(repairs)} 处</h3><p class="small muted">只为理解而修补，上面的正文仍是原样。</p><ul class="small">{"".join(parts)}</ul>'


def _unread(sheet: _Sheet) -> str:
    """The numerals that no rule explains, with a few words around them."""
    unread = sheet.reading.unread
    if not unread:
        return ""
    text = sheet.reading.source.text
    shown = "；".join(
        f"第{sheet.places.line(item.start)}行 {escape(_plain(text[max(0, item.start - 8) : item.start]))}"
        f"<b>{escape(item.text)}</b>{escape(_plain(text[item.end : item.end + 8]))}"
        for item in unread[:MOST_LISTED]
    )
    more = f"；另有 {len(unread) - MOST_LISTED} 个" if len(unread) > MOST_LISTED else ""
    return f'<h3>没有读懂的数字 {len(unread)} 个</h3><p class="small">{shown}{more}</p>'


def _plain(text: str) -> str:
    return " ".join(text.split())
