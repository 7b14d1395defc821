"""``standard``, ``quality``: schools against a standard, and the questions that data raise."""

from __future__ import annotations

import argparse

from taizhang.cli.shared import FINDINGS, OK, Add, acting_user, print_json, start_django


def commands(add: Add) -> None:
    command = add("standard", standard, "逐校对照标准；有未达标的学校或差异系数时退出码为 1")
    command.add_argument("standard", metavar="STANDARD")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", metavar="P")
    command.add_argument("--json", action="store_true")
    command = add("quality", quality, "数据质量：哪些记录自相矛盾、离群、未填报、逾期；有错误或未填报时退出码为 1")
    command.add_argument("register", metavar="REGISTER", nargs="?", help="不写时检查所有有规则的台账")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", metavar="P")
    command.add_argument("--json", action="store_true")


def standard(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.standards.queries import board_for

    board = board_for(acting_user(None), arguments.standard, arguments.unit, arguments.period)
    if arguments.json:
        print_json(board.as_dict())
    else:
        for line in board.lines:
            print(f"{line.part.name}\t{line.part.stage}\t{line.word}\t{line.met}/{line.asked}\t{line.gaps}")
        for spread in board.spreads:
            verdict = {True: "达到", False: "未达到", None: ""}[spread.met]
            print(f"{spread.stage}\t{spread.resource.spread}\t{spread.cv:.4f}\t{verdict}")
    return FINDINGS if board.state == "failed" else OK


def quality(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.kernel.periods import Period
    from taizhang.standards.quality import checked_registers, report_for
    from taizhang.standards.queries import unit_for

    user = acting_user(None)
    unit = unit_for(user, arguments.unit)
    period = Period.parse(arguments.period) if arguments.period else None
    codes = [arguments.register] if arguments.register else [item.code for item in checked_registers(user)]
    reports = [report_for(user, code, unit, period) for code in codes]
    if arguments.json:
        print_json([report.as_dict() for report in reports])
    else:
        for report in reports:
            print(f"{report.register.name}\t{report.period.label}\t有数据 {report.coverage}")
            for item in report.findings:
                print(f"  {item.word}\t{item.unit_name}\t{item.where}\t{item.message}\t{item.said}")
    return FINDINGS if any(item.level != "warning" for report in reports for item in report.findings) else OK
