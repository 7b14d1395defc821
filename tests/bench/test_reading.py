"""The speed script measures what it says, and goes on without its peers."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.reading import read_bytes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("bench_reading_run", ROOT / "bench/reading/run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_text_has_the_length_asked_for_and_is_always_the_same(script):
    text = script.official_text(0.02)
    assert 19_990 <= len(text.encode()) <= 20_000
    assert text == script.official_text(0.02)
    assert text.startswith("青山县教育局")


@pytest.mark.parametrize(("power", "expected"), [(1, 1.0), (2, 2.0), (0.5, 0.5)])
def test_the_slope_is_the_exponent(script, power, expected):
    assert script.slope([(x, 3 * x**power) for x in (0.1, 0.3, 1.0)]) == pytest.approx(expected)


def test_absent_peers_are_said_and_the_reader_is_measured(script):
    done = subprocess.run(
        [sys.executable, ROOT / "bench/reading/run.py", "--sizes", "0.005", "--pages", "2"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = {line.split()[0]: line for line in done.stdout.splitlines()[1:]}
    assert rows.keys() == {*script.READERS, "docx"}
    assert "未" not in rows["taizhang"] and "未" not in rows["docx"]
    for name, (module, _) in script.READERS.items():
        if importlib.util.find_spec(module) is None:
            assert "未安装,略过(安装:pip install " in rows[name]


def test_a_reader_that_fails_says_why_instead_of_ending_the_run(script):
    reason = script.measured("no such reader", 0.001)
    assert "no such reader" in reason


def test_the_word_file_has_about_the_pages_asked_for(script):
    text = read_bytes(script.word_file(3), "a.docx").source.text
    lines = sum(-(-len(line) // script.LINE) for line in text.splitlines())
    assert 3 * script.LINES_OF_PAGE - 3 <= lines <= 4 * script.LINES_OF_PAGE
    assert "青山镇中心学校" in text


def test_a_module_is_looked_for_in_the_python_that_is_named(script):
    assert script.installed("taizhang", sys.executable)
    assert not script.installed("no_such_module_here", sys.executable)
