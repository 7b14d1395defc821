"""A report that came back: which of its numbers are as they were, changed by hand, deleted, or typed in.

Each number is found by its content control's tag, or, where an office program dropped the tag, by the bookmark around
it. Text in tracked deletions counts as deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.reports.effective import FALLBACK, W, parts_of
from taizhang.reports.gongwen import BINDINGS_NAMESPACE, BOOKMARK

VERDICTS = {"kept": "未动", "changed": "被改动", "deleted": "被删除", "typed": "手工填入"}
NUMBER = re.compile(r"[-−]?[0-9０-９]+(?:[.．][0-9０-９]+)?[%％]?")
# The ordinals that we generate ourselves at the head of a paragraph.
ORDINAL = re.compile(r"^(?:附件：)?(?:\d+\.|（\d+）)")


@dataclass(slots=True)
class _Found:
    """What the document's text holds now."""

    by_tag: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    loose: list[tuple[int, str]] = field(default_factory=list)


def trace(path: Path | str) -> list[dict[str, Any]]:
    """The numbers of a .docx that this system wrote, each compared with what was written.

    Each item: verdict (kept | changed | deleted | typed) and its Chinese word, tag, label, indicator, unit, period,
    bound (what was written), found (what stands there now), difference (of two numbers, as text), paragraph (from 1,
    None when deleted). Raises Problem for a file that is none of ours.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as wrong:
        raise Problem("RPT-020", f"打不开文件：{wrong.strerror}", where=str(path), remedy="核对文件路径") from wrong
    return trace_bytes(data, Path(path).name)


def trace_bytes(data: bytes, name: str) -> list[dict[str, Any]]:
    """The same for an upload."""
    body, bindings = _open(data, name)
    found = _read(body, bindings["bindings"])
    results: list[dict[str, Any]] = []
    for tag, bound in bindings["bindings"].items():
        places = found.by_tag.get(tag, [])
        results.extend(_compared(tag, bound, paragraph, now) for paragraph, now in places)
        if not places:
            results.append(_compared(tag, bound, None, None))
    declared = sorted({item["text"] for item in bindings["declared"]}, key=len, reverse=True)
    results.extend(_typed(found.loose, declared))
    return results


def carried_by(data: bytes, name: str) -> dict[str, Any]:
    """What one of our documents carries inside: ``report``, ``bindings``, ``declared``."""
    return _open(data, name)[1]


def _compared(tag: str, bound: dict[str, Any], paragraph: int | None, now: str | None) -> dict[str, Any]:
    was = bound["shown"]
    verdict = "deleted" if now is None or now.strip() == "" else "kept" if now == was else "changed"
    return {
        "verdict": verdict,
        "verdict_text": VERDICTS[verdict],
        "tag": tag,
        "label": bound.get("label", ""),
        "indicator": bound.get("code", ""),
        "unit": bound.get("unit_code", ""),
        "period": bound.get("period", ""),
        "bound": was,
        "found": now or "",
        "difference": _difference(was, now or "") if verdict == "changed" else "",
        "paragraph": paragraph,
    }


def _typed(loose: list[tuple[int, str]], declared: list[str]) -> Iterator[dict[str, Any]]:
    """Numbers that stand where nobody put one: neither bound nor declared."""
    for paragraph, text in loose:
        rest = ORDINAL.sub("", text)
        for words in declared:
            rest = rest.replace(words, "\u3000")
        for match in NUMBER.finditer(rest):
            around = rest[max(0, match.start() - 10) : match.end() + 10].strip()
            empty = dict.fromkeys(("tag", "indicator", "unit", "period", "bound", "difference"), "")
            said = {"verdict": "typed", "verdict_text": VERDICTS["typed"]}
            yield {**said, **empty, "label": around, "found": match[0], "paragraph": paragraph}


def _difference(was: str, now: str) -> str:
    """How much a number moved, where both texts hold exactly one."""
    numbers = [NUMBER.findall(text) for text in (was, now)]
    if any(len(found) != 1 for found in numbers):
        return ""
    try:
        before, after = (Decimal(found[0].rstrip("%％").replace("．", ".").replace("−", "-")) for found in numbers)
    except InvalidOperation:
        return ""
    return f"{after - before:+f}"


def _read(body: Any, tags: dict[str, Any]) -> _Found:
    """Every text of the body, with the tag it belongs to."""
    found = _Found()
    for number, paragraph in enumerate(body.iter(f"{W}p"), start=1):
        # Office programs save a box twice, the second time for readers of long ago.
        if next(paragraph.iterancestors(FALLBACK), None) is not None:
            continue
        loose: list[str] = []
        held: dict[Any, tuple[str, list[str]]] = {}
        for key, tag, text in _texts(paragraph, tags):
            if tag is None:
                loose.append(text)
            else:
                held.setdefault(key, (tag, []))[1].append(text)
        for tag, texts in held.values():
            found.by_tag.setdefault(tag, []).append((number, "".join(texts)))
        found.loose.append((number, "".join(loose)))
    return found


def _texts(paragraph: Any, tags: dict[str, Any]) -> Iterator[tuple[Any, str | None, str]]:
    """(identity of the mark, tag or None, text) of each piece of one paragraph."""
    bookmarks: dict[str, str] = {}
    for element in paragraph.iter(f"{W}t", f"{W}bookmarkStart", f"{W}bookmarkEnd"):
        # A box hung on this paragraph holds paragraphs of its own.
        if next(element.iterancestors(f"{W}p"), paragraph) is not paragraph:
            continue
        if element.tag == f"{W}bookmarkStart":
            name = element.get(f"{W}name", "")
            if name.startswith(BOOKMARK) and name.removeprefix(BOOKMARK) in tags:
                bookmarks[element.get(f"{W}id")] = name.removeprefix(BOOKMARK)
        elif element.tag == f"{W}bookmarkEnd":
            bookmarks.pop(element.get(f"{W}id"), None)
        else:
            control = _control(element, paragraph, tags)
            tag = control[1] if control else next(iter(bookmarks.values()), None)
            # A control and its copy have one tag and are two places.
            yield (control[0] if control else tag), tag, element.text or ""


def _control(element: Any, paragraph: Any, tags: dict[str, Any]) -> tuple[Any, str] | None:
    for parent in element.iterancestors():
        if parent is paragraph:
            return None
        if parent.tag == f"{W}sdt":
            tag = parent.find(f"{W}sdtPr/{W}tag")
            if tag is not None and tag.get(f"{W}val") in tags:
                return parent, tag.get(f"{W}val")
    return None


def _open(data: bytes, name: str) -> tuple[Any, dict[str, Any]]:
    """The body and the bindings of one of our documents."""
    parts = parts_of(data, name, r"word/document\.xml|customXml/item\d+\.xml")
    body, *roots = (parts.pop("word/document.xml"), *parts.values())
    for root in roots:
        if root.tag == f"{{{BINDINGS_NAMESPACE}}}bindings":
            return body, json.loads(root.text or "{}")
    raise Problem(
        "RPT-022",
        "这份文件里没有数字来源",
        where=name,
        remedy="只能核对本系统写出的稿件；复制正文到新文件会丢掉来源，请在原文件上修改",
    )
