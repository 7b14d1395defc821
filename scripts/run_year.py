"""A plan document run through a fictional year, beside an independent calculation of the same events.

``python scripts/run_year.py FILE`` (left out: the example of tests/year). In an installation of its own, thrown away at the
end, the plan is accepted on the desk; a script of events (tests/year/events.py) is played day by day with the ladder running
every evening; on 30 June and 31 December the leader's page, every letter and the appraisal's board are read as they are
printed and compared with tests/year/envelope.py, which imports nothing of the program. Exit 1 when anything differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from throwaway import installation

ROOT = Path(__file__).resolve().parents[1]


def main(path: Path) -> int:
    with installation():
        return 1 if compared(path) else 0


def compared(path: Path) -> int:
    """Play, compare, print; returns how many things differ."""
    from tests.support import make_county
    from tests.year.play import SPANS, Played

    county = make_county()
    played, wrong = Played(county, path.read_bytes(), path.name), 0
    names = {code: county.unit(code).name for code in ("K1", "K2", "K3")}
    print(f"{path.name}: {len(played.tasks)} tasks, {len(played.script.happenings)} events")
    for day, envelope in played.run():
        said = envelope.leader_page(day)
        said["units"] = {names[code]: counts for code, counts in said["units"].items() if any(counts)}
        letters = [(item.name, item.number, item.unit, item.day) for item in envelope.letters]
        pairs = {
            "leader's page": (played.leader_page(day), said),
            f"letters ({len(letters)})": (played.letters(), letters),
            "appraisal": (played.appraise(day), envelope.scores(played.script, SPANS[day], day)),
        }
        for what, (shown, expected) in pairs.items():
            wrong += shown != expected
            print(f"{day} {what}: {'equal' if shown == expected else 'DIFFERENT'}")
            print(f"   program  {shown if not what.startswith('letters') else shown[-3:]}")
            if shown != expected:
                print(f"   envelope {expected}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "year" / "example.txt"))
