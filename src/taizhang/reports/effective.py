"""What a paragraph or a run of any .docx looks like once its styles are followed: the properties that layout rules ask."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from taizhang.kernel.errors import Problem

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MAX_PART = 200 * 2**20
# Single line spacing counts in 240ths of a line.
_SINGLE = 240


def parts_of(data: bytes, name: str, pattern: str) -> dict[str, Any]:
    """The XML parts of a .docx whose names match. Raises Problem for a file that is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            package.getinfo("word/document.xml")
            return {part: _parsed(package, part) for part in package.namelist() if re.fullmatch(pattern, part)}
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as wrong:
        raise Problem(
            "RPT-021", "文件不是 .docx，或已损坏", where=name, remedy="用 Word 或 WPS 打开后另存为 .docx"
        ) from wrong


def _parsed(package: zipfile.ZipFile, part: str) -> Any:
    if package.getinfo(part).file_size > MAX_PART:
        raise zipfile.BadZipFile(part)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(package.read(part), parser)


@dataclass(frozen=True, slots=True)
class RunLook:
    """One run: its text, fonts, size in points, letter spacing in points, weight."""

    text: str
    chinese: str
    western: str
    hint: str
    size: float
    spacing: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph outside the tables. ``lead`` is the fixed line height in points, None when it is not fixed;
    ``indent`` the first line's in characters; ``number`` counts the body's paragraphs from 1."""

    number: int
    text: str
    style: str
    align: str
    lead: float | None
    indent: float
    runs: tuple[RunLook, ...] = field(repr=False)


class Looks:
    """Follows the styles of one document."""

    def __init__(self, data: bytes, name: str) -> None:
        self.parts = parts_of(data, name, r"word/(document|styles|settings|footer\d*)\.xml")
        self.body = self.parts["word/document.xml"].find(f"{W}body")
        if self.body is None:
            raise Problem("RPT-021", "文件里没有正文", where=name, remedy="用 Word 或 WPS 打开后另存为 .docx")
        root = self.parts.get("word/styles.xml")
        self._styles = {} if root is None else {one.get(f"{W}styleId"): one for one in root.iter(f"{W}style")}
        self._root = root

    @cached_property
    def section(self) -> Any:
        """The properties of the first section."""
        return next(self.body.iter(f"{W}sectPr"), None)

    @cached_property
    def footers(self) -> dict[str, Any]:
        return {name: part for name, part in self.parts.items() if "footer" in name}

    def lines(self) -> Iterator[Line]:
        """The paragraphs with text, outside tables and boxes, in order."""
        for number, paragraph in enumerate(self.body.iter(f"{W}p"), start=1):
            if any(one.tag in (f"{W}tc", f"{W}txbxContent", FALLBACK) for one in paragraph.iterancestors()):
                continue
            runs = tuple(self.runs(paragraph))
            text = "".join(run.text for run in runs)
            if text.strip():
                yield self._line(number, paragraph, text, runs)

    def runs(self, paragraph: Any) -> Iterator[RunLook]:
        """The runs with text of a paragraph of any part."""
        chain = self._chain(paragraph.find(f"{W}pPr/{W}pStyle"))
        for run in paragraph.iter(f"{W}r"):
            # A box hung on this paragraph holds paragraphs of its own.
            if next(run.iterancestors(f"{W}p")) is not paragraph:
                continue
            text = "".join(one.text or "" for one in run.findall(f"{W}t"))
            if text:
                yield self._run(
                    text, [run.find(f"{W}rPr"), *(style.find(f"{W}rPr") for style in chain), self._defaults("r")]
                )

    def _run(self, text: str, looks: list[Any]) -> RunLook:
        fonts = {key: _first(looks, "rFonts", key) for key in ("eastAsia", "ascii", "hint")}
        bold = _element(looks, "b")
        return RunLook(
            text=text,
            chinese=fonts["eastAsia"],
            western=fonts["ascii"],
            hint=fonts["hint"],
            size=_number(_first(looks, "sz", "val"), 20) / 2,
            spacing=_number(_first(looks, "spacing", "val"), 0) / 20,
            bold=bold is not None and bold.get(f"{W}val") not in ("0", "false", "none"),
        )

    def _line(self, number: int, paragraph: Any, text: str, runs: tuple[RunLook, ...]) -> Line:
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        chain = self._chain(named)
        looks = [paragraph.find(f"{W}pPr"), *(style.find(f"{W}pPr") for style in chain), self._defaults("p")]
        height = _number(_first(looks, "spacing", "line"), _SINGLE)
        fixed = _first(looks, "spacing", "lineRule") == "exact"
        size = max((run.size for run in runs), default=10)
        chars = _first(looks, "ind", "firstLineChars")
        first = _number(_first(looks, "ind", "firstLine"), 0) / 20 / size
        return Line(
            number=number,
            text=text,
            style="" if named is None else named.get(f"{W}val"),
            align=_first(looks, "jc", "val") or "left",
            lead=height / 20 if fixed else None,
            indent=_number(chars, 0) / 100 if chars else first,
            runs=runs,
        )

    def _defaults(self, kind: str) -> Any:
        return None if self._root is None else self._root.find(f"{W}docDefaults/{W}{kind}PrDefault/{W}{kind}Pr")

    def _chain(self, named: Any) -> list[Any]:
        """A paragraph's style and those it is based on; a circle ends where it closes."""
        key = named.get(f"{W}val") if named is not None else self._default_style
        found: list[Any] = []
        while key in self._styles and self._styles[key] not in found:
            found.append(self._styles[key])
            base = found[-1].find(f"{W}basedOn")
            key = None if base is None else base.get(f"{W}val")
        return found

    @cached_property
    def _default_style(self) -> str | None:
        return next(
            (
                key
                for key, style in self._styles.items()
                if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")
            ),
            None,
        )


def _element(looks: list[Any], tag: str) -> Any:
    return next(
        (look.find(f"{W}{tag}") for look in looks if look is not None and look.find(f"{W}{tag}") is not None), None
    )


def _first(looks: list[Any], tag: str, key: str) -> str:
    """The first of the looks that says ``key``; each attribute is inherited by itself."""
    for look in looks:
        found = None if look is None else look.find(f"{W}{tag}")
        if found is not None and found.get(f"{W}{key}") is not None:
            return str(found.get(f"{W}{key}"))
    return ""


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default
