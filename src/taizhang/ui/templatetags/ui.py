"""Template tags of the visual language: ``{% load ui %}``. The style page shows each of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from taizhang.ui import charts, formats, marks
from taizhang.ui.icons import names as icon_names
from taizhang.ui.tables import Column, Table

register = template.Library()

# A state's category decides icon and colour; its word comes from the pack.
CATEGORIES = {
    "draft": "pencil",
    "open": "progress",
    "closed": "circle-check",
    "void": "circle-off",
    "late": "alert-circle",
    "warn": "clock-exclamation",
    "ok": "check",
}
LEVELS = {"info": "info-circle", "success": "circle-check", "warning": "alert-triangle", "error": "alert-circle"}
# Django's own message levels that are not among ours.
LEVEL_ALIASES = {"debug": "info", "warn": "warning"}
SHOWN_FILTERS = 4
# The longest text that is taken for a code rather than for words.
CODE_LENGTH = 24
PAGE_SIZES = (20, 50, 100, 200)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of icons.txt. Without a label it is decoration and hidden from screen readers."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"no icon {name!r}: add it to taizhang/ui/icons.txt")
    hidden = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="tz-icon" {}><use href="{}#{}"></use></svg>', hidden, static("vendor/icons.svg"), name
    )


@register.simple_tag
def state(label: str, category: str = "open") -> SafeString:
    """A state by word, icon and colour, so that it reads without colour too. KeyError for an unknown category."""
    return format_html('<span class="tz-state tz-{}">{}{}</span>', category, icon(CATEGORIES[category]), label)


@register.simple_tag
def number(value: formats.Number, unit: str = "", decimals: int | None = None) -> SafeString:
    """A figure with its unit; — when missing."""
    return _figure(formats.number_text(value, decimals), unit)


@register.simple_tag
def percent(ratio: formats.Number, decimals: int = 2) -> SafeString:
    """A stored ratio, shown ×100 with %."""
    return _figure(formats.percent_text(ratio, decimals), "%")


@register.simple_tag
def money(yuan: formats.Number, unit: str = "元") -> SafeString:
    """Exact yuan in 元, 万元 or 亿元; the exact amount is one hover away."""
    text = formats.money_text(yuan, unit)
    exact = "" if unit == "元" or text == formats.MISSING else f"{formats.money_text(yuan)} 元"
    return _figure(text, unit, exact)


@register.simple_tag
def change(value: formats.Number, unit: str = "", decimals: int | None = None, better: str = "none") -> SafeString:
    """A rise or fall against an earlier figure; ``better`` higher | lower | none colours it as good or bad."""
    exact = formats.to_decimal(value)
    if exact is None:
        return _figure(formats.MISSING, "")
    sign = (exact > 0) - (exact < 0)
    word = {1: "升", -1: "降", 0: "持平"}[sign]
    good = sign * {"higher": 1, "lower": -1, "none": 0}[better]
    tone = {1: "tz-good", -1: "tz-bad", 0: "tz-even"}[good]
    if sign == 0:
        return format_html('<span class="tz-change {}">{}</span>', tone, word)
    arrow = icon("arrow-up" if sign > 0 else "arrow-down")
    return format_html(
        '<span class="tz-change {}">{}{} {}</span>', tone, arrow, word, number(abs(exact), unit, decimals)
    )


@register.simple_tag
def date(value: dt.date | str | None, style: str = "iso") -> SafeString:
    """A day or a moment in local time; styles iso, cn, short."""
    text = formats.date_text(value, style)
    machine = value.isoformat() if isinstance(value, dt.date) else ""
    if not machine:
        return format_html('<span class="tz-date">{}</span>', text)
    return format_html('<time class="tz-date" datetime="{}">{}</time>', machine, text)


@register.simple_tag
def due(value: dt.date | None, closed: bool = False, today: dt.date | None = None) -> SafeString:
    """A deadline with how late or how near it is; a closed matter shows the day alone."""
    if value is None or closed:
        return date(value)
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    category, words = formats.due_words(day, today or timezone.localdate())
    mark = state(words, category) if category != "open" else format_html('<span class="tz-muted">{}</span>', words)
    return format_html('<span class="tz-due">{} {}</span>', date(day), mark)


@register.simple_tag
def progress(done: formats.Number, total: formats.Number = 1, label: str = "完成") -> SafeString:
    """A bar with its figures in words: 37/52 71%. With ``total`` 1, ``done`` is a ratio.

    The percent is cut, not rounded: 999 of 1,000 is not yet 100 %.
    """
    part, whole = formats.to_decimal(done), formats.to_decimal(total)
    if part is None or not whole:
        return _figure(formats.MISSING, "")
    counted = "" if whole == 1 else f"{formats.number_text(part)}/{formats.number_text(whole)}"
    bar = format_html('<progress value="{}" max="1" aria-label="{}"></progress>', f"{part / whole:.4f}", label)
    return format_html(
        '<span class="tz-progress">{}{}<span class="tz-num tz-muted">{}%</span></span>',
        bar,
        format_html('<span class="tz-num">{}</span>', counted) if counted else "",
        int(part / whole * 100),
    )


@register.simple_tag
def drill(text: Any, url: str, unit: str = "", decimals: int | None = None) -> SafeString:
    """A figure that opens the rows behind it. Words pass as they are; — has no rows and no link."""
    shown = text if isinstance(text, str) else formats.number_text(text, decimals)
    if shown == formats.MISSING or not url:
        return _figure(shown, unit)
    return format_html('<a class="tz-drill" href="{}" title="查看来源记录">{}</a>', url, _figure(shown, unit))


@register.simple_tag
def spark(values: Sequence[formats.Number], label: str) -> SafeString:
    """A small trend line for a table cell; ``label`` says in words what it shows."""
    lines = format_html_join("", '<polyline points="{}"></polyline>', ((line,) for line in charts.sparkline(values)))
    return format_html('<svg class="tz-spark" viewBox="0 0 96 20" role="img" aria-label="{}">{}</svg>', label, lines)


@register.simple_tag
def cell(column: Column, value: Any) -> SafeString:
    """One table cell's content by the column's kind."""
    return CELLS[column.kind](column, value)


def _text(column: Column, value: Any) -> SafeString:
    if value is None or value == "":
        return mark_safe(formats.MISSING)
    # A number plate like AQ-2026-0418 or a telephone number stays on one line; a browser would break it at its hyphens.
    if isinstance(value, str) and value.isascii() and len(value) <= CODE_LENGTH:
        return format_html('<span class="tz-code">{}</span>', value)
    return conditional_escape(value)


def _pair(show: Callable[..., SafeString]) -> Callable[[Column, Any], SafeString]:
    """A cell whose value is the tuple of the tag's arguments, or the first of them alone; None is missing."""

    def draw(column: Column, value: Any) -> SafeString:
        if value is None:
            return _text(column, None)
        return show(*value) if isinstance(value, tuple) else show(value)

    return draw


