"""The same blocks as a page that looks like paper; a mark behind each number is replaced by its origin when shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from taizhang.reports.blocks import (
    Addressee,
    Annex,
    Attachment,
    Block,
    Caption,
    Control,
    DocNumber,
    Heading,
    Imprint,
    IssuerMark,
    Note,
    Paragraph,
    Runs,
    Signature,
    Table,
    Title,
)

MARK = re.compile(r'<span class="rp-number" data-tag="(b\d+)">(.*?)</span>')
CLASSES: dict[type, str] = {
    IssuerMark: "rp-mark",
    DocNumber: "rp-docnumber",
    Addressee: "rp-flush",
    Paragraph: "rp-text",
}


def page(blocks: Sequence[Block]) -> str:
    """The page's inside, without origins."""
    return "\n".join(block_html(block) for block in blocks)


def with_origins(
    html: str, bindings: Mapping[str, Any], origin: Callable[[str, Mapping[str, Any]], SafeString]
) -> SafeString:
    """The page with every number drawn by ``origin(tag, binding)``. ``html`` comes from :func:`page` alone."""

    def replace(match: re.Match[str]) -> str:
        return origin(match[1], bindings[match[1]]) if match[1] in bindings else match[0]

    return mark_safe(MARK.sub(replace, html))


def _runs(runs: Runs) -> SafeString:
    return _joined(
        format_html('<span class="rp-number" data-tag="{}">{}</span>', piece.tag, piece.text)
        if isinstance(piece, Control)
        else format_html("{}", piece)
        for piece in runs
    )


def _joined(parts: Iterable[SafeString], separator: str = "") -> SafeString:
    return format_html_join(separator, "{}", ((part,) for part in parts))


def block_html(block: Block) -> SafeString:
    """One block."""
    match block:
        case Title(lines):
            return format_html(
                '<h2 class="rp-title">{}</h2>', _joined((_runs(line) for line in lines), mark_safe("<br>"))
            )
        case Heading(level, runs, number):
            # The page's own heading is the first level, the paper's title the second.
            return format_html(
                '<h{0} class="rp-h rp-h{1}">{2}{3}</h{0}>', min(level + 2, 6), level, number, _runs(runs)
            )
        case Caption(runs):
            return format_html('<p class="rp-caption">{}</p>', _runs(runs))
        case Table(header, rows):
            return _table(header, rows)
        case Attachment(names):
            items = _joined(format_html("<li>{}</li>", _runs(name)) for name in names)
            return format_html('<div class="rp-attached"><span>附件：</span><ol>{}</ol></div>', items)
        case Signature(unit, date):
            return format_html('<p class="rp-signature"><span>{}</span><span>{}</span></p>', _runs(unit), _runs(date))
        case Annex(title, number):
            return format_html('<p class="rp-annex">附件{}</p><h2 class="rp-title">{}</h2>', number, _runs(title))
        case Imprint(copies, printer, date):
            return _imprint(copies, printer, date)
        case Note(runs):
            return format_html('<p class="rp-text">（{}）</p>', _runs(runs))
        case _:
            return format_html('<p class="{}">{}</p>', CLASSES[type(block)], _runs(block.runs))


def _imprint(copies: Runs, printer: Runs, date: Runs) -> SafeString:
    first = format_html("<p>抄送：{}。</p>", _runs(copies)) if copies else mark_safe("")
    last = format_html("<p><span>{}</span><span>{}印发</span></p>", _runs(printer), _runs(date))
    return format_html('<div class="rp-imprint">{}{}</div>', first, last)


def _table(header: Sequence[Runs], rows: Sequence[Sequence[Runs]]) -> SafeString:
    head = _joined(format_html('<th scope="col">{}</th>', _runs(cell)) for cell in header)
    body = _joined(
        format_html("<tr>{}</tr>", _joined(format_html("<td>{}</td>", _runs(cell)) for cell in row)) for row in rows
    )
    return format_html(
        '<div class="rp-scroll"><table class="rp-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        head,
        body,
    )
