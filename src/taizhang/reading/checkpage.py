"""The number check as one page that a leader can read and print: findings first, then the text with its numbers marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from taizhang.reading.model import Finding, Reading, Relation

KINDS = {
    "share": "占比", "rate": "比率", "sum": "合计", "difference": "增减", "growth": "增幅", "multiple": "倍数", "ratio": "比例", "per": "平均",
    "percent_list": "百分比合计", "part_over_whole": "其中大于总数", "two_values": "前后不一", "unit_value": "单位值可疑",
}  # fmt: skip
LEVELS = {"alarm": "错误", "note": "提示", "corrupt": "损坏", "unknown": "待核"}

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem;font:16px/1.8 "Noto Serif CJK SC","Source Han Serif SC","SimSun",serif;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:2px solid #b3261e;padding-bottom:.2rem}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin:.75rem 0;padding:0;list-style:none}
.counts b{font-size:1.3rem;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;font-size:.95rem}th,td{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid #ccc}
thead{display:table-header-group}tr{break-inside:avoid}td:nth-child(-n+2),th{white-space:nowrap}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;border-radius:2px;padding:0 1px;text-decoration-thickness:2px;text-underline-offset:3px}
.ok{background:#dff3e0;text-decoration:underline solid #1b7f3b}
.alarm{background:#fbd9d6;text-decoration:underline double #b3261e}
.note{background:#fdefc8;text-decoration:underline wavy #8a5a00}
.unread{background:#e4e4e4;text-decoration:underline dotted #555}
.tag{display:inline-block;min-width:3.2em;text-align:center;border:1px solid;padding:0 .4em;border-radius:3px;font-weight:bold}
.tag.alarm{color:#b3261e}.tag.note{color:#8a5a00}
.legend{font-size:.9rem}.legend mark{margin-right:.3rem}.none{padding:.75rem;background:#eef7ee;border-left:4px solid #1b7f3b}
a{color:inherit}
@media print{body{max-width:none;padding:0;font-size:11pt}mark,.none{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{text-decoration:none}h2{break-after:avoid}}
@page{size:A4;margin:20mm 18mm}
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of the text in one colour, with what is said when one points at it."""

    start: int
    end: int
    look: str
    title: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of findings."""

    level: str
    look: str
    kind: str
    why: str
    start: int
    anchor: str


def render(reading: Reading) -> str:
    """A self-contained HTML page: no script, no font, no style from elsewhere.

    Green numerals were recomputed and agree, red ones do not, amber ones are notes, destroyed or cannot be judged, grey
    ones were not read. Pointing at a numeral shows the arithmetic.
    """
    rows = _rows(reading)
    marks = _marks(reading, rows)
    name = escape(reading.source.name)
    body = [
        f"<h1>核数结果</h1><p>文稿:{name}</p>", _counts(reading, rows), _table(reading, rows), _legend(),
        "<h2>正文</h2>", f'<div class="text">{_marked(reading.source.text, marks)}</div>',
    ]  # fmt: skip
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>核数:{name}</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _look(relation: Relation) -> str:
    """Colour of a relation."""
    if relation.holds is True:
        return "ok"
    return "alarm" if relation.holds is False and relation.severity != "note" else "note"


def _level(relation: Relation) -> str:
    if relation.holds == "corrupt":
        return LEVELS["corrupt"]
    if relation.holds is None:
        return LEVELS["unknown"]
    return LEVELS[relation.severity or "alarm"]


def _rows(reading: Reading) -> list[Row]:
    """Everything that needs a look, the errors first, then in the order of the text."""
    rows = []
    for index, relation in enumerate(reading.relations):
        if relation.holds is not True:
            place = max(operand.start for operand in relation.operands)
            rows.append(
                Row(
                    _level(relation),
                    _look(relation),
                    KINDS.get(relation.kind, relation.kind),
                    relation.why,
                    place,
                    f"r{index}",
                )
            )
    for index, finding in enumerate(reading.findings):
        look = "alarm" if finding.severity == "alarm" else "note"
        rows.append(
            Row(
                LEVELS.get(finding.severity, "提示"),
                look,
                KINDS.get(finding.kind, finding.kind),
                finding.why,
                finding.spans[0][0],
                f"f{index}",
            )
        )
    return sorted(rows, key=lambda row: (row.look != "alarm", row.start))


def _counts(reading: Reading, rows: Sequence[Row]) -> str:
    alarms = sum(row.look == "alarm" for row in rows)
    figures = (
        ("数字", len(reading.quantities)), ("核对关系", len(reading.relations)),
        ("相符", sum(relation.holds is True for relation in reading.relations)), ("错误", alarms), ("提示", len(rows) - alarms), ("未读", len(reading.unread)),
    )  # fmt: skip
    return '<ul class="counts">' + "".join(f"<li>{name} <b>{count}</b></li>" for name, count in figures) + "</ul>"


def _table(reading: Reading, rows: Sequence[Row]) -> str:
    if not rows:
        return '<h2>发现</h2><p class="none">核对过的数字关系全部相符,没有发现问题。</p>'
    lines = []
    for row in rows:
        sentence = escape(_sentence(reading.source.text, row.start))
        lines.append(
            f'<tr><td><span class="tag {row.look}">{row.level}</span></td><td>{row.kind}</td>'
            f'<td><a href="#{row.anchor}">{sentence}</a></td><td>{escape(row.why)}</td></tr>'
        )
    head = "<thead><tr><th>级别</th><th>类别</th><th>原文</th><th>核算</th></tr></thead>"
    return f"<h2>发现</h2><table>{head}<tbody>{''.join(lines)}</tbody></table>"


def _sentence(text: str, place: int) -> str:
    """The sentence around a place, at most about 120 characters."""
    begin = max(text.rfind(mark, max(0, place - 90), place) + 1 for mark in "。!?！？\n")
    begin = max(begin, place - 90, 0)
    ends = [found for mark in "。!?！？\n" if (found := text.find(mark, place, place + 60)) >= 0]
    stop = min(ends) + 1 if ends else min(len(text), place + 60)
    return " ".join(text[begin:stop].split())


def _legend() -> str:
    return (
        '<p class="legend"><mark class="ok">绿色</mark>已核对,相符 <mark class="alarm">红色</mark>已核对,不符 '
        '<mark class="note">黄色</mark>提示、损坏或不能判断 <mark class="unread">灰色</mark>未读懂的数字;其余数字没有可核对的关系。指向数字可看算式。</p>'
    )


_RANK = {"alarm": 0, "note": 1, "ok": 2, "unread": 3}


def _marks(reading: Reading, rows: Sequence[Row]) -> list[Mark]:
    """Marks without overlap: of several verdicts on one numeral the worst gives the colour, all give the title."""
    said: dict[tuple[int, int], list[tuple[str, str]]] = {}
    anchors: dict[tuple[int, int], list[str]] = {}
    shown = {row.anchor for row in rows}
    for index, relation in enumerate(reading.relations):
        spans = [(operand.start, operand.end) for operand in relation.operands]
        _say(said, spans, _look(relation), relation.why)
        _anchor(anchors, f"r{index}", spans, shown)
    for index, finding in enumerate(reading.findings):
        _say(said, list(finding.spans), _finding_look(finding), finding.why)
        _anchor(anchors, f"f{index}", [finding.spans[0]], shown)
    for unread in reading.unread:
        _say(said, [(unread.start, unread.end)], "unread", "未读懂的数字,没有核对")
    marks, last = [], 0
    for (start, end), verdicts in sorted(said.items()):
        if start >= last and start < end:
            look = min((look for look, _ in verdicts), key=_RANK.__getitem__)
            title = "\n".join(dict.fromkeys(why for _, why in verdicts))
            marks.append(Mark(start, end, look, title, " ".join(anchors.get((start, end), []))))
            last = end
    return marks


def _finding_look(finding: Finding) -> str:
    return "alarm" if finding.severity == "alarm" else "note"


def _say(
    said: dict[tuple[int, int], list[tuple[str, str]]], spans: Sequence[tuple[int, int]], look: str, why: str
) -> None:
    for span in spans:
        said.setdefault(span, []).append((look, why))


def _anchor(
    anchors: dict[tuple[int, int], list[str]], name: str, spans: Sequence[tuple[int, int]], shown: set[str]
) -> None:
    """The row of the table leads to the last number of its relation."""
    if name in shown:
        anchors.setdefault(max(spans), []).append(name)


def _marked(text: str, marks: Sequence[Mark]) -> str:
    pieces, last = [], 0
    for mark in marks:
        pieces.append(escape(text[last : mark.start]))
        anchors = "".join(f'<a id="{name}"></a>' for name in mark.anchor.split())
        inner = escape(text[mark.start : mark.end])
        pieces.append(f'{anchors}<mark class="{mark.look}" title="{escape(mark.title, quote=True)}">{inner}</mark>')
        last = mark.end
    pieces.append(escape(text[last:]))
    return "".join(pieces)
