"""Which numbers might give a result: every combination around it that kind and unit allow."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, permutations

from taizhang.reading.learned.surroundings import FAR, Surroundings, pairs_in
from taizhang.reading.numbers.comparisons import became
from taizhang.reading.numbers.passage import Item, same_unit

BACK, AHEAD = 12, 6
"""So many numbers in front of a result and behind it are looked at,"""
OPENED = 2
"""of one alone, whose other is not printed, so many behind it,"""
PARAGRAPHS = 3
"""and so many paragraphs."""
LONGEST = 6
"""Parts of a total that are tried one more at a time;"""
MANY, LISTED = 24, 48
"""all of a sentence are at most so many, among so many numbers."""
NAMED = 2
"""The name by which a whole far in front is called has so many pairs of characters."""
CLOSEST = 3
"""A whole that opens or tops a paragraph in front may be meant without a name, beside so many numbers close by;"""
JOINT, TOGETHER = "joint", 5
"""A share may be that of so many numbers together;"""
ON = 10
"""the parts of a total are looked for in so many sentences before and behind it."""
CALLED, SAME_SUM = 16, 1e-9
"""So many numbers of one name are added up; what adds up to another is a part of it."""
Hypothesis = tuple[str, tuple[int, ...]]
"""A kind and the places of its operands: of a quotient the part or the later value first; of a total its parts as printed."""
OPEN = "?"
"""Ends the name of a kind one of whose operands is not printed: 招生540人,比去年增加33人 says what last year must have been."""
NEVER = frozenset({"year", "date", "ordinal", "docno", "placeholder", "name"})


Asked = Callable[[str], bool]
"""Is a kind worth looking at for a number?"""


def _every(kind: str) -> bool:
    return bool(kind)


def hypotheses(near: Surroundings, place: int, asked: Asked = _every) -> Iterator[Hypothesis]:
    """What the number at a place may come from."""
    result = near.items[place]
    if _nothing(result):
        return
    reach, around = _window(near, place, AHEAD)
    if result.kind == "percent":
        yield from _of_percent(near, place, around, reach, asked)
    elif result.kind == "ratio":
        yield from _of_ratio(near, place, around)
    elif near.has_level(place):
        yield from _of_level(near, place, around, asked)


def alleged(near: Surroundings, place: int, asked: Asked = _every) -> Iterator[Hypothesis]:
    """What the number at a place may say of one other, where what both rest on is not printed."""
    items, result = near.items, near.items[place]
    if _nothing(result):
        return
    reach, around = _window(near, place, OPENED)
    if result.kind == "percent":
        others = [one for one in reach if one != place and items[one].kind == "percent" and not items[one].points]
        if result.points:
            yield from (("points" + OPEN, (one,)) for one in others if items[one].value)
        if not result.points:
            kinds = [kind for kind in ("share" + OPEN, "growth" + OPEN) if asked(kind)]
            yield from ((kind, (one,)) for one in around for kind in kinds)
    elif result.kind == "ratio" and result.unit != ":":
        yield from (("multiple" + OPEN, (one,)) for one in around)
    elif near.has_level(place) and asked("difference" + OPEN):
        yield from (("difference" + OPEN, (one,)) for one in around if same_unit(items[one], result))


def _nothing(result: Item) -> bool:
    """Is this no number that others could give?"""
    return result.kind in NEVER or result.value is None or result.value <= 0


def _window(near: Surroundings, place: int, ahead: int) -> tuple[range, list[int]]:
    """The numbers around a place, and those of them that are levels close by."""
    reach = range(max(0, place - BACK), min(len(near.items), place + ahead + 1))
    levels = near.levels_in(reach.start, reach.stop)
    return reach, [one for one in levels if one != place and _close(near.items[one], near.items[place])]


def _close(item: Item, result: Item) -> bool:
    return abs(item.paragraph - result.paragraph) <= PARAGRAPHS


def _of_level(near: Surroundings, place: int, around: list[int], asked: Asked) -> Iterator[Hypothesis]:
    items, result = near.items, near.items[place]
    same = [one for one in around if same_unit(items[one], result)]
    if asked("difference"):
        yield from (("difference", pair) for pair in combinations(same, 2))
        for whole in near.standing(max(0, place - BACK), _counted_as(near, result)):
            yield from (("difference", (whole, one)) for one in _closest(same, place))
    if asked("sum"):
        yield from (("sum", parts) for parts in dict.fromkeys(_lists(near, place)))
    if asked("per"):
        each = "E" in near.words(place).classes + near.words(place).lead
        persons = result.unit in _PERSONS  # 每名教师负担学生12人
        for one in same:
            others = (
                other
                for other in around
                if other != one
                and items[other].value != 1
                and (persons or not same_unit(items[one], items[other]) or _among(near, place, other))
            )  # 一学期内听评课5165节: nothing is shared among one
            yield from (("per", (one, other)) for other in others)
        if each:
            yield from (("per", pair) for pair in _far(near, place, around))


def _of_percent(near: Surroundings, place: int, around: list[int], reach: range, asked: Asked) -> Iterator[Hypothesis]:
    items, result = near.items, near.items[place]
    if result.points or place in near.deltas:
        others = [one for one in reach if one != place and items[one].kind == "percent" and not items[one].points]
        yield from (("points", pair) for pair in combinations([one for one in others if items[one].value], 2))
    kinds = [kind for kind in ("share", "growth") if asked(kind)]
    if not result.points and asked(JOINT):
        yield from _joint(near, place, around, reach)
    if not result.points and kinds:
        for pair in permutations(around, 2):
            if same_unit(items[pair[0]], items[pair[1]]):
                turned = pair[0] < pair[1] and near.once(_became, *pair)
                yield from ((kind, pair) for kind in kinds if not (turned and kind == "growth"))
        if "share" in kinds:
            named = _named(near, place, reach.start)
            for one in _closest(around, place):
                wholes = dict.fromkeys((*named, *near.standing(reach.start, _counted_as(near, items[one]))))
                yield from (("share", (one, whole)) for whole in wholes if same_unit(items[one], items[whole]))
            if "R" in near.words(place).classes:  # 床位1512张,入住837人,使用率55.4%
                counts = [one for one in around if one < place and items[one].kind == "count"][-CLOSEST:]
                unlike = (pair for pair in permutations(counts, 2) if not same_unit(items[pair[0]], items[pair[1]]))
                yield from (("share", pair) for pair in unlike)


def told_later(place: int, hypothesis: Hypothesis) -> bool:
    """安排数是设立当年的2.75倍,标准由600元提高到1000元: what a number is so many times stands in front of it."""
    return hypothesis[0] in ("multiple", "fold") and max(hypothesis[1]) > place


def _became(near: Surroundings, before: int, now: int) -> bool:
    return became(near.passage, near.items[before], near.items[now])


def _joint(near: Surroundings, place: int, around: list[int], reach: range) -> Iterator[Hypothesis]:
    """盗窃33件、诈骗10件、抢劫7件,三类合计占69.4%: the last few numbers of one unit in front of a share, together."""
    items, front = near.items, [one for one in around if one < place and _written_alike(near, one, place)]
    if not front:
        return
    kin = [one for one in front if same_unit(items[one], items[front[-1]])]
    far = (*_named(near, place, reach.start), *near.standing(reach.start, _counted_as(near, items[kin[-1]])))
    rows = [tuple(kin[-length:]) for length in range(2, min(TOGETHER, len(kin)) + 1)]
    for parts in dict.fromkeys((*rows, *_of_both(near, place, kin))):
        added = sum(items[one].rough for one in parts)
        for whole in dict.fromkeys((*(one for one in kin if one < parts[0]), *far)):
            if same_unit(items[whole], items[kin[-1]]) and items[whole].rough * 2 > added:
                yield JOINT, (*parts, whole)
    for parts in _of_one_name(near, place, kin):
        added = sum(items[one].rough for one in parts)
        yield from ((JOINT, (*parts, one)) for one in kin if one not in parts and items[one].rough >= added)


def _of_one_name(near: Surroundings, place: int, kin: list[int]) -> Iterator[tuple[int, ...]]:
    """省级示范性高中12所、市级示范性高中18所、一般高中10所,总数40所,示范性高中占75%: those that bear what the share is said of."""
    own = near.words(place).own
    named = tuple(one for one in kin if len(own) > 1 and own <= near.words(one).pairs)
    if 1 < len(named) <= TOGETHER and len(named) < len(kin):
        yield named


_BOTH = re.compile(r"([一-鿿])([一-鿿])率$")


def _of_both(near: Surroundings, place: int, kin: list[int]) -> Iterator[tuple[int, ...]]:
    """优秀6810人、良好19340人、及格23860人,优良率49.9%: the two by whose first characters a rate is called."""
    said = _BOTH.search(near.words(place).label)
    if said:
        first, second = ([one for one in kin if char in near.words(one).label] for char in said.groups())
        if len(first) == len(second) == 1 and first < second:
            yield first[0], second[0]


def _named(near: Surroundings, place: int, end: int) -> list[int]:
    """Levels before the window that bear the name of what a share is one of: the nearest three."""
    wanted = pairs_in(near.words(place).wanted)
    if len(wanted) < NAMED:
        return []
    found = (
        one for one in reversed(near.levels_in(max(0, end - FAR), end)) if len(wanted & near.words(one).pairs) >= NAMED
    )
    return list(islice(found, 3))


_TAUGHT, _TEACHES = re.compile("生师比|师生比"), re.compile("[教老]师|专任|教职|教员")


def _of_ratio(near: Surroundings, place: int, around: list[int]) -> Iterator[Hypothesis]:
    items, result = near.items, near.items[place]
    taught = _TAUGHT.search(near.words(place).label) is not None
    for pair in permutations(around, 2):
        if taught and not any(_TEACHES.search(near.words(one).label + near.words(one).after) for one in pair):
            continue  # 报考8600人,录取4800人,生师比12.8:1
        if result.unit == ":" or not same_unit(items[pair[0]], items[pair[1]]):
            yield "ratio", pair
        else:
            yield "multiple", pair
            yield "fold", pair
    if result.unit == ":":
        for pair in _far(near, place, around):
            yield "ratio", pair
            yield "ratio", pair[::-1]


def _counted_as(near: Surroundings, item: Item) -> Callable[[int], bool]:
    return lambda place: same_unit(near.items[place], item)


def _closest(around: list[int], place: int) -> list[int]:
    """Of the numbers around a result those right in front of it, and the one behind."""
    front = [one for one in around if one < place]
    return front[-CLOSEST:] + [one for one in around if one > place][:1]


_EACH = re.compile(r"([生师人校园班])均|每一?[名个所]?([生师人校园班])")
_PERSONS = frozenset("人名位")
_SHARERS = {"生": "生幼童", "师": "师职", "校": "校园所", "园": "园所", "班": "班"}
"""By what characters those are called among whom something is shared (生均, 每校)."""


_OF_EACH = re.compile(r"每一?个([一-鿿]{2})")


def _among(near: Surroundings, place: int, other: int) -> bool:
    """考点23个,考场629个,平均每个考点27.3个考场: is this how many there are of what something is told of each?"""
    said = _OF_EACH.search(near.words(place).label)
    return said is not None and said[1] in near.words(other).label


def _far(near: Surroundings, place: int, around: list[int]) -> Iterator[tuple[int, int]]:
    """A number close by, and how many persons, schools or classes there are: a whole that stands in front of all that is looked at."""
    said = _EACH.search(near.words(place).label)
    called = _SHARERS.get(said[1] or said[2], "") if said else ""

    def shared(one: int) -> bool:
        item, words = near.items[one], near.words(one)
        if not called:
            return item.unit in _PERSONS
        return item.kind == "count" and any(char in called for char in words.label + words.after[:4] + item.unit)

    for whole in near.standing(max(0, place - BACK), shared):
        yield from ((one, whole) for one in _closest(around, place))


def _lists(near: Surroundings, place: int) -> Iterator[tuple[int, ...]]:
    """Numbers in a row in front of a total or behind it; every second one, where each part has a number of its own; those outside
    the brackets; all of a sentence. Changes are no parts of a level."""
    for forth in (False, True):
        row = _row(near, place, forth)
        for length in range(2, LONGEST + 1):
            for skipped in range(3):
                if len(row) >= length + skipped:
                    yield _ordered(row[skipped : length + skipped])
        for length in (2, 3, 4):
            if len(row) >= 2 * length:
                yield from (_ordered(row[: 2 * length][start::2]) for start in (0, 1))
        outer = [one for one in row if near.depth(one) == near.depth(place)]
        if len(outer) < len(row):
            yield from (_ordered(outer[:length]) for length in range(2, min(LONGEST, len(outer)) + 1))
        sentence = [one for one in row if near.items[one].sentence == near.items[place].sentence]
        inner = [one for one in sentence if near.depth(one) == near.depth(sentence[0])] if sentence else []
        yield from (_ordered(some) for some in (sentence, inner) if len(some) > LONGEST)
        yield from _beginnings(near, place, row, LONGEST + 1)
    yield from _elsewhere(near, place)
    if near.items[place].kind == "count":
        yield from _mixed(near, place)
    if place not in near.deltas:
        for name in near.names(place):
            for forth in (False, True):
                yield from _called(near, place, name, forth)


def _beginnings(near: Surroundings, place: int, row: Sequence[int], least: int) -> Iterator[tuple[int, ...]]:
    """The first numbers of a row, at least so many, as far as they come near a total together."""
    items, total, added = near.items, near.items[place].rough, 0.0
    for length, one in enumerate(row, 1):
        added += items[one].rough
        if added > 2 * total:
            break
        if length >= least and 2 * added > total:
            yield _ordered(row[:length])


def _elsewhere(near: Surroundings, place: int) -> Iterator[tuple[int, ...]]:
    """All numbers of one unit in another sentence or division close by, those of them that stand in no brackets of their own, and the first of
    them; only what is not far from the total."""
    result = near.items[place]
    for all_of_it in near.rows(place, ON):
        row = all_of_it[bisect_left(all_of_it, place - LISTED) : bisect_left(all_of_it, place + LISTED + 1)]
        if len(row) < 2:
            continue
        outer = [one for one in row if near.depth(one) == near.depth(row[0])]
        some = dict.fromkeys((*(tuple(row[:length]) for length in {2, 3, len(row[:MANY])}), tuple(outer[:MANY])))
        yield from (parts for parts in some if len(parts) > 1 and _comparable(near, parts, result))


def _comparable(near: Surroundings, parts: Sequence[int], result: Item) -> bool:
    total = sum([near.items[one].rough for one in parts])
    return total < 2 * result.rough < 4 * total


def _called(near: Surroundings, place: int, name: str, forth: bool) -> Iterator[tuple[int, ...]]:
    """在校生131164人。幼儿园…在校生17193人。…初中…在校生23270人: under one name, or in one place of every line or section, with or without
    what is told of a part alone; only what is not far from the total."""
    items, result, row = near.items, near.items[place], near.called(name)
    at = bisect_left(row, place)
    some = row[at + 1 : at + 1 + CALLED] if forth else row[max(0, at - CALLED) : at][::-1]
    kin = [one for one in some if abs(one - place) < FAR and same_unit(items[one], result)]
    for parts in dict.fromkeys((tuple(kin), tuple(_upper(near, kin)))):
        yield from _beginnings(near, place, parts, 2)


def _upper(near: Surroundings, row: list[int]) -> Iterator[int]:
    """Those of a row that are told of no part of the one before: together they give it."""
    items, place = near.items, 0
    while place < len(row):
        yield row[place]
        left, behind = items[row[place]].rough, place + 1
        while behind < len(row) and left > 0:
            left -= items[row[behind]].rough
            behind += 1
        place = behind if abs(left) < SAME_SUM * items[row[place]].rough and behind > place + 2 else place + 1


def _mixed(near: Surroundings, place: int) -> Iterator[tuple[int, ...]]:
    """无证幼儿园47所,培训班31个,共78个: things that are counted with different words, in one sentence."""
    items, result = near.items, near.items[place]
    if result.unit in _PERSONS:
        return
    for forth in (False, True):
        row: list[int] = []
        for one in _outwards(near, place, forth, BACK):
            if items[one].sentence != result.sentence or items[one].kind != "count" or items[one].unit in _PERSONS:
                break
            if one not in near.deltas and _written_alike(near, one, place):
                row.append(one)
        for length in range(2, len(row) + 1):
            if any(not same_unit(items[one], result) for one in row[:length]):
                yield _ordered(row[:length])


def _written_alike(near: Surroundings, one: int, other: int) -> bool:
    """四类学校总计64所: how many the parts are is written in words, what they are in figures."""
    first, second = near.items[one].quantity.text, near.items[other].quantity.text
    return first[0].isdigit() == second[0].isdigit()


def _ordered(parts: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(parts))


def _outwards(near: Surroundings, place: int, forth: bool, far: int) -> list[int]:
    """The levels behind a place or in front of it, the nearest first."""
    return near.levels_in(place + 1, place + far) if forth else near.levels_in(max(0, place - far), place)[::-1]


def _row(near: Surroundings, place: int, forth: bool) -> list[int]:
    """Numbers of one unit with a total, from it outwards: in a long list every part may have a share of its own."""
    items, result = near.items, near.items[place]
    found: list[int] = []
    for one in _outwards(near, place, forth, LISTED):
        if len(found) == MANY or not _close(items[one], result):
            break
        if (
            same_unit(items[one], result)
            and (not found or same_unit(items[one], items[found[0]]))  # 99所,63人: no list, whatever 420.1 counts
            and (place in near.deltas or one not in near.deltas)
        ):
            found.append(one)
    return found
