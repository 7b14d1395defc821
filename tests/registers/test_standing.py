"""A file that is kept waits for nobody, though its record is open and could go further."""

import pytest

from taizhang.catalog.actions import plan_pack
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record
from taizhang.registers.queries import owed_by
from taizhang.registers.steps import take_step

pytestmark = pytest.mark.django_db
BUS = """
register: bus
name: 校车名册
kind: roster
fields:
  - {name: 车牌号, type: text, required: true, unique: true}
lifecycle:
  initial: 待审
  states: {待审: open, 在用: open, 停用: closed}
  standing: 在用
  transitions:
    - {name: 审核通过, from: 待审, to: 在用, by: 科室}
    - {name: 停用, from: 在用, to: 停用, by: 科室}
"""


def test_what_waits_is_on_the_desk_and_what_stands_is_not(county, install):
    install(bus=BUS)
    bus = create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "浙C00001"}, by=county.own).record
    assert [owed.steps for owed in owed_by(county.safety)] == [("审核通过",)]
    take_step(record=bus, step="审核通过", by=county.safety)
    assert owed_by(county.safety) == []
    assert take_step(record=bus, step="停用", by=county.safety).record.state == "停用"


def test_a_standing_state_that_does_not_exist_is_refused_with_its_line(county):
    files = {
        "pack.yaml": "name: local\nversion: '1'\ntitle: 本地\n",
        "registers/bus.yaml": BUS.replace("standing: 在用", "standing: 在役"),
    }
    with pytest.raises(Problem, match=r"bus\.yaml:\d+.*在役"):
        plan_pack(read_files(files))