def _link(text: str, url: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


# Column kind → how its value is drawn. A unit stands in the header, not in every cell.
CELLS: dict[str, Callable[[Column, Any], SafeString]] = {
    "text": _text,
    "number": lambda column, value: number(value, "", column.decimals),
    "percent": lambda column, value: _figure(
        formats.percent_text(value, 2 if column.decimals is None else column.decimals), ""
    ),
    "money": lambda column, value: _figure(formats.money_text(value, column.unit or "元"), ""),
    "date": lambda column, value: date(value),
    "due": lambda column, value: due(*value) if isinstance(value, tuple) else due(value),
    "state": _pair(state),
    "link": _pair(_link),
    "drill": lambda column, value: (
        _text(column, None) if value is None else drill(value[0], value[1], "", column.decimals)
    ),
    "progress": _pair(progress),
    "spark": _pair(spark),
}


@register.inclusion_tag("ui/parts/table.html", takes_context=True)
def table(context: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """A list with sortable headers; the current order is the address's ``sort``."""
    return {"table": table, "request": context.get("request")}


@register.inclusion_tag("ui/parts/th.html", takes_context=True)
def th(context: Mapping[str, Any], label: str, sort: str = "", numeric: bool = False, unit: str = "") -> dict[str, Any]:
    """A header cell; with ``sort`` it is a link that keeps the rest of the address."""
    request: HttpRequest | None = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    order = {sort: "ascending", f"-{sort}": "descending"}.get(current, "") if sort else ""
    url = _address(request, sort=f"-{sort}" if order == "ascending" else sort, page=None) if sort else ""
    return {"label": label, "url": url, "order": order, "numeric": numeric, "unit": unit}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], page: Page, target: str = "list") -> dict[str, Any]:
    """Page x of y, total and page size; ``page`` is Django's."""
    request = context.get("request")
    shown = sorted({1, page.number - 1, page.number, page.number + 1, page.paginator.num_pages})
    numbers = [number for number in shown if 1 <= number <= page.paginator.num_pages]
    sizes = [(size, _address(request, size=size, page=None)) for size in PAGE_SIZES]
    return {
        "page": page,
        "target": target,
        "numbers": [(number, _address(request, page=number)) for number in numbers],
        "previous": _address(request, page=page.number - 1) if page.has_previous() else "",
        "next": _address(request, page=page.number + 1) if page.has_next() else "",
        "sizes": sizes if page.paginator.count > PAGE_SIZES[0] else [],
    }


