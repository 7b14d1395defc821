"""The log is written by two doors; both leave the same line."""

import pytest

from taizhang.events import actions
from taizhang.events.models import Event
from tests.support import make_county

pytestmark = pytest.mark.django_db
COLUMNS = [field.attname for field in Event._meta.concrete_fields if not field.primary_key]


def test_a_line_of_a_bulk_action_is_written_as_a_single_event_is():
    county = make_county()
    for by in (county.safety, None):
        actions.record(
            "tests.log.told",
            by=by,
            subject="test:1",
            label="隐" * 300,
            unit_code="S1",
            register_code="safety_hazard",
            found=["甲"],
            reason="核对",
        )
        actions.record_many(
            [("tests.log.told", "test:1", "隐" * 300, "S1", "safety_hazard", {"found": ["甲"], "reason": "核对"})],
            by=by,
        )
        one, other = Event.objects.filter(action="tests.log.told").order_by("-id")[:2]
        assert other.at <= one.at
        for name in {*COLUMNS} - {"at"}:
            assert getattr(one, name) == getattr(other, name), name


def test_a_line_names_every_column_of_the_log(monkeypatch):
    told = {}
    monkeypatch.setattr(actions, "insert", lambda model, columns, rows: told.update(columns=columns, rows=list(rows)))
    actions.record_many([("tests.log.told", "test:1", "", "", "", {})], by=None)
    assert {*told["columns"]} == {*COLUMNS} and [len(row) for row in told["rows"]] == [len(COLUMNS)]
