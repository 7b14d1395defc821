"""The number layers of a text that is one article, without the layers above them."""

from taizhang.reading.model import Finding, Quantity, Relation
from taizhang.reading.numbercheck import find_doubts
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.quantities import find_quantities
from taizhang.reading.relations import deltas_of, find_relations


def judge(text: str) -> tuple[list[Quantity], list[Relation], list[Finding]]:
    """Quantities, relations and doubts of ``text``."""
    quantities = find_quantities(text, 0, len(text))
    passage = Passage(text, 0, len(text), quantities)
    deltas = deltas_of(passage)
    relations = find_relations(passage, deltas)
    return quantities, relations, find_doubts(passage, deltas, relations)
