"""Facts are the same, whether tasks are asked for one by one or by their plans."""

import pytest

from taizhang.plans import actions, lights
from taizhang.plans.models import Task
from tests.plans.year import task_due
from tests.support import make_county

pytestmark = pytest.mark.django_db


def test_thousands_are_read_by_plan_with_the_same_facts_as_a_few_by_key(monkeypatch):
    county = make_county()
    one, other = task_due(county, "2026-06-30"), task_due(county, "2026-09-30")
    for task in (one, other):
        actions.edit_target(task=task, subject="面积", value="9", comparator=">=", by=county.office)
        actions.set_milestone(task=task, name="开工", due="2026-03-01", by=county.office)
    few = lights.facts_of(Task.objects.filter(pk=one.pk)), lights.facts_of(Task.objects.all())
    monkeypatch.setattr(lights, "FEW", 0)
    assert (lights.facts_of(Task.objects.filter(pk=one.pk)), lights.facts_of(Task.objects.all())) == few
    assert few[0][one.pk].milestones and set(few[1]) == {one.pk, other.pk}
