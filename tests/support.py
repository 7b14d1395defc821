"""Builders that tests share: a small county and its cast. Plain functions, no fixtures files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_folder
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import assign_post, create_user, load_units
from taizhang.org.models import Unit, User

PACKS = Path(__file__).resolve().parent.parent / "src" / "taizhang" / "packs"
START = date(2020, 1, 1)

UNITS = """编码,名称,类型,上级编码,启用日期,停用日期
B1,测试县教育局,教育局,,2000-01-01,
K1,办公室,科室,B1,2000-01-01,
K2,安全管理科,科室,B1,2000-01-01,
K3,计划财务科,科室,B1,2000-01-01,
D1,城关学区,学区,B1,2000-01-01,
D2,河东学区,学区,B1,2000-01-01,
S1,第一小学,小学,D1,2000-01-01,
S2,第二小学,小学,D1,2000-01-01,
S3,河东中学,初级中学,D2,2000-01-01,
"""


@dataclass
class County:
    """The cast: who must succeed, who owns, who is a neighbour, who is a stranger."""

    office: User
    safety: User
    finance: User
    chief: User
    own: User
    other: User
    district: User
    inspector: User
    stranger: User
    root: User

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(code=code)


def make_county() -> County:
    """The core pack, nine units and ten people.

    ``own`` keeps 第一小学 (S1), ``other`` 第二小学 (S2, same district), ``stranger`` has an account and no post.
    """
    apply_pack(pack=read_folder(PACKS / "core"), by_name="测试")
    load_units(table=table_from_bytes(UNITS.encode(), "units.csv"), by=None)
    posts = {
        "office": ("K1", "办公室"),
        "safety": ("K2", "科室"),
        "finance": ("K3", "科室"),
        "chief": ("B1", "局长"),
        "own": ("S1", "学校"),
        "other": ("S2", "学校"),
        "district": ("D1", "学区"),
        "inspector": ("D1", "督学"),
    }
    people = {name: create_user(username=name, name=f"{role}{name}", by=None) for name, (_, role) in posts.items()}
    for name, (code, role) in posts.items():
        assign_post(user=people[name], unit=Unit.objects.get(code=code), role=role, since=START, by=None)
    return County(
        **people,
        stranger=create_user(username="stranger", name="无岗位", by=None),
        root=create_user(username="root", name="管理员", by=None, superuser=True),
    )
