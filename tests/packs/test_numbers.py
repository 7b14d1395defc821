"""Numbers of the core pack's registers: one number is one record, whatever the register."""

from collections import Counter

from taizhang.catalog.pack import read_folder
from tests.packs.test_demo_data import PACKS


def test_no_two_registers_give_the_same_number() -> None:
    registers = read_folder(PACKS / "core").registers.values()
    starts = Counter(register.number.partition("{")[0] for register in registers if register.number)
    assert [start for start, times in starts.items() if times > 1] == []
