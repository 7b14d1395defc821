"""Whatever the wording: a right number is left alone, a wrong one is found."""

import re

import pytest

from tests.reading.test_clean_prose import alarms
from tests.reading.wordings import PLAIN, WORDINGS

SENTENCES = [sentence for sentences in WORDINGS.values() for sentence in sentences]
_TWO = re.compile(r"«([^|»]*)\|([^»]*)»")


def printed(sentence: str, reading: int) -> str:
    """The passage with the right number (1) or the wrong one (2)."""
    return f"情况通报\n{_TWO.sub(lambda found: found[reading], sentence)}\n"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_right_number_raises_no_alarm(sentence):
    assert alarms(printed(sentence, 1)) == []


@pytest.mark.parametrize("sentence", PLAIN)
def test_numbers_that_need_not_fit_raise_no_alarm(sentence):
    assert alarms(f"情况通报\n{sentence}\n") == []


def test_nearly_every_wrong_number_is_found():
    missed = [sentence for sentence in SENTENCES if not alarms(printed(sentence, 2))]
    assert len(missed) * 100 <= 3 * len(SENTENCES), missed


def test_each_sentence_has_two_readings_and_there_are_enough():
    assert len(set(SENTENCES)) == len(SENTENCES) >= 150
    assert all(len(_TWO.findall(sentence)) == 1 for sentence in SENTENCES)


def test_correct_passages_of_one_report_raise_no_alarm_together():
    text = "".join(printed(sentence, 1) for sentence in SENTENCES[::4])
    assert [found for found in alarms(text) if "前后不一致" not in str(found)] == []


@pytest.mark.parametrize(
    "text",
    [
        "参训教师320人，学生620人次，合计950人。",
        "走访家庭86户，慰问学生120人次、家长96人，共计226人次。",
        "受教育学生1260人次，其中教师320人。",
    ],
)
def test_persons_and_person_times_are_never_added(text):
    assert alarms(f"情况通报\n{text}\n") == []
