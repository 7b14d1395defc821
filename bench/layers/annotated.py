"""Documents of our own words annotated in every layer of the guideline, written with the marks in the text.

A file ``NN.doc`` is the document with marks, a line ``====``, and one line for each relation (as in :mod:`bench.arithmetic.marked`).
Every mark is taken out, and its place in what is left is remembered:

- ``{35个|count}`` a quantity; fields behind the kind, in any order: ``=VALUE`` (``=0.4``, ``=[1,2]``, ``=XXXX-06-11``), ``u:UNIT``, ``@label`` for
  relations, and for a target its status and comparator, ``p>=`` or ``d=``. Value and unit of a plain number need not be told;
- ``«2 (一)|加强管理»`` a heading with its level, marker (may be empty) and text, ``‹一是›`` a point's marker;
- a line ``@@article KIND`` (and ``@@period TEXT``, ``@@end``) around each article, ``@@title `` in front of the line that is its title.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MARK = re.compile(
    r"\{(?P<q>[^{}|]*)\|(?P<fields>[^{}]*)\}|«(?P<level>\d) (?P<marker>[^|»]*)\||(?P<close>»)|‹(?P<point>[^›]*)›"
)
_LINE = re.compile(r"@@(article|period|end|title)[ ]?(.*)")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*[余多几餘]?\s*([万亿萬億]?)[余多几餘]?(.*)", re.S)
_TIMES = {"": 1.0, "万": 1e4, "亿": 1e8, "萬": 1e4, "億": 1e8}
_CHINESE = {one: float(at) for at, one in enumerate("零一二三四五六七八九十")} | {"两": 2.0}
_CUT = set(",;:!?。﹔，；：！？\n")
KINDS = frozenset(
    (
        "count",
        "amount",
        "area",
        "length",
        "money",
        "percent",
        "ratio",
        "score",
        "year",
        "date",
        "duration",
        "ordinal",
        "docno",
        "name",
        "placeholder",
        "other",
    )
)
_WORTHLESS = {"name", "placeholder", "docno"}


def annotated(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every document of a folder: its name, its text and its layers."""
    for path in sorted(folder.glob("*.doc")):
        yield (path.stem, *parsed(path.stem, path.read_text(encoding="utf-8")))


def parsed(name: str, source: str) -> tuple[str, dict[str, Any]]:
    """The text without its marks, and its layers as the guideline's files have them.

    Raises:
        ValueError: A mark cannot be understood; says which.
    """
    body, _, told = source.partition("\n====")
    layers: dict[str, Any] = {
        key: [] for key in ("articles", "parts", "headings", "points", "quantities", "relations", "targets")
    }
    labels: dict[str, dict[str, Any]] = {}
    pieces: list[str] = []
    length = 0
    article: dict[str, Any] | None = None
    wanted: list[tuple[dict[str, Any], str, str]] = []
    for line in body.split("\n"):
        order = _LINE.fullmatch(line.strip("\r")) if line.startswith("@@") else None
        if order and order[1] == "article":
            article = {"start": length, "kind": order[2].strip(), "period_text": None, "title": None}
            continue
        if order and order[1] in ("period", "end"):
            if article is None:
                raise ValueError(f"{name}: {line} outside an article")
            if order[1] == "period":
                article["period_text"] = order[2].strip()
            else:
                layers["articles"].append(article | {"end": length})
                article = None
            continue
        plain = _taken_out(name, order[2] if order else line, length, layers, labels, wanted)
        if order and article is not None:
            article["title"] = plain.strip()
        pieces.append(plain)
        length += len(plain) + 1
    text = "\n".join(pieces)
    if article is not None:
        raise ValueError(f"{name}: the last article has no @@end")
    _trim(layers["articles"], text)
    layers["targets"] = [_target(text, layers, *one) for one in wanted]
    layers["relations"] = [_relation(name, line, labels) for line in told.splitlines() if line.strip(" =")]
    return text, layers


def _taken_out(
    name: str,
    line: str,
    at: int,
    layers: dict[str, Any],
    labels: dict[str, Any],
    wanted: list[tuple[dict[str, Any], str, str]],
) -> str:
    """A line without its marks; what they say goes to the layers."""
    plain, last = "", 0
    heading: dict[str, Any] | None = None
    for found in _MARK.finditer(line):
        plain += line[last : found.start()]
        last = found.end()
        start = at + len(plain)
        if found["q"] is not None:
            quantity, label, target = _quantity(name, found["q"], found["fields"], start)
            layers["quantities"].append(quantity)
            if label:
                if label in labels:
                    raise ValueError(f"{name}: label {label} twice")
                labels[label] = quantity
            if target:
                wanted.append((quantity, *target))
            plain += found["q"]
        elif found["level"]:
            heading = {"start": start, "level": int(found["level"]), "marker": found["marker"].strip()}
            plain += found["marker"]
        elif found["point"] is not None:
            layers["points"].append({"start": start, "end": start + len(found["point"]), "marker": found["point"]})
            plain += found["point"]
        elif heading is None:
            raise ValueError(f"{name}: » without « in {line[:40]!r}")
        else:
            text = plain[heading["start"] - at :]
            heading |= {"end": heading["start"] + len(text.rstrip())}
            heading["text"] = text[len(heading["marker"]) :].strip()
            layers["headings"].append(heading)
            heading = None
    if heading is not None:
        raise ValueError(f"{name}: « without » in {line[:40]!r}")
    plain += line[last:]
    for odd in "{}«»‹›":
        if odd in plain:
            raise ValueError(f"{name}: a stray {odd} in {line[:60]!r}")
    return plain