@register.inclusion_tag("ui/parts/filters.html", takes_context=True)
def filters(context: Mapping[str, Any], form: BaseForm, target: str = "list") -> dict[str, Any]:
    """A filter bar over a GET form; the list with id ``target`` is replaced as the user chooses.

    Many fields would push the list off a phone's screen: those after the fourth wait behind one word, unless they are set.
    """
    request = context.get("request")
    kept = [(key, request.GET[key]) for key in ("sort", "size") if request and key in request.GET]
    fields = form.visible_fields()
    cut = SHOWN_FILTERS if len(fields) > SHOWN_FILTERS + 1 else len(fields)
    return {
        "form": form,
        "shown": fields[:cut],
        "more": fields[cut:],
        "more_used": any(_is_set(bound) for bound in fields[cut:]),
        "used": any(_is_set(bound) for bound in fields),
        "target": target,
        "kept": kept,
        "path": request.path if request else "",
    }


@register.inclusion_tag("ui/parts/menu.html", takes_context=True)
def menu(context: Mapping[str, Any]) -> dict[str, Any]:
    """The left menu from the context's ``menu``; a group is open when it holds the page or says ``open``."""
    groups = context.get("menu") or ()
    opened = [
        {**group, "open": group.get("open") or any(item.get("active") for item in group["items"])} for group in groups
    ]
    return {"groups": opened}


@register.inclusion_tag("ui/forms/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """One field: label, required mark, control with unit, help, error."""
    return {"field": field}


@register.inclusion_tag("ui/parts/form_body.html")
def form(form: BaseForm, columns: int = 2) -> dict[str, Any]:
    """All fields in columns. ``form.sections`` [(title, names)] groups them; the rest follow in a last section."""
    named = list(getattr(form, "sections", ()))
    taken = {name for _, names in named for name in names}
    rest = [bound.name for bound in form.visible_fields() if bound.name not in taken]
    if rest:
        named.append(("其他" if named else "", rest))
    sections = [(title, [form[name] for name in names if name in form.fields]) for title, names in named]
    return {"form": form, "columns": columns, "sections": sections}


@register.inclusion_tag("ui/parts/callout.html")
def callout(level: str, title: Any, body: str = "", remedy: str = "") -> dict[str, Any]:
    """A notice: what, and what to do. Levels info, success, warning, error."""
    level = LEVEL_ALIASES.get(level, level)
    return {"level": level, "icon": LEVELS[level], "title": title, "body": body, "remedy": remedy}


@register.inclusion_tag("ui/parts/problem.html")
def problem(problem: Any) -> dict[str, Any]:
    """What went wrong, where, and what to do: a kernel Problem or Problems, its dict, or a list of either."""
    several = problem.get("problems") if isinstance(problem, Mapping) else getattr(problem, "problems", None)
    return {"problems": several or (problem if isinstance(problem, Sequence) else [problem])}


@register.inclusion_tag("ui/parts/stat.html")
def stat(tile: Mapping[str, Any]) -> dict[str, Any]:
    """One headline figure: ``label``, ``value`` (text or number), ``unit``, ``decimals``, ``note``, ``url``, ``change``."""
    return {"tile": tile}


@register.inclusion_tag("ui/parts/chart.html")
def chart(anchor: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """A chart (bar, hbar, line, small) with its data table; ``data`` as in taizhang.ui.charts.prepared.

    ``anchor`` is the figure's id on the page.
    """
    return {
        "id": anchor,
        "kind": kind,
        "data": data,
        "json": _script_json(charts.prepared(kind, data)),
        "rows": charts.table_of(data),
        "unit": "%" if data.get("percent") else data.get("unit", ""),
    }


@register.inclusion_tag("ui/parts/marked.html")
def marked(anchor: str, text: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A document's text with coloured marks beside their list.

    Each item: ``id``, ``kind``, ``start``, ``end``, ``title``; ``note`` and ``url`` when there is more to say or do.
    """
    return {
        "id": anchor,
        "segments": marks.segments(text, items),
        "items": [{**item, "word": marks.KINDS[item["kind"]]} for item in items],
        "counts": marks.counts(items),
    }


def _is_set(bound: BoundField) -> bool:
    return bound.value() not in (None, "", [])


def _figure(text: str, unit: str, title: str = "") -> SafeString:
    """Digits and unit as one unbreakable piece; no unit behind a missing value."""
    hint = format_html(' title="{}"', title) if title else ""
    suffix = format_html('<span class="tz-unit">{}</span>', unit) if unit and text != formats.MISSING else ""
    return format_html('<span class="tz-num"{}>{}{}</span>', hint, text, suffix)


def _address(request: HttpRequest | None, **changes: Any) -> str:
    """The current query string with some keys set, or taken out when None."""
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


def _script_json(value: Any) -> SafeString:
    """JSON that cannot close the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return mark_safe(text)
