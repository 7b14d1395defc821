"""The number layers of a text that is one article, without the layers above them."""

from taizhang.reading.model import Finding, Quantity, Relation
from taizhang.reading.numbercheck import find_doubts
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.quantities import find_quantities
from taizhang.reading.relations import beliefs_of, find_relations


def judge(text: str) -> tuple[list[Quantity], list[Relation], list[Finding]]:
    """Quantities, relations and doubts of ``text``."""
    quantities = find_quantities(text, 0, len(text))
    beliefs = beliefs_of(Passage(text, 0, len(text), quantities))
    relations = find_relations(beliefs)
    return quantities, relations, find_doubts(beliefs.scales, relations)
