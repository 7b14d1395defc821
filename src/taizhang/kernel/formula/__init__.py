"""The formula language: one parser, row formulas in Python, aggregates as SQL plans and on a reference evaluator."""

from taizhang.kernel.formula.aggregates import LATEST, External, Figure, Momentary, evaluate_aggregate
from taizhang.kernel.formula.analysis import (
    FIELD_TYPES,
    Analysis,
    MappingSchema,
    Schema,
    analyse,
    kind_of,
    names_in,
)
from taizhang.kernel.formula.columns import Columns, Figures
from taizhang.kernel.formula.errors import FormulaError
from taizhang.kernel.formula.facts import Fact
from taizhang.kernel.formula.functions import FUNCTIONS, Function, Type
from taizhang.kernel.formula.nodes import Formula, text_of
from taizhang.kernel.formula.parser import parse
from taizhang.kernel.formula.plan import (
    Atom,
    Names,
    Output,
    Plan,
    Source,
    outputs_of_many,
    plan_aggregates,
    select_many,
    select_outputs,
)
from taizhang.kernel.formula.reference import reference_markdown
from taizhang.kernel.formula.rows import RowFunction, evaluate_row, row_function
from taizhang.kernel.formula.units import Unit, misfit, unit_named

__all__ = [
    "FIELD_TYPES",
    "FUNCTIONS",
    "LATEST",
    "Analysis",
    "Atom",
    "Columns",
    "External",
    "Fact",
    "Figure",
    "Figures",
    "Formula",
    "FormulaError",
    "Function",
    "MappingSchema",
    "Momentary",
    "Names",
    "Output",
    "Plan",
    "RowFunction",
    "Schema",
    "Source",
    "Type",
    "Unit",
    "analyse",
    "evaluate_aggregate",
    "evaluate_row",
    "kind_of",
    "misfit",
    "names_in",
    "outputs_of_many",
    "parse",
    "plan_aggregates",
    "reference_markdown",
    "row_function",
    "select_many",
    "select_outputs",
    "text_of",
    "unit_named",
]
