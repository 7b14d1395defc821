"""The number layers of a text that is one article, without the layers above them."""

from taizhang.reading import check, read_text
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.model import Finding, Quantity, Relation
from taizhang.reading.numbercheck import find_doubts
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.quantities import find_quantities
from taizhang.reading.relations import beliefs_of, deltas_of, find_relations


def passage_of(text: str) -> Passage:
    """The numbers of ``text`` with what stands around them."""
    return Passage(text, 0, len(text), find_quantities(text, 0, len(text)))


def around(text: str) -> Surroundings:
    """The same, as the learned weights look at them."""
    passage = passage_of(text)
    return Surroundings(passage, deltas_of(passage))


def alarms(text: str) -> list[str]:
    """Why the check raises each of its alarms."""
    return [one.why for one in check(read_text(text)) if (one.severity or "") == "alarm"]


def judge(text: str) -> tuple[list[Quantity], list[Relation], list[Finding]]:
    """Quantities, relations and doubts of ``text``."""
    quantities = find_quantities(text, 0, len(text))
    beliefs = beliefs_of(passage_of(text))
    relations = find_relations(beliefs)
    return quantities, relations, find_doubts(beliefs.scales, relations)
