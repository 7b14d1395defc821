"""Make the invented county 青山县: the files of ``src/taizhang/packs/demo``, the same bytes on every run.

    python scripts/make_demo.py [--out DIR]

Reads ``source/*.yaml`` and ``plan.txt`` beside the pack; every draw comes from a generator seeded by a name, so a new
school or hazard does not change the others' figures.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))
from demo_county import (
    aid,
    appraisals,
    buses,
    county,
    drills,
    equipment,
    expected,
    hazards,
    inspections,
    petitions,
    plan,
    projects,
    reviews,
    rounds,
    statistics,
    teacher_figures,
    teachers,
    tutoring,
    visits,
)

PACK = Path(__file__).resolve().parent.parent / "src" / "taizhang" / "packs" / "demo"


def make(pack: Path = PACK) -> dict[str, bytes]:
    """Every generated file by name, from the sources in ``pack``."""
    names = ("county", "people", "hazards", "projects", "petitions", "inspections", "teachers")
    source, people_source, hazard_source, project_source, petition_source, inspection_source, teacher_source = (
        yaml.safe_load((pack / "source" / f"{name}.yaml").read_text(encoding="utf-8")) for name in names
    )
    schools = county.read_schools(source)
    people = county.people_rows(source, people_source, schools)
    years = statistics.make_years(schools)
    found = hazards.hazard_rows(schools, hazard_source, people)
    records = [record for year in years.values() for record in year]
    units = county.unit_rows(source, schools)
    districts = {
        code: {row["编码"] for row in units if row["上级编码"] == code}
        for code in county.district_codes(source).values()
    }
    teaching = teachers.tables(schools, people_source, teacher_source)
    based = rounds.base_acts(schools)
    base_values = rounds.base_values(schools, teaching["teacher_base"], based)
    teaching["teacher_base"] = rounds.kept(teaching["teacher_base"], based)
    figures = expected.figures(source["area"], years, found, districts)
    files = aid.file_rows(schools, records, people_source)
    paid = aid.aid_rows(files)
    built = projects.tables(source["area"], schools, project_source)
    used = equipment.rows(records)
    use_values = rounds.use_values(used, records)
    using = rounds.use_acts(schools, use_values)
    figures["values"] += aid.figures(source["area"], files, paid, years)
    rides = buses.tables(schools, people_source)
    drilled = drills.tables(schools, records)
    tutored = tutoring.tables(list(county.district_codes(source).values()), people_source)
    figures["values"] += buses.figures(source["area"], rides) + drills.figures(source["area"], drilled, records)
    figures["values"] += tutoring.figures(source["area"], tutored)
    figures["values"] += projects.figures(source["area"], built) + equipment.figures(source["area"], used)
    sections = county.section_codes(source)
    petitioned = petitions.petition_rows(schools, petition_source, people_source, sections)
    findings, sanctions = inspections.finding_rows(inspection_source, schools, people_source, sections)
    scored = inspections.item_rows(inspection_source, people_source, sections)
    figures["values"] += petitions.figures(source["area"], petitioned) + inspections.figures(
        source["area"], findings, scored, sanctions
    )
    reviewed = reviews.rows(sections)
    figures["values"] += reviews.figures(source["area"], reviewed)
    figures["values"] += teacher_figures.figures(source["area"], teaching, years)
    area_codes = list(county.district_codes(source).values())
    seen = visits.tables(schools, people, area_codes)
    posted, signed = visits.areas(area_codes, schools, people), visits.letters(schools)
    figures["values"] += visits.figures(source["area"], seen, posted, signed, records)
    return {
        "units.csv": table(units),
        "people.csv": table(people),
        "education_basics.csv": table(records),
        "safety_hazards.csv": table(found),
        "aid_files.csv": table(files),
        "student_aid.csv": table(paid),
        **{f"{name}.csv": table(rows) for name, rows in built.items()},
        "equipment_use.csv": table(used),
        "standard_review.csv": table(reviewed),
        "petitions.csv": table(petitioned),
        "inspections.csv": table(inspections.round_rows(inspection_source, sections)),
        "inspection_items.csv": table(scored),
        "inspection_findings.csv": table(findings),
        "inspection_sanctions.csv": table(sanctions),
        **{f"{code}.csv": table(rounds.loaded(rows)) for code, rows in teaching.items()},
        "round_teacher_base.csv": table(based),
        "round_teacher_base_values.csv": table(base_values),
        "round_equipment_use.csv": table(using),
        "round_equipment_use_values.csv": table(use_values),
        **{f"{name}.csv": table(rows) for name, rows in (rides | drilled | tutored).items()},
        "inspector_areas.csv": table(posted),
        **{f"{name}.csv": table(rows) for name, rows in seen.items()},
        "responsibility_letters.csv": table(signed),
        "appraisal.csv": table(appraisals.rows(schools, sections)),
        "expected.json": listing(figures),
        "plan.docx": plan.document((pack / "plan.txt").read_text(encoding="utf-8")),
    }


def table(rows: list[dict[str, Any]]) -> bytes:
    """A CSV table with one header line, UTF-8 without a mark, unix line ends."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def listing(figures: dict[str, Any]) -> bytes:
    """JSON with one line per figure, so that a change shows as the figures it changes."""
    parts = []
    for name, body in figures.items():
        lines = body if isinstance(body, list) else None
        text = ",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in lines) if lines else ""
        parts.append(f'"{name}": ' + (f"[\n{text}\n ]" if lines else json.dumps(body, ensure_ascii=False)))
    return ("{\n " + ",\n ".join(parts) + "\n}\n").encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PACK, help="where the files go (the demo pack)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, content in make().items():
        (out / name).write_bytes(content)
        print(f"{out / name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