def _quantity(
    name: str, text: str, fields: str, start: int
) -> tuple[dict[str, Any], str | None, tuple[str, str] | None]:
    kind, *rest = fields.split("|")
    if kind not in KINDS:
        raise ValueError(f"{name}: {text}: no kind {kind!r}")
    value: Any = None
    unit: str | None = None
    label, target = None, None
    told = False
    for field in rest:
        if field.startswith("="):
            told, value = (
                True,
                json.loads(field[1:]) if re.fullmatch(r"[\[\]\d.,\s-]+", field[1:]) and kind != "date" else field[1:],
            )
            if isinstance(value, int):
                value = float(value)
        elif field.startswith("u:"):
            unit = field[2:]
        elif field.startswith("@"):
            label = field[1:]
        elif found := re.fullmatch(r"([pd])(>=|<=|=|~)", field):
            target = ("planned" if found[1] == "p" else "done", found[2])
        else:
            raise ValueError(f"{name}: {text}: no field {field!r}")
    if kind in _WORTHLESS:
        unit = unit or ""
    elif not told or unit is None:
        given, printed = _plain(text)
        if not told:
            value = given
            if kind == "year" and value is not None and value < 100:
                value += 2000
        unit = printed if unit is None else unit
        if value is None or unit is None:
            raise ValueError(f"{name}: {text}: tell the value (=…) and the unit (u:…)")
    if kind == "percent":
        unit = "%"
    if kind == "date":
        unit, value = "", _dates(value)
    return (
        {"start": start, "end": start + len(text), "text": text, "value": value, "unit": unit, "kind": kind},
        label,
        target,
    )


def _dates(value: Any) -> Any:
    """``[XXXX-07,XXXX-08]`` is a range of two."""
    return value[1:-1].split(",") if isinstance(value, str) and value.startswith("[") else value


def _plain(text: str) -> tuple[float | None, str | None]:
    """Value and unit of 35个, 1.2亿元, 三名."""
    if found := _NUMBER.fullmatch(text):
        return float(found[1].replace(",", "")) * _TIMES[found[2]], found[3].strip()
    if text[:1] in _CHINESE and (len(text) == 1 or text[1] not in "零一二三四五六七八九十百千万亿两至、—-"):
        return _CHINESE[text[0]], text[1:]
    return None, None


def _trim(articles: list[dict[str, Any]], text: str) -> None:
    for one in articles:
        inside = text[one["start"] : one["end"]]
        one["end"] = one["start"] + len(inside.rstrip())
        one["start"] += len(inside) - len(inside.lstrip())


def _target(
    text: str, layers: dict[str, Any], quantity: dict[str, Any], status: str, comparator: str
) -> dict[str, Any]:
    """The clause around a quantity, from one punctuation mark to the next, without the heading or marker that leads it."""
    start, end = quantity["start"], quantity["end"]
    while start and not _cuts(text, start - 1):
        start -= 1
    while end < len(text) and not _cuts(text, end):
        end += 1
    leading = [(one["start"], one["start"] + len(one["marker"])) for one in layers["headings"]]
    leading += [(one["start"], one["end"]) for one in layers["points"]]
    leading += [(one["start"], one["end"]) for one in layers["headings"] if one["end"] <= quantity["start"]]
    start = max([start, *(b for a, b in leading if start <= a and b <= quantity["start"])])
    clause = text[start:end]
    start += len(clause) - len(clause.lstrip())
    end = start + len(clause.strip())
    span = [quantity["start"], quantity["end"]]
    return {
        "start": start,
        "end": end,
        "text": text[start:end],
        "status": status,
        "quantity": span,
        "comparator": comparator,
    }


def _cuts(text: str, at: int) -> bool:
    if text[at] not in _CUT:
        return False
    between = 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
    return not (text[at] in ":,：，" and between)


def _relation(name: str, line: str, labels: dict[str, dict[str, Any]]) -> dict[str, Any]:
    kind, *roles = line.replace("?", " ").split()
    operands = []
    for one in roles:
        role, _, label = one.partition("=")
        if label not in labels:
            raise ValueError(f"{name}: no label {label} ({line})")
        operands.append(
            {"role": role, "start": labels[label]["start"], "end": labels[label]["end"], "text": labels[label]["text"]}
        )
    return {"kind": kind, "operands": operands}
