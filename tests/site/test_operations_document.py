"""docs/operations.md lists every environment variable that the program reads, and no other."""

import re
from pathlib import Path

from taizhang.warehouse.spark import FILES, MASTER, OPTIONS

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'(?:env(?:\.\w+)?|environ\.get)\(\s*"([A-Z_]+)"')


def test_the_table_of_variables_is_what_the_program_reads():
    site = ROOT / "src" / "taizhang" / "site"
    read = {name for file in ("settings.py", "home.py") for name in READ.findall((site / file).read_text("utf-8"))}
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`[A-Z_]+`[^|]*) \|", text, re.MULTILINE)
    told = {name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert told == read | {MASTER, OPTIONS, FILES}
