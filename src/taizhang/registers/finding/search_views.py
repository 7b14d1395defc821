"""The search page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taizhang.registers.finding.search import MOST_HITS, SOURCES, search, with_text
from taizhang.registers.finding.words import LONGEST_QUERY, terms
from taizhang.registers.requests import Request

FIRST, PAGE_SIZE = 5, 20


def page(request: Request) -> HttpResponse:
    """What was found: the first few of every kind, or one kind page by page."""
    query, kind = request.GET.get("q", "").strip()[:LONGEST_QUERY], request.GET.get("kind", "")
    kind = kind if kind in SOURCES else ""
    found, here = search(request.user, query), reverse("search")
    tabs = [{"label": "全部", "url": f"{here}?{urlencode({'q': query})}", "active": not kind}]
    groups, leafed = [], None
    for key, result in found.items():
        url = f"{here}?{urlencode({'q': query, 'kind': key})}"
        count = f"{MOST_HITS}+" if result.is_capped else len(result.hits)
        if result.hits or key == kind:
            badge = None if result.is_capped else len(result.hits)
            label = f"{SOURCES[key][0]} {count}" if result.is_capped else SOURCES[key][0]
            tabs.append({"label": label, "url": url, "active": key == kind, "badge": badge})
        if kind not in ("", key) or not result.hits:
            continue
        if kind:
            leafed = Paginator(result.hits, PAGE_SIZE).get_page(request.GET.get("page"))
        shown = list(leafed) if leafed else result.hits[:FIRST]
        if key == "document":
            shown = with_text(shown, terms(query))
        more = 0 if kind else max(0, len(result.hits) - FIRST)
        groups.append({"title": SOURCES[key][0], "hits": shown, "more": more, "url": url, "capped": result.is_capped})
    context = {"query": query, "tabs": tabs if found else [], "groups": groups, "page": leafed, "most": MOST_HITS}
    return render(request, "registers/finding/search.html", context)
