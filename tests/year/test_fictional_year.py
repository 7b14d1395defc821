"""A plan is accepted on the desk and run through a year by a script of events; at mid-year and at the year's end the leader's
page, every letter and the appraisal say what an independent calculation of the same events says.

The same comparison over any plan document: ``python scripts/run_year.py FILE``.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support import make_county
from tests.year import envelope as on_paper
from tests.year.events import LAST, MIDDLE, SECTIONS, script_for
from tests.year.play import SPANS, Played

HERE = Path(__file__).parent


@pytest.mark.django_db
def test_the_pages_say_what_the_envelope_says(settings, tmp_path):
    settings.FILES = settings.WAREHOUSE = tmp_path
    settings.CATALOG_FRESH_SECONDS = 3600.0
    played, seen = Played(make_county(), (HERE / "example.txt").read_bytes(), "要点.txt"), {}
    for day, envelope in played.run():
        page, names = played.leader_page(day), {played.county.unit(code).name: code for code in SECTIONS}
        assert {**page, "units": {names[name]: counts for name, counts in page["units"].items()}} == {
            **envelope.leader_page(day), "units": {code: counts for code, counts in envelope.leader_page(day)["units"].items() if any(counts)},
        }  # fmt: skip
        assert played.letters() == [(item.name, item.number, item.unit, item.day) for item in envelope.letters]
        assert played.appraise(day) == envelope.scores(played.script, SPANS[day], day)
        seen[day] = (page["counts"], len(envelope.letters), envelope.scores(played.script, SPANS[day], day))
    # Written down, so that the envelope itself cannot drift.
    assert seen[MIDDLE] == (
        {"逾期": 0, "滞后": 3, "正常": 4, "已完成": 2}, 4,
        {"K1": ("69.00", 3, "合格"), "K2": ("93.50", 2, "良好"), "K3": ("96.75", 1, "优秀")},
    )  # fmt: skip
    assert seen[LAST] == (
        {"逾期": 1, "滞后": 1, "正常": 0, "已完成": 6}, 20,
        {"K1": ("87.50", 1, "良好"), "K2": ("59.50", 3, "不合格"), "K3": ("60.58", 2, "合格")},
    )  # fmt: skip


def test_the_envelope_knows_nothing_of_the_program():
    for name in ("envelope.py", "events.py"):
        tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not [module for module in imported if module.startswith(("taizhang", "django"))], name


def test_the_script_leaves_nothing_out():
    """Every kind of deed, of task and of fate happens in a year of two dozen tasks."""
    script = script_for(24)
    assert {item.deed for item in script.happenings} == {
        "report",
        "step",
        "actual",
        "finish",
        "cancel",
        "reopen",
        "extend",
        "answer",
    }
    assert any(task.deadline is None for task in script.tasks) and any(len(task.leads) > 1 for task in script.tasks)
    assert on_paper.rounded(on_paper.Fraction(5, 1000)) == on_paper.Fraction(1, 100)
