"""What later stages lend to the desk: they register here, for this stage must not know them."""

from __future__ import annotations

from collections.abc import Callable

from taizhang.catalog.schema import IndicatorDef
from taizhang.org.models import User

# Under "indicators": an indicator's value as of now in words, over records that are there; Problem when it has none.
# Under "indicators.statement": the SQL that computes it.
TRIALS: dict[str, Callable[[User, IndicatorDef], str]] = {}
