"""How long a long report takes: 200 pages with 3,000 bound numbers, rendered, drawn and traced.

``python bench/reports/run.py [--numbers N]``. Beside it, in the same run, a peer: python-docx writing the same text as plain
paragraphs, whose numbers know nothing of where they come from. Budget: 30 s for writing.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["TAIZHANG_HOME"] = tempfile.mkdtemp(prefix="taizhang-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")

import django
from docx import Document

BUDGET = 30
# Sections a chapter.
CHAPTER = 20
# One sixth of a section is a figure; the prose around it fills a page with fifteen numbers.
PROSE = "各学校按照年度工作要点抓重点补短板守底线，把每项任务落到人落到时间落到结果，" * 2
INDICATORS = ("在校生数", "专任教师数", "学校数", "班数", "招生数")


def template(numbers: int) -> str:
    """Sections of five numbers each, and the prose that carries them."""
    figures = "，".join(f'{name}{{{{ 值("{name}") }}}}' for name in INDICATORS)
    section = f"### 一个方面\n\n{PROSE}\n{figures}。{PROSE}{PROSE}\n\n"
    return "# 年度工作总结\n\n" + ("## 一章\n" + section * CHAPTER) * (numbers // len(INDICATORS) // CHAPTER)


def ours(numbers: int) -> bytes:
    from tests.reports.fakes import COUNTY, YEAR, FakeSources

    from taizhang.reports.paper import docx
    from taizhang.reports.template import render

    sources = FakeSources()
    written = render(template(numbers), file="reports/long.txt", sources=sources, unit=COUNTY, period=YEAR)
    return docx(written, sources, COUNTY)


def peer(numbers: int) -> bytes:
    """python-docx alone: the same text written as plain paragraphs, no number bound, no layout of the standard."""
    plain = Document()
    for index in range(numbers // len(INDICATORS)):
        plain.add_heading("一个方面", 2)
        plain.add_paragraph(PROSE)
        figures = "，".join(f"{word}{1000 + index}" for word in INDICATORS)
        plain.add_paragraph(f"{figures}。{PROSE}{PROSE}")
    target = io.BytesIO()
    plain.save(target)
    return target.getvalue()


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> int:
    django.setup()
    from taizhang.reports.trace import trace_bytes

    parser = argparse.ArgumentParser()
    parser.add_argument("--numbers", type=int, default=3000)
    numbers = parser.parse_args().numbers
    seconds, data = timed(lambda: ours(numbers))
    assert isinstance(data, bytes)
    traced, found = timed(lambda: trace_bytes(data, "long.docx"))
    beside, _ = timed(lambda: peer(numbers))
    assert isinstance(found, list) and {item["verdict"] for item in found} == {"kept"}
    print(
        f"{len(found)} bound numbers, {len(data) / 1e6:.1f} MB: written in {seconds:.1f} s (budget {BUDGET}), traced in {traced:.1f} s"
    )
    print(f"python-docx with the same text, unbound: {beside:.1f} s")
    return 0 if seconds < BUDGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
