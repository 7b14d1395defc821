"""What is measured: a register of sixty columns, a tree of four levels, twenty indicators; as a pack and as plain lists."""

from __future__ import annotations

NUMBERS = [f"n{index:02d}" for index in range(56)]
YEARS = (2023, 2024, 2025)
LEVELS = ("nation", "province", "city", "county")
RATIOS = [(NUMBERS[index], NUMBERS[index + 20]) for index in range(8)]
SPREADS = [(NUMBERS[index + 8], NUMBERS[0]) for index in range(8)]
GROWTHS = [NUMBERS[0], NUMBERS[20]]
COUNTS = [NUMBERS[30], NUMBERS[31]]


def pack() -> dict[str, str]:
    """The pack's files: the same twenty indicators as formulas."""
    fields = "\n".join(f"  - {{name: {name}, type: integer}}" for name in NUMBERS)
    formulas = [f"sum({a}) / sum({b})" for a, b in RATIOS] + [f"weighted_cv({a}, {b})" for a, b in SPREADS]
    formulas += [f"growth_last_year(sum({name}))" for name in GROWTHS] + [f"count_if({name} > 50)" for name in COUNTS]
    indicators = "\n".join(
        f'  - {{code: i{place:02d}, name: 指标{place:02d}, formula: "{text}"}}' for place, text in enumerate(formulas)
    )
    register = f"register: wide\nname: 宽表\nkind: statistics\nperiod: school_year\nfields:\n{fields}\nindicators:\n{indicators}\n"
    return {"pack.yaml": "name: bench\nversion: '1'\ntitle: 测\n", "registers/wide.yaml": register}
