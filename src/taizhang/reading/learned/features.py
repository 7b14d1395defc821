"""What speaks for a hypothesis, as names of features: words, classes of words, places, units. Values play no part, but for
which of two is larger: what is printed may be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from taizhang.reading.learned.contrasts import contrast
from taizhang.reading.learned.hypotheses import JOINT, Hypothesis
from taizhang.reading.learned.surroundings import Surroundings, classes, pairs_in
from taizhang.reading.numbers.passage import same_unit

MIDDLE = 4
"""So many parts between the ends of a list are looked at: each says the same again."""
EVER = "any"
"""What features are called that weigh whatever the kind is."""
BESIDE = 5
"""So many numbers in front of a row one of its kind is looked for."""
_FIGURES = re.compile(r"[\d.]+")


def named(name: str, ends: Iterable[str]) -> list[str]:
    """Features by their whole names: what they are of, and how each ends."""
    return [name + end for end in ends]


def of_result(near: Surroundings, place: int) -> list[str]:
    """What the words around a number say for its being a result of a kind; or for its being none, with a kind of its own."""
    item, said = near.items[place], near.words(place)
    found = [
        "", f"|ra|{said.after[:1]}", f"|ra2|{said.after[:2]}", f"|rp|{said.sign}", f"|ru|{item.unit}",
        f"|lc|{said.last}", f"|cl|{said.classes}", f"|dl|{int(place in near.deltas)}",
        f"|w|{int(bool(said.wanted))}", f"|x|{int(item.loose)}{int(bool(item.bound))}", f"|e|{int(not said.label)}",
    ]  # fmt: skip
    found += [f"|k|{sign}" for sign in said.classes] + [f"|kl|{sign}" for sign in said.lead]
    found += [f"|r{length}|{said.label[-length:]}" for length in (1, 2, 3)]
    return found + [f"|rb|{pair}" for pair in sorted(pairs_in(said.label[-10:]))]


def of_operand(near: Surroundings, place: int) -> list[str]:
    """What the words around a number say for its being an operand in a role."""
    item, said = near.items[place], near.words(place)
    loose = f"{int(item.loose)}{int(bool(item.bound))}{int(place in near.deltas)}"
    found = [
        f"a|{said.after[:1]}", f"a2|{said.after[:2]}", f"p|{said.sign}", f"lc|{said.last}",
        f"x|{loose}", f"cl|{said.classes}",
    ]  # fmt: skip
    found += [f"k|{sign}" for sign in said.classes]
    found += [f"l{length}|{said.label[-length:]}" for length in (1, 2, 3)]
    return found + [f"b|{pair}" for pair in sorted(pairs_in(said.label[-8:]))]


class Seat(NamedTuple):
    """Where an operand stands as seen from a result, what they share in words, and how well it answers to the result beside its neighbours:
    what numbers that agree are weighed by, what results are, and what is weighed whatever the kind is, for some are rarely told."""

    agreeing: list[str]
    giving: list[str]
    ever: list[str]


def of_seat(near: Surroundings, place: int, operand: int) -> Seat:
    """What is seen of an operand from a result."""
    item, result = near.items[operand], near.items[place]
    said, asked = near.words(operand), near.words(place)
    side, fit = "-" if operand < place else "+", near.meant(place, operand)
    sentences, between = min(3, abs(item.sentence - result.sentence)), min(4, near.between(operand, place))
    shared, same = min(3, len(asked.pairs & said.pairs)), min(2, len(asked.own & said.pairs))
    stands, spread, few, some = int(near.stands(operand)), min(2, sentences), min(2, between), min(3, between)
    found = [
        f"d|{side}{_size(operand - place)}", f"s|{side}{sentences}{min(2, abs(item.paragraph - result.paragraph))}",
        f"c|{side}{min(4, abs(item.clause - result.clause))}", f"n|{side}{between}", f"o|{shared}", f"os|{shared}{spread}",
        f"n2|{side}{between}{spread}", f"cc|{asked.last}|{said.last}", f"cs|{asked.last}|{side}{some}", f"st|{stands}|{spread}{few}",
        f"own|{min(3, len(asked.own))}{same}|{side}{some}{spread}",
    ]  # fmt: skip
    rank, (order, size) = near.rank(place), near.rank(operand)
    if rank[1] > 1 or size > 1:  # 分别为99.8%和98.1%,分别提高0.1和0.9个百分点
        found.append(f"rk|{int(rank[0] == order)}{min(3, rank[1])}{min(3, size)}")
    if asked.wanted:
        named = sum(char in said.label or char in said.after for char in asked.wanted) / len(asked.wanted)
        found.append(f"w|{int(named * 3)}|{min(2, len(pairs_in(asked.wanted) & said.pairs))}")
    else:
        found.append("w|-")
    answer = [f"mw|{fit[0]}|{side}", f"mo|{fit[1]}|{side}", f"ms|{fit[2]}|{side}", f"ma|{fit[:3]}"]
    answer += [f"me|{fit[3]}|{side}{spread}"]
    wide = [f"{sign}{spread}" for sign in answer[:3]] + [
        answer[3],
        f"n|{side}{between}{spread}",
        f"st|{stands}|{spread}{few}",
    ]
    return Seat(found, found + answer, wide)


def of_all(near: Surroundings, place: int, hypothesis: Hypothesis) -> list[str]:
    """What the numbers of a hypothesis say together, but for their sizes."""
    kind, operands = hypothesis
    if kind == "sum":
        return _of_parts(near, place, operands)
    if kind == JOINT:
        return _of_two(near, place, kind, operands[-2:]) + _of_several(near, place, operands[:-1])
    return _of_two(near, place, kind, operands) if len(operands) == 2 else _of_one(near, place, kind, operands[0])


def of_sizes(near: Surroundings, place: int, hypothesis: Hypothesis, less: int | None = None) -> list[str]:
    """Which of the numbers is larger; ``less`` says whether the first one is the smaller, or that all parts are smaller than their
    total, whatever is printed."""
    kind, operands = hypothesis
    rough, result = [near.items[one].rough for one in operands], near.items[place].rough
    if kind == "sum":
        order = _order(near, place, (operands[0], operands[-1]), "pp")
        fewer, half = (1, 1) if less else (int(max(rough) < result), int(sum(rough) < 2 * result))
        return [f"sum|big|{fewer}|{half}|{order}"]
    if len(operands) < 2:
        return []
    if kind == JOINT:
        return [f"{kind}|lt|{int(sum(rough[:-1]) < rough[-1]) if less is None else less}"]
    one, other = near.items[operands[0]], near.items[operands[1]]
    less = int(one.rough < other.rough) if less is None else less
    found = [f"{kind}|lt|{less}|{int(one.kind == other.kind)}"]
    if kind in ("growth", "fold", "difference", "points"):
        changed = near.words(place).classes
        found.append(f"{kind}|dir|{int('U' in changed)}{int('D' in changed)}{less}{int(operands[0] < operands[1])}")
    return found


def roles(hypothesis: Hypothesis) -> list[tuple[int, str]]:
    """The operands with the roles by which they are weighed: of a list its ends, for they say where it begins and closes."""
    kind, operands = hypothesis
    if kind == JOINT:
        inner = [(one, "m") for one in operands[1:-2][:MIDDLE]]
        return [(operands[0], "f"), *inner, (operands[-2], "l"), (operands[-1], "b")]
    if kind not in ("sum", "hundred"):
        return list(zip(operands, "ab", strict=False))
    return [(operands[0], "f"), *((one, "m") for one in operands[1:-1][:MIDDLE]), (operands[-1], "l")]


def _of_several(near: Surroundings, place: int, parts: tuple[int, ...]) -> list[str]:
    """What the parts of a share say that is one of several: whether they are a row of one shape, and what stands in front of it."""
    items, said = near.items, [near.words(one) for one in parts]
    first = items[parts[0]]
    gaps = [near.between(one, other) for one, other in pairwise(parts)]
    row = near.levels_in(max(0, parts[0] - BESIDE), parts[0])
    before = next((one for one in reversed(row) if same_unit(items[one], first)), None)
    return [
        f"joint|n|{len(parts)}", f"joint|gap|{min(3, max(gaps))}", f"joint|pv|{_steps(near, parts[0], before)}",
        f"joint|se|{min(2, items[place].sentence - first.sentence)}{min(4, items[place].clause - items[parts[-1]].clause)}",
        f"joint|con|{contrast([near.contrasts(one) for one in parts])}", f"joint|cnt|{_counted(near.words(place).label, len(parts))}",
        f"joint|aft|{int(len({one.after[:2] for one in said}) == 1)}{int(len({one.label[-1:] for one in said}) == 1)}",
    ]  # fmt: skip


def _size(distance: int) -> int:
    distance = abs(distance)
    return distance if distance < 5 else 5 if distance < 8 else 6 if distance < 14 else 7


def _order(near: Surroundings, place: int, operands: tuple[int, int], names: str) -> str:
    """In which order result and operands are printed."""
    return "".join(name for _, name in sorted([(place, "r"), *zip(operands, names, strict=True)]))


def _of_two(near: Surroundings, place: int, kind: str, operands: tuple[int, ...]) -> list[str]:
    items, (first, second) = near.items, operands
    one, other, result = items[first], items[second], items[place]
    said, other_said, forth = near.words(first), near.words(second), int(first < second)
    together = int(result.sentence == one.sentence == other.sentence)
    apart = min(3, near.between(first, second) - int(_within(near, place, first, second)))
    found = [
        f"{kind}|ord|{_order(near, place, (first, second), 'ab')}|{together}",
        f"{kind}|ab|{min(4, abs(one.clause - other.clause))}|{min(2, abs(one.sentence - other.sentence))}|{forth}",
        f"{kind}|abn|{apart}|{forth}", f"{kind}|abo|{min(3, len(said.pairs & other_said.pairs))}|{int(said.after[:2] == other_said.after[:2])}",
        f"{kind}|con|{contrast((near.contrasts(first), near.contrasts(second)))}|{forth}", f"{kind}|abc|{said.last}|{other_said.last}", f"{kind}|abl|{forth}|{said.classes}|{other_said.classes}",
    ]  # fmt: skip
    left, right = (one, other) if forth else (other, one)
    text = _FIGURES.sub("0", near.passage.text[left.stop : right.begin])
    if len(text) <= 24:
        found.append(f"{kind}|abk|{forth}|{classes(text)}")
        found += [f"{kind}|abt|{forth}|{pair}" for pair in sorted(pairs_in(text))]
    return found


def _of_one(near: Surroundings, place: int, kind: str, operand: int) -> list[str]:
    """What a number and the one that it speaks of say together: the words between them, and which is larger."""
    result, item = near.items[place], near.items[operand]
    forth = int(operand < place)
    left, right = (item, result) if forth else (result, item)
    text = _FIGURES.sub("0", near.passage.text[left.stop : right.begin])
    larger = int(item.rough < result.rough) if same_unit(item, result) else 2
    found = [f"{kind}|lt|{larger}|{forth}", f"{kind}|far|{forth}|{min(6, len(text) // 8)}"]
    if len(text) <= 32:
        found.append(f"{kind}|abk|{forth}|{classes(text)}")
        found += [f"{kind}|abt|{forth}|{pair}" for pair in sorted(pairs_in(text))]
    return found


def _within(near: Surroundings, place: int, first: int, second: int) -> bool:
    """Does the result itself stand between two operands, as one of their unit?"""
    inner = min(first, second) < place < max(first, second)
    return inner and near.has_level(place) and same_unit(near.items[place], near.items[first])


def _of_parts(near: Surroundings, place: int, parts: tuple[int, ...]) -> list[str]:
    items, result, said = near.items, near.items[place], [near.words(one) for one in parts]
    first, last = items[parts[0]], items[parts[-1]]
    order = _order(near, place, (parts[0], parts[-1]), "pp")
    together = int(result.sentence == first.sentence == last.sentence)
    gaps = [near.between(one, other) for one, other in pairwise(parts)]
    found = [
        f"sum|ord|{order}|{together}", f"sum|n|{min(8, len(parts))}|{order[0]}",
        f"sum|aft|{len({one.after[:2] for one in said}) == 1}|{len({one.label[-1:] for one in said}) == 1}",
        f"sum|gap|{min(3, max(gaps))}{min(3, min(gaps))}",
        f"sum|cl|{min(4, last.clause - first.clause - len(parts) + 1)}|{min(3, last.sentence - first.sentence)}",
        f"sum|dep|{near.depth(parts[0]) - near.depth(place)}{near.depth(parts[-1]) - near.depth(parts[0])}",
        f"sum|mix|{int(all(same_unit(items[one], result) for one in parts))}|{int(first.paragraph == last.paragraph)}",
        f"sum|all|{order[0]}|{int(_closes(near, max(*parts, place)))}",
        f"sum|fill|{near.fills(parts)}|{order}",
        f"sum|lcs|{''.join(sorted({one.last for one in said}))}",
    ]  # fmt: skip
    split = contrast([near.contrasts(one) for one in parts])
    found += [f"sum|con|{split}|{order}", f"sum|con|{split}|{min(5, len(parts))}|{order[0]}"]
    text = near.passage.text
    head = text[result.stop : first.begin][:40] if parts[0] > place else text[last.stop : result.begin][-40:]
    found += [f"sum|cnt|{_counted(head + text[max(0, result.begin - 16) : result.begin], len(parts))}|{order}"]
    found += [f"sum|hd|{order}|{classes(head)}", *(f"sum|hk|{order}|{sign}" for sign in classes(head))]
    return found + _beyond(near, place, parts, order)


_HOW_MANY = re.compile(
    r"([两二三四五六七八九])(?:大|个|家)?[一-鿿]|[其这]([两二三四五六七八九])|([两二三四五六七八九])者"
)
_NUMERALS = {**{one: at for at, one in enumerate("零一二三四五六七八九")}, "两": 2}


def _counted(text: str, parts: int) -> str:
    """Does the text say how many the parts are (三种运输方式完成…)?"""
    said = {_NUMERALS[one[1] or one[2] or one[3]] for one in _HOW_MANY.finditer(text)}
    return "-" if not said else "=" if parts in said else "x"


def _closes(near: Surroundings, last: int) -> bool:
    """Is a number the last word of its sentence or of the brackets that it stands in?"""
    stop = near.items[last].stop
    return near.passage.text[stop : stop + 1] in ("", "。", ")", ";", "\n")


def _beyond(near: Surroundings, place: int, parts: tuple[int, ...], order: str) -> list[str]:
    """The neighbours that a list leaves out, behind it and in front of it."""
    items, result = near.items, near.items[place]

    def neighbour(reach: range) -> int | None:
        kin = (one for one in reach if one != place and near.has_level(one) and same_unit(items[one], result))
        return next(kin, None)

    first, last = parts[0], parts[-1]
    following = neighbour(range(last + 1, min(len(items), last + 5)))
    leading = neighbour(range(first - 1, max(-1, first - 5), -1))
    found = [
        f"sum|nx|{_steps(near, last, following)}|{order}",
        f"sum|pv|{_steps(near, first, leading)}|{order}",
    ]
    if following is not None:
        one, other = near.words(following), near.words(last)
        alike = f"{int(one.after[:2] == other.after[:2])}{int(one.label[-1:] == other.label[-1:])}"
        found.append(f"sum|nxw|{alike}|{one.last}")
    return found


def _steps(near: Surroundings, one: int, other: int | None) -> str:
    if other is None:
        return "-"
    item, neighbour = near.items[one], near.items[other]
    return f"{min(2, abs(item.clause - neighbour.clause))}{int(item.sentence == neighbour.sentence)}"
