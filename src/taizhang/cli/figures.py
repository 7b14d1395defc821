"""``value``, ``rows``, ``write``, ``trace``, ``layout``: figures and the texts that quote them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from taizhang.cli.shared import FINDINGS, OK, Add, acting_user, print_json, start_django
from taizhang.kernel.errors import Problem


def commands(add: Add) -> None:
    command = add("value", value, "指标的值")
    command.add_argument("indicator", metavar="INDICATOR")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", metavar="P")
    command.add_argument("--by", metavar="DIM", help="按维度分列")
    command.add_argument("--below", metavar="LEVEL", help="按下级分列：学区、学校")
    command.add_argument("--engine", choices=["duckdb", "spark", "reference"], default="duckdb")
    command.add_argument("--build", metavar="ID", help="留存的数据版本或快照名称：用当时的数据和当时的口径")
    command.add_argument("--version", metavar="V", help="按指定的口径版本计算，而不是期间当时的")
    command.add_argument("--warehouse", type=Path, metavar="DIR", help="合并来的数据仓，不用本安装的数据库")
    command.add_argument("--json", action="store_true")
    command = add("rows", rows, "指标背后的记录")
    command.add_argument("indicator", metavar="INDICATOR")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", required=True, metavar="P")
    command.add_argument("--build", metavar="ID", help="留存的数据版本或快照名称")
    command.add_argument("--json", action="store_true")
    command = add("write", write, "按模板写稿，数字全部有出处")
    command.add_argument("template", metavar="TEMPLATE")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", required=True, metavar="P")
    command.add_argument("--out", type=Path, required=True, metavar="F.docx")
    command.add_argument("--by", metavar="USER")
    command = add("layout", layout, "版式：一份 .docx 哪些地方不合 GB/T 9704-2012；有不合时退出码为 1")
    command.add_argument("file", type=Path, metavar="FILE.docx")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command = add("audit", audit, "对照：总结回答了要点的哪些承诺，哪些话没有依据；有没提到或没依据的时退出码为 1")
    command.add_argument("file", type=Path, metavar="SUMMARY.docx")
    command.add_argument("--plan", type=Path, required=True, metavar="PLAN.docx")
    command.add_argument("--out", type=Path, metavar="OUT.xlsx", help="写一个表格")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command = add("trace", trace, "退回的稿件里哪些数字被改过；有改动时退出码为 1")
    command.add_argument("file", type=Path, metavar="F.docx")
    command.add_argument("--json", action="store_true")


def value(arguments: argparse.Namespace) -> int:
    start_django(database=not arguments.warehouse)
    from taizhang.indicators.queries import figures_below, figures_by, value_for
    from taizhang.warehouse.exchange import warehouse_at

    name, unit, period = arguments.indicator, arguments.unit, arguments.period
    user = None if arguments.warehouse else acting_user(None)
    build = warehouse_at(arguments.warehouse) if arguments.warehouse else arguments.build
    read = {"engine": arguments.engine, "build": build, "version": arguments.version}
    if arguments.below:
        return _print_figures(figures_below(user, name, unit, period, arguments.below, **read), arguments)
    if arguments.by:
        return _print_figures(figures_by(user, name, unit, period, arguments.by, **read), arguments)
    figure = value_for(user, name, unit, period, **read)
    print_json(figure.as_dict()) if arguments.json else print(figure)
    if figure.remark:
        print(figure.remark, file=sys.stderr)
    return OK


def _print_figures(figures: list[Any], arguments: argparse.Namespace) -> int:
    print_json([figure.as_dict() for figure in figures]) if arguments.json else print("\n".join(map(str, figures)))
    return OK


def rows(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.indicators.source_rows import rows_for

    found = rows_for(acting_user(None), arguments.indicator, arguments.unit, arguments.period, build=arguments.build)
    if arguments.json:
        print_json(found)
    else:
        for row in found:
            print("\t".join("" if cell is None else str(cell) for cell in row.values()))
        print(f"共 {len(found)} 行", file=sys.stderr)
    return OK


def write(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.reports.actions import write_report

    report = write_report(
        template=arguments.template,
        unit=arguments.unit,
        period=arguments.period,
        by=acting_user(arguments.by),
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(report.docx_bytes())
    print(f"{report.title}：{len(report.bindings)} 个数字有出处 → {arguments.out}", file=sys.stderr)
    return OK


def layout(arguments: argparse.Namespace) -> int:
    from taizhang.reports.deviations import layout_of

    found = layout_of(arguments.file)
    if arguments.json:
        print_json([item.as_dict() for item in found])
    else:
        for item in found:
            place = f"第 {item.where} 段" if item.where else "全文"
            print(f"{item.rule}\t应为 {item.wanted}\t现为 {item.found}\t{place}，共 {item.times} 处\t{item.remedy}")
        print(f"{len(found)} 类不合" if found else "版式符合 GB/T 9704-2012", file=sys.stderr)
    return FINDINGS if found else OK


def audit(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.catalog.current import catalog
    from taizhang.reading import read
    from taizhang.reports import audit as auditing

    names = {one.title for one in catalog().indicators.values()} | {one.name for one in catalog().registers.values()}
    promises = auditing.promises_of_reading(read(arguments.plan))
    text = read(arguments.file).source.text
    found = auditing.audit(text, promises, bound=_bound_in(arguments.file, text), names=names)
    if arguments.out:
        arguments.out.write_bytes(auditing.as_xlsx(found))
    if arguments.json:
        print_json(found.as_dict())
    else:
        for answer in found.answers:
            if answer.verdict != auditing.ANSWERED:
                print(f"{answer.verdict}\t{answer.title}\t{answer.asked}")
        for claim in found.claims:
            if claim.verdict == auditing.UNBACKED:
                print(f"{claim.verdict}\t{claim.text}")
    silent, unbacked = found.count(auditing.SILENT), found.count(auditing.UNBACKED)
    print(
        f"{len(found.answers)} 项承诺，{silent} 项没有提到；{len(found.claims)} 句带数字，{unbacked} 句没有依据",
        file=sys.stderr,
    )
    return FINDINGS if silent or unbacked else OK


def _bound_in(file: Path, text: str) -> set[str]:
    """The sentences whose numbers are bound, when the file is one that this system wrote."""
    from taizhang.reports.audit import bound_sentences
    from taizhang.reports.trace import carried_by

    try:
        return bound_sentences(text, carried_by(file.read_bytes(), file.name))
    except Problem:
        return set()


def trace(arguments: argparse.Namespace) -> int:
    from taizhang.reports.trace import trace as trace_docx

    found = trace_docx(arguments.file)
    if arguments.json:
        print_json(found)
    else:
        for item in found:
            if item["verdict"] != "kept":
                print(
                    f"{item['verdict_text']}\t{item.get('label', '')}\t{item.get('bound', '')}\t{item.get('found', '')}"
                )
        print(f"{sum(item['verdict'] == 'kept' for item in found)} 个数字未动", file=sys.stderr)
    return OK if all(item["verdict"] == "kept" for item in found) else FINDINGS
