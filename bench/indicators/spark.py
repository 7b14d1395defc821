"""Every figure of the twenty indicators on Spark beside DuckDB: ``spark.py FOLDER``, a folder that ``generate.py`` filled.

``TAIZHANG_SPARK_MASTER`` and ``TAIZHANG_SPARK_OPTIONS`` say where Spark runs and with how much memory. Exit status 1 when any
figure differs: counts and whole numbers must be equal, what rests on floating sums to 1e-12 of itself.
"""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.indicators.engines import figures

CLOSE = Decimal("1e-12")


def main() -> int:
    evaluated = figures(Path(sys.argv[1]))
    found = {}
    for engine in ("duckdb", "spark"):
        start = time.perf_counter()
        found[engine] = evaluated(engine)
        print(f"{engine} {time.perf_counter() - start:.1f} s", flush=True)
    same = close = 0
    apart: list[tuple[Any, ...]] = []
    for grouping, named in found["duckdb"].items():
        for code, groups in named.items():
            other = found["spark"][grouping][code]
            if groups.keys() != other.keys():
                apart.append((grouping, code, len(groups), len(other)))
            for key in groups.keys() & other.keys():
                one, two = groups[key], other[key]
                same += one == two
                if one != two:
                    near = one.units == two.units and all(map(is_close, one.figure, two.figure))
                    close += near
                    if not near:
                        apart.append((grouping, code, key, one, two))
    print(
        f"{same} figures equal in every digit, {close} to {CLOSE} of themselves, {len(apart)} different",
        *apart[:3],
        sep="\n",
    )
    return 1 if apart else 0


def is_close(one: Any, two: Any) -> bool:
    """Two numbers, both missing or next to each other."""
    if one is None or two is None:
        return one is two
    return abs(Decimal(one) - Decimal(two)) <= CLOSE * max(1, abs(Decimal(one)))


if __name__ == "__main__":
    sys.exit(main())
