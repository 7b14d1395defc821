"""Several people at once, on real connections."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from tests.registers.conftest import HAZARD, sheet
from tests.support import make_county

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE, EACH = 4, 5


@pytest.fixture
def county(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("threads cannot share SQLite's test database in memory")
    return make_county()


def together(work: Callable[[int], None]) -> list[Exception]:
    """Run ``work(n)`` in so many threads at the same moment; what they raised."""
    gate, raised = Barrier(PEOPLE), list[Exception]()

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except Exception as wrong:  # handed to the test, which judges it
            raised.append(wrong)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_numbers_are_never_given_twice(county):
    unit = county.unit("S1")

    def work(number: int) -> None:
        for _ in range(EACH):
            create_record(register="safety_hazard", unit=unit, values=HAZARD, by=county.own)

    assert together(work) == []
    numbers = sorted(Record.objects.values_list("number", flat=True))
    assert numbers == [f"AQ-2026-{seq:04d}" for seq in range(1, PEOPLE * EACH + 1)]


def test_of_those_who_save_the_same_revision_one_wins_and_the_others_are_told(county):
    record = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record

    def work(number: int) -> None:
        edit_record(record=record, values={"隐患部位": f"{number}楼"}, by=county.own, revision=1)

    raised = together(work)
    assert len(raised) == PEOPLE - 1 and all(isinstance(wrong, Problem) for wrong in raised)
    assert all("已被改动" in str(wrong) for wrong in raised)
    record.refresh_from_db()
    assert record.revision == 2 and record.versions.count() == 2


def test_two_sheets_on_the_same_records_follow_each_other(county):
    head = "编号,隐患部位"
    create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own)

    def work(number: int) -> None:
        load_table("safety_hazard", sheet(head, f"AQ-2026-0001,{number}楼"), county.own)

    assert together(work) == []
    record = Record.objects.get()
    assert record.revision == PEOPLE + 1 == record.versions.count()
