"""A scheme for the county of the tests, and a round of it."""

from __future__ import annotations

from datetime import date

from taizhang.appraisal import actions
from taizhang.appraisal.models import Round, Sheet
from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from tests.support import County

DAY = date(2026, 11, 2)
PACK = "name: local\nversion: '1'\ntitle: 本局\nrequires: {core: '>=1'}\n"
SCHEME = """scheme: small
name: 学校考核
groups:
  - {name: 小学组, kinds: [小学]}
  - {name: 中学组, kinds: [初级中学]}
sections:
  - name: 安全
    weight: 60
    items:
      - {name: 隐患, kind: measured, points: 20, formula: "满分 * coalesce(隐患整改率, 1)", rule: 整改率乘满分}
      - {name: 检查, kind: judged, points: 40, judge: 安全管理科, evidence: true, rule: 逐项查看}
  - name: 管理
    items:
      - {name: 预算, kind: judged, points: 40, judge: 计划财务科}
adjustments:
  - {name: 表彰, kind: add, each: 2, max: 6}
  - {name: 通报, kind: deduct, each: 3, max: 9, judge: 安全管理科}
vetoes:
  - {name: 督导扣分, effect: deduct, points: 4, by: 督导室}
  - {name: 安全事故, effect: fail, by: 安全管理科}
  - {name: 违纪, effect: bar, band: 良好, by: 办公室}
bands:
  - {name: 优秀, at_least: 90, share: 0.5}
  - {name: 良好, at_least: 80}
  - {name: 合格, at_least: 60}
  - {name: 不合格, at_least: 0}
"""


def release(text: str = SCHEME) -> None:
    apply_pack(pack=read_files({"pack.yaml": PACK, "appraisal/small.yaml": text}), by_name="测试")


def opened(county: County, day: date = DAY) -> Round:
    """A round of the small scheme for the three schools."""
    release()
    return actions.open_round(scheme="small", period="2026", by=county.office, today=day)


def sheet_of(round_: Round, code: str) -> Sheet:
    return Sheet.objects.select_related("round", "round__unit").get(round=round_, code=code)


def judged(round_: Round, county: County, day: date = DAY, **totals: str) -> None:
    """Every judged line of the three schools: full points, and ``S1="30"`` for that school's 预算."""
    for code in ("S1", "S2", "S3"):
        sheet = sheet_of(round_, code)
        actions.judge(sheet=sheet, item="检查", points="40", by=county.safety, today=day)
        points = totals.get(code, "40")
        actions.judge(sheet=sheet, item="预算", points=points, note="执行进度", by=county.finance, today=day)
