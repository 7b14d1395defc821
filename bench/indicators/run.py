"""Twenty indicators at every level, beside hand-written SQL, pandas, polars, PostgreSQL and openpyxl.

``python bench/indicators/run.py --schools 300,3000,25000`` (``500000`` is the nation; three years, sixty columns). Peers run where
they are: pandas and polars in ``--peers PYTHON`` (a virtual environment of their own), PostgreSQL at ``--postgres URL``, openpyxl on
the smallest size. Each runs in a process of its own, three times; printed are the median and the peak memory, then the checksums'
agreement.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
OURS = ("ours", "hand")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", default="300,3000", help="sizes, smallest first")
    parser.add_argument("--peers", default="", help="a Python that has pandas and polars")
    parser.add_argument("--postgres", default="", help="postgres://… of an empty database")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    sizes = [int(size) for size in options.schools.split(",")]
    before: dict[str, float] = {}
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="taizhang-figures-"))
        try:
            run(sys.executable, "generate.py", str(size), str(folder))
            before = compare(options, size, folder, size == sizes[0], before)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def compare(
    options: argparse.Namespace, size: int, folder: Path, smallest: bool, before: dict[str, float]
) -> dict[str, float]:
    """One size, all engines; returns the seconds by engine."""
    engines = dict.fromkeys(OURS, sys.executable)
    engines |= dict.fromkeys(("polars", "pandas"), options.peers)
    engines |= {"postgres": sys.executable if options.postgres else "", "openpyxl": sys.executable if smallest else ""}
    seconds: dict[str, float] = {}
    sums: dict[str, list[float]] = {}
    for name, python in engines.items():
        if not python:
            print(
                f"{size:>8,} {name:<9} skipped: {'only at the smallest size' if name == 'openpyxl' else 'not given'}",
                flush=True,
            )
            continue
        found = run(python, "engines.py", name, str(folder), str(options.runs), options.postgres)
        if found is None:
            print(f"{size:>8,} {name:<9} skipped: not installed there", flush=True)
            continue
        seconds[name], sums[name] = statistics.median(found["seconds"]), found["sums"]
        growth = f"  x{seconds[name] / before[name]:.1f} of the size before" if name in before else ""
        print(f"{size:>8,} {name:<9} {seconds[name]:8.3f} s  {found['megabytes']:6.0f} MB{growth}", flush=True)
    for name, values in sums.items():
        apart = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(values, sums["hand"], strict=True))
        print(f"{size:>8,} {name:<9} differs from hand-written SQL by {apart:.1e}")
    print(f"{size:>8,} ours / hand-written SQL = {seconds['ours'] / seconds['hand']:.2f}", flush=True)
    return seconds


def run(python: str, script: str, *arguments: str) -> dict | None:
    """A script of this folder in a process of its own; what it printed last as JSON, None when a package is missing."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run([python, str(HERE / script), *arguments], env=environment, capture_output=True, text=True)
    if done.returncode == 3:
        return None
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    lines = done.stdout.strip().splitlines()
    for line in lines[:-1] if lines and lines[-1].startswith("{") else lines:
        print(line, flush=True)
    return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


if __name__ == "__main__":
    main()
