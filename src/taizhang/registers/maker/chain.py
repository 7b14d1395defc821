"""A lifecycle as a drawing: the states in a row in the order in which they are reached, steps as arrows between them."""

from __future__ import annotations

from dataclasses import dataclass

from taizhang.catalog.lifecycle_schema import LifecycleDef

CHAR, PAD, GAP, HIGH, STEP = 14, 24, 84, 34, 26


@dataclass(frozen=True, slots=True)
class Box:
    """A state at its place; ``x`` is the left edge."""

    name: str
    category: str
    x: int
    width: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A step (or several between the same two states) with the path of its line and the place of its name."""

    label: str
    path: str
    x: int
    y: int
    back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws."""

    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int
    top: int
    baseline: int
    words: list[str]


def draw(life: LifecycleDef) -> Drawing:
    """Neighbours are joined by a straight arrow; a step over several states arches above, a step back below."""
    names = _order(life)
    joined: dict[tuple[str, str], list[str]] = {}
    for step in life.transitions:
        for start in step.from_:
            for end in life.ends(step):
                if start in names and end in names:
                    joined.setdefault((start, end), []).append(step.name)
    boxes, x = {}, 4
    for name in names:
        width = len(name) * CHAR + PAD
        boxes[name] = Box(name, life.states[name], x, width)
        following = [labels for (start, _), labels in joined.items() if start == name]
        longest = max((len("、".join(labels)) for labels in following), default=0)
        x += width + max(GAP, min(longest, 8) * 12 + 24)
    above = [pair for pair in joined if _reach(names, pair) > 1]
    below = [pair for pair in joined if _reach(names, pair) <= 0]
    top = 8 + len(above) * STEP
    arrows = [_straight(boxes, pair, labels, top) for pair, labels in joined.items() if _reach(names, pair) == 1]
    arrows += [_arch(boxes, pair, joined[pair], top, -STEP * (level + 1)) for level, pair in enumerate(above)]
    arrows += [_arch(boxes, pair, joined[pair], top, STEP * (level + 1)) for level, pair in enumerate(below)]
    last = boxes[names[-1]]
    height = top + HIGH + len(below) * STEP + 12
    words = [f"{'、'.join(labels)}：{start} → {to}" for (start, to), labels in joined.items()]
    return Drawing(list(boxes.values()), arrows, last.x + last.width + 8, height, top, top + HIGH // 2, words)


def _order(life: LifecycleDef) -> list[str]:
    """States as they are reached from the initial one, then those that no step reaches; struck-out ones at the end."""
    found = [life.initial] if life.initial in life.states else []
    for name in found:
        ends = dict.fromkeys(end for step in life.steps_from(name) for end in life.ends(step))
        found += [end for end in ends if end in life.states and end not in found]
    found += [name for name in life.states if name not in found]
    return sorted(found, key=lambda name: life.states[name] == "void")


def _reach(names: list[str], pair: tuple[str, str]) -> int:
    return names.index(pair[1]) - names.index(pair[0])


def _straight(boxes: dict[str, Box], pair: tuple[str, str], labels: list[str], top: int) -> Arrow:
    start, end, y = boxes[pair[0]], boxes[pair[1]], top + HIGH // 2
    left, right = start.x + start.width, end.x - 2
    return Arrow(_short(labels), f"M{left} {y}H{right}", (left + right) // 2, y - 6, False)


def _arch(boxes: dict[str, Box], pair: tuple[str, str], labels: list[str], top: int, rise: int) -> Arrow:
    """Up (or down) from one box, along, and into the other, entering a little off its middle."""
    start, end = boxes[pair[0]].middle - 6, boxes[pair[1]].middle + 6
    edge = top if rise < 0 else top + HIGH
    line = edge + rise + (10 if rise < 0 else -6)
    tip = edge - 2 if rise < 0 else edge + 2
    return Arrow(_short(labels), f"M{start} {edge}V{line}H{end}V{tip}", (start + end) // 2, line - 4, rise > 0)


def _short(labels: list[str]) -> str:
    text = "、".join(labels)
    return text if len(text) <= 10 else text[:9] + "…"
