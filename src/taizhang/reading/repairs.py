"""Damage inside a text: what a reader mends in the mind, with a record of every mending.

The text itself is never changed. :func:`damage_in` lists what is put right before anything is read;
:func:`oddities_in` lists what the views of the text read through by themselves (traditional characters, wide digits);
:func:`solved` lists masked numbers that the text's own arithmetic gives back.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from taizhang.reading.model import Quantity, Reading, Relation, Repair
from taizhang.reading.mojibake import GAP, LOST, tangles
from taizhang.reading.view import simplify

TANGLED = "文字曾按错误的编码转换（乱码），已还原"
LOST_SIGNS = "编码转换中丢失的字，无法还原"
INVISIBLE = "看不见的字符（零宽字符、软连字符、控制符），理解时略去"
PRIVATE = "私用区字符，按常见字库还原"
UNKNOWN = "私用区字符，不知原字"
RADICAL = "部首码位的字（PDF 复制常见），按正字理解"
ENTITY = "残留的网页转义符"
TRADITIONAL = "繁体字，按简体理解"
WIDE = "全角数字或字母，按半角理解"
SPLIT = "数字中间有空格，按一个数理解"
MASKED = "被误遮的数，按文中的算式反推"

ZERO_WIDTH = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufff9-\ufffb"
_INVISIBLE = re.compile(f"[\\x00-\\x08\\x0e-\\x1f\\x7f{ZERO_WIDTH}]+|(?<!^)\\ufeff+")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Vertical punctuation and the wide space of the old GBK private area; bullets of symbol fonts, which mark nothing.
_KNOWN = dict(zip(range(0xE78D, 0xE797), ",。、:;!?()…", strict=True)) | {0xE5E5: " "}
_KNOWN |= dict.fromkeys((0xF06C, 0xF06E, 0xF06F, 0xF071, 0xF075, 0xF0A7, 0xF0B2, 0xF0B7, 0xF0D8, 0xF0E8, 0xF0FC), "")
_RADICAL = re.compile("[\u2f00-\u2fd5\uf900-\ufad9]+")
_ENTITY = re.compile(
    r"&(?:amp;)?(?:nbsp|ensp|emsp|thinsp|amp|lt|gt|quot|apos|[lr][ds]quo|[mn]dash|hellip|middot|times|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});"
)
_WIDE = re.compile(
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a](?:[\uff05\uff0e\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]*[\uff05\uff10-\uff19\uff21-\uff3a\uff41-\uff5a])?"
)
_HEAD = r"(?:[^\W\dA-Za-z_第表附图篇卷章]|[,，、（(“])"
_THINGS = "[万亿萬億余餘多元人名个個所册冊台套件条條次户戶份支场場期节節栋棟米亩畝平公吨師师學学]"
# 资金4 236.8万元: thousands set apart; 达到91. 5%: a blank behind the point. A number of a table or a paper is none.
_SPLIT = re.compile(
    rf"(?:(?<={_HEAD}\d)|(?<={_HEAD}\d\d)|(?<={_HEAD}\d\d\d))[ \u00a0](?=\d{{3}}(?!\d)(?:\.\d+)?[ ]?{_THINGS})"
    rf"|(?<={_HEAD}\d)[ \u00a0](?=\d[名人所个個件万萬])"
    rf"|(?:(?<={_HEAD}\d\.)|(?<={_HEAD}\d\d\.)|(?<={_HEAD}\d\d\d\.))[ \u00a0](?=\d{{1,2}}(?!\d)(?:[%％万萬亿億]|[ ]?{_THINGS}))"
)
_LOST = re.compile("\ufffd+")
# One search tells whether a text holds any of this; nearly none does.
_SUSPECT = re.compile(
    f"[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f{ZERO_WIDTH}\ufeff\ue000-\uf8ff\u2f00-\u2fd5\uf900-\ufad9]|&(?:[a-z]|#)"
)


def damage_in(text: str) -> list[Repair]:
    """Damage to mend before reading, in order of place and without overlap."""
    found = [Repair(start, end, text[start:end], mended, TANGLED, sure) for start, end, mended, sure in tangles(text)]
    found += [_repair(text, match, GAP, LOST_SIGNS, 0.0) for match in LOST.finditer(text)]
    found += [_repair(text, match, "", SPLIT, 0.8) for match in _SPLIT.finditer(text)]
    if _SUSPECT.search(text):
        found += _signs(text)
    return without_overlap(found)


def _signs(text: str) -> Iterator[Repair]:
    for match in _INVISIBLE.finditer(text):
        yield _repair(text, match, "", INVISIBLE, 0.95)
    for match in _PRIVATE.finditer(text):
        known = _KNOWN.get(ord(match[0]))
        yield (
            _repair(text, match, known or "", PRIVATE, 0.8)
            if known is not None
            else _repair(text, match, GAP, UNKNOWN, 0.0)
        )
    for match in _RADICAL.finditer(text):
        yield _repair(text, match, _normal(match[0]), RADICAL, 0.98)
    for match in _ENTITY.finditer(text):
        mended = html.unescape(html.unescape(match[0])).replace("\xa0", " ")
        if len(mended) == 1:
            yield _repair(text, match, mended, ENTITY, 0.95)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def oddities_in(text: str) -> list[Repair]:
    """What is read through without mending: traditional characters (one entry a line), wide digits, lost characters."""
    found = [_repair(text, match, _narrow(match[0]), WIDE, 0.99) for match in _WIDE.finditer(text)]
    found += [_repair(text, match, "", LOST_SIGNS, 0.0) for match in _LOST.finditer(text)]
    simple = simplify(text)
    if simple != text and len(simple) == len(text):
        for line in re.finditer(r"[^\r\n]+", text):
            start, end = line.span()
            if text[start:end] == simple[start:end]:
                continue
            while text[start] == simple[start]:
                start += 1
            while text[end - 1] == simple[end - 1]:
                end -= 1
            found.append(Repair(start, end, text[start:end], simple[start:end], TRADITIONAL, 0.95))
    return found


def _narrow(text: str) -> str:
    return "".join(chr(ord(sign) - 0xFEE0) for sign in text)


def _repair(text: str, match: re.Match[str], repaired: str, why: str, sure: float) -> Repair:
    return Repair(match.start(), match.end(), text[slice(*match.span())], repaired, why, sure)


def without_overlap(repairs: list[Repair]) -> list[Repair]:
    """In order of place; of two that overlap the one that begins first, or is longer, stays."""
    kept: list[Repair] = []
    for item in sorted(repairs, key=lambda item: (item.start, -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


# --- masked numbers -------------------------------------------------------------------------------------------------
SCRUBBED = re.compile(r"20[xX]{1,2}|20_{1,2}")


def solved(reading: Reading) -> list[Repair]:
    """Masked numbers that a relation gives back: a scrubber that hides years takes 20件 and 20% for one.

    Only a result that begins with the printed 20 is believed: it alone explains why the number was masked.
    """
    by_place = {(item.start, item.end): item for item in reading.quantities}
    found = []
    for relation in reading.relations:
        masked = [item for item in relation.operands if SCRUBBED.fullmatch(item.text.strip())]
        if relation.holds != "corrupt" or len(masked) != 1:
            continue
        hole = masked[0]
        value = _missing(relation, hole.role, by_place)
        if value is None and hole.role == "part":
            value = _part_of_a_total(reading, relation)
        if value is not None and re.fullmatch(r"20(?:\.\d+)?", shown := f"{round(value, 2):g}"):
            found.append(Repair(hole.start, hole.end, hole.text, shown, MASKED, 0.8))
    return found


def _part_of_a_total(reading: Reading, relation: Relation) -> float | None:
    """20, when some count before the share makes 20 of it the printed percentage to the last digit (20/180 = 11.11 %)."""
    shares = [item for item in relation.operands if item.role == "pct"]
    match = re.fullmatch(r"(\d+\.(\d{1,3}))\s*%", shares[0].text) if len(shares) == 1 else None
    if match is None or relation.kind not in ("share", "rate"):
        return None
    start = max((item.start for item in reading.articles if item.start <= shares[0].start), default=0)
    totals = [
        item.value for item in reading.quantities if item.kind == "count" and start <= item.start < shares[0].start
    ]
    fits = any(
        isinstance(total, float) and total > 20 and round(2000 / total, len(match[2])) == float(match[1])
        for total in totals
    )
    return 20.0 if fits else None


def _missing(relation: Relation, role: str, quantities: dict[tuple[int, int], Quantity]) -> float | None:
    """The operand that makes the relation true, from the others; None when one of them has no single value."""
    values: dict[str, list[float]] = {}
    for item in relation.operands:
        value = getattr(quantities.get((item.start, item.end)), "value", None)
        if item.role != role or isinstance(value, float):
            if not isinstance(value, float):
                return None
            values.setdefault(item.role, []).append(value)
    if relation.kind in ("share", "rate"):
        part, whole, pct = sum(values.get("part", ())), values.get("whole", [0.0])[0], values.get("pct", [0.0])[0]
        if role == "part" and whole and pct:
            return whole * pct / 100 - part
        return part / whole * 100 if role == "pct" and whole else None
    if relation.kind == "sum":
        total, parts = values.get("total", [0.0])[0], sum(values.get("part", ()))
        return parts if role == "total" else total - parts
    return None


def by_kind(repairs: list[Repair]) -> list[tuple[str, int, list[Repair]]]:
    """For the outline: each kind of repair with its number and first examples, the commonest first."""
    counts = Counter(item.why for item in repairs)
    return [(why, count, [item for item in repairs if item.why == why][:3]) for why, count in counts.most_common()]
