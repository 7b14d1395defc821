"""Short documents as a tester writes them, right and with one number wrong: how many of the wrong numbers are found?

``python -m bench.arithmetic.pairs [FILE…] [--any] [--misses]``. A file holds documents that an empty line parts; in each stands once
``{right|wrong}``. ``--any`` puts in the place of the wrong number one that is 13 to 45 % off, which no slip of the pen explains.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.run import ours, touches

HERE = Path(__file__).parent / "pairs"
_PLACE = re.compile(r"\{([^|{}]*)\|([^|{}]*)\}")
OFF = 0.13, 0.45


@dataclass(frozen=True)
class Pair:
    """A document with a place for a number, the right one and a wrong one."""

    before: str
    right: str
    wrong: str
    behind: str

    @property
    def clean(self) -> str:
        return self.before + self.right + self.behind

    def alarms_at(self, wrong: str) -> bool:
        """Is there an alarm that holds the wrong number?"""
        place = (len(self.before), len(self.before) + len(wrong))
        alarms = ours(self.before + wrong + self.behind)
        return any(one[0] == "alarm" and touches(one[1], [place]) for one in alarms)

    def far_off(self) -> str:
        """Another number of as many decimals, the same in every run; where the number is none (2:3), the wrong one."""
        if not re.fullmatch(r"\d+(?:\.\d+)?", self.right):
            return self.wrong
        rng = random.Random(self.clean)
        places = len(self.right.partition(".")[2])
        value = float(self.right) * (1 + rng.choice((-1, 1)) * rng.uniform(*OFF))
        return f"{value:.{places}f}"


def pairs(path: Path) -> Iterator[Pair]:
    """The documents of a file."""
    for text in path.read_text(encoding="utf-8").split("\n\n"):
        place = _PLACE.search(text)
        if place is not None:
            yield Pair(text[: place.start()].lstrip("\n"), place[1], place[2], text[place.end() :].rstrip("\n"))


def main() -> None:
    """Prints what is found of each file, and how many right documents raise an alarm."""
    parser = argparse.ArgumentParser(description="number check on short documents")
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--any", action="store_true", help="numbers that no slip explains")
    parser.add_argument("--misses", action="store_true", help="print what is missed")
    arguments = parser.parse_args()
    for path in arguments.files or sorted(HERE.glob("*.txt")):
        found = disturbed = number = 0
        for one in pairs(path):
            wrong = one.far_off() if arguments.any else one.wrong
            hit = one.alarms_at(wrong)
            number, found = number + 1, found + hit
            disturbed += any(alarm[0] == "alarm" for alarm in ours(one.clean))
            if arguments.misses and not hit:
                print(f"{one.before}【{wrong}】{one.behind}")
        print(
            f"{path.name:<16} n={number:<4} found {100 * found / number:5.1f} %  right ones with an alarm {disturbed}"
        )


if __name__ == "__main__":
    main()
