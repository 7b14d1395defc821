"""Characters per second and peak memory of the reader, by length, beside libraries that read Chinese numbers.

``python bench/reading/run.py [--sizes MB ...] [--peers PYTHON]``. Every measurement is a process of its own, so that its
peak memory is its own; seconds are those of the processor, so that other work on the machine does not count. The peers
recognizers-text-suite and jionlp only find numbers, percentages and money (no headings, relations, targets or tasks);
one that is not installed is left out. They need no place beside us: ``--peers`` names the Python of an environment that
has them. Figures of a run, and how to install the peers: ``bench/reading/README.md``.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.generate import documents

ROOT = Path(__file__).resolve().parents[2]
SIZES = (0.1, 0.3, 1.0)
"""Megabytes of UTF-8."""
PROSE = (
    "坚持把党的建设摆在首位,落实党组织领导的校长负责制,严肃党内政治生活,推动基层党组织规范运行。加强意识形态阵地管理,把好教材教辅和校外读物进校园关口。",
    "完善教研员联系学校制度,指导薄弱学科开展集体备课和课堂观察,推动教师围绕真实问题开展研究。注重成果转化,让好的做法在更多学校落地见效。",
    "压实学校安全主体责任,健全隐患排查、登记、整改、销号的闭环机制,会同公安、交通、市场监管等部门开展联合检查,对屡查屡犯的学校约谈主要负责人。",
    "深化教育评价改革,克服唯分数、唯升学的倾向,建立以发展素质教育为导向的学校评价办法。评价结果与评优评先、绩效分配和项目安排挂钩。",
    "关心教师工作生活,减轻与教育教学无关的负担,改善乡村教师住宿和用餐条件。依法维护教师权益,营造尊师重教的社会氛围。",
    "存在的主要问题是,城乡之间、学校之间发展还不平衡,优质资源供给不足,部分学科教师结构性短缺,家校协同育人的机制有待完善。",
    "规范招生入学工作,公开招生计划、范围、程序和结果,畅通咨询和投诉渠道。妥善做好随迁子女、残疾儿童少年入学,做到应入尽入。",
    "推进智慧教育平台常态化应用,加强数据安全和个人信息保护,统筹各类填报事项,切实减少学校重复报送材料。",
)
"""Paragraphs without numbers, some behind each report: with them a number stands about as often as in printed reports."""
PATIENCE = 60.0
"""Seconds: a length that would take a library longer, judged by the one before, is left out."""


def official_text(megabytes: float) -> str:
    """One long report of our own words: the chapters of the arithmetic benchmark without its titles, and plain prose."""
    wanted = round(megabytes * 1_000_000)
    parts: list[str] = ["青山县教育局2025年工作总结\n"]
    size, limit = len(parts[0].encode()), 60
    while size < wanted:
        limit *= 2
        parts, size = parts[:1], len(parts[0].encode())
        for index, made in enumerate(documents(limit)):
            prose = (PROSE[(2 * index + step) % len(PROSE)] for step in range(4))
            parts.append(made.text.partition("\n")[2] + "\n".join(prose) + "\n")
            size += len(parts[-1].encode())
            if size >= wanted:
                break
    return "".join(parts).encode()[:wanted].decode(errors="ignore")


def _taizhang() -> Callable[[str], int]:
    from taizhang.reading import check, read_text

    def read(text: str) -> int:
        reading = read_text(text)
        check(reading)
        return len(reading.quantities)

    read("预热。")
    return read


def _recognizers() -> Callable[[str], int]:
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency
    from recognizers_text import Culture

    def read(text: str) -> int:
        return sum(
            len(one(text, Culture.Chinese)) for one in (recognize_number, recognize_percentage, recognize_currency)
        )

    read("二十人")
    return read


def _jionlp() -> Callable[[str], int]:
    import jionlp

    def read(text: str) -> int:
        return len(jionlp.ner.extract_money(text) or []) + len(jionlp.ner.extract_time(text) or [])

    read("2024年投入20万元。")
    return read


PAGES = 100
LINE, LINES_OF_PAGE = 28, 22
"""A printed page of official prose (GB/T 9704): 22 lines of 28 characters."""


def word_file(pages: int) -> bytes:
    """A Word file of so many printed pages, with a table of ten rows after every twentieth paragraph."""
    import docx

    document = docx.Document()
    lines = 0
    for index, line in enumerate(official_text(pages * LINE * LINES_OF_PAGE * 3 / 1_000_000).splitlines()):
        if lines >= pages * LINES_OF_PAGE:
            break
        document.add_paragraph(line)
        lines += -(-len(line) // LINE)
        if index % 20 == 19:
            table = document.add_table(rows=10, cols=4)
            for number, row in enumerate(table.rows, 1):
                for cell, text in zip(
                    row.cells, (str(number), "青山镇中心学校", f"{number * 37}人", "98.5%"), strict=True
                ):
                    cell.text = text
            lines += 10
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def measure_word(pages: int) -> None:
    """Reads and checks one Word file in this process and prints seconds and what was found."""
    from taizhang.reading import check, read_bytes, read_text

    data = word_file(pages)
    read_text("预热。")
    start = time.process_time()
    reading = read_bytes(data, "a.docx")
    check(reading)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "chars": len(reading.source.text), "found": len(reading.quantities)}))


READERS: dict[str, tuple[str, Callable[[], Callable[[str], int]]]] = {
    "taizhang": ("taizhang", _taizhang),
    "recognizers-text-suite": ("recognizers_suite", _recognizers),
    "jionlp": ("jionlp", _jionlp),
}

PEERS = {
    "recognizers-text-suite": ("recognizers-text-suite", "'emoji<2'"),
    "jionlp": ("jionlp",),
}
"""What to install for each; the suite asks for a package of which the newer editions dropped what it uses."""
WORD = "docx"


def measure(name: str, megabytes: float) -> None:
    """Reads once in this process and prints seconds, peak memory above the library's own, and what was found."""
    read = READERS[name][1]()
    text = official_text(megabytes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    found = read(text)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 / 1024 if sys.platform != "darwin" else 1 / 1024**2
    print(
        json.dumps({"seconds": seconds, "chars": len(text), "found": found, "base": before * unit, "peak": peak * unit})
    )


def measured(name: str, megabytes: float, python: str = sys.executable) -> dict[str, float] | str:
    """One measurement in a process of its own, or why there is none."""
    command = [python, __file__, "--one", name, str(megabytes)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["?"])[-1]
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def slope(points: list[tuple[float, float]]) -> float:
    """Exponent of the cost in the length: 1 is linear (least squares on logarithms)."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def main() -> None:
    """One table: every reader at every length."""
    parser = argparse.ArgumentParser(description="speed and memory of the reader, by length")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "MB"), help=argparse.SUPPRESS)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="the Python that has the peers")
    parser.add_argument("--pages", type=int, default=PAGES, help="printed pages of the Word file")
    parser.add_argument("--sizes", type=float, nargs="+", default=SIZES, metavar="MB")
    arguments = parser.parse_args()
    if arguments.one:
        name, size = arguments.one
        measure_word(int(float(size))) if name == WORD else measure(name, float(size))
        return
    print(f"{'':<24}{'MB':>5} {'字符':>9} {'CPU 秒':>8} {'字符/秒':>10} {'增加内存 MB':>10} {'读出':>8}")
    for name, (module, _) in READERS.items():
        python = sys.executable if module == "taizhang" else arguments.peers
        if not installed(module, python):
            print(f"{name:<24} 未安装,略过(安装:pip install {' '.join(PEERS[name])})")
            continue
        _reader(name, sorted(arguments.sizes), python)
    word = measured(WORD, arguments.pages)
    if isinstance(word, str):
        print(f"{WORD:<24} 未能运行:{word}")
    else:
        print(f"{WORD:<24}{arguments.pages:>3}页 {word['chars']:>9,.0f} {word['seconds']:>8.2f}")


def installed(module: str, python: str) -> bool:
    """Can that Python import it? Only its own process knows."""
    if python == sys.executable:
        return importlib.util.find_spec(module) is not None
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, cwd=ROOT).returncode == 0


def _reader(name: str, sizes: list[float], python: str) -> None:
    points: list[tuple[float, float]] = []
    for megabytes in sizes:
        if points and points[-1][1] * (megabytes / points[-1][0]) > PATIENCE:
            print(f"{name:<24}{megabytes:>5} 预计超过 {PATIENCE:.0f} 秒,略过")
            continue
        result = measured(name, megabytes, python)
        if isinstance(result, str):
            print(f"{name:<24}{megabytes:>5} 未能运行:{result}")
            return
        points.append((megabytes, result["seconds"]))
        speed, grown = result["chars"] / result["seconds"], result["peak"] - result["base"]
        print(
            f"{name:<24}{megabytes:>5} {result['chars']:>10,.0f} {result['seconds']:>8.2f} {speed:>12,.0f}"
            f" {grown:>12,.1f} {result['found']:>9,.0f}"
        )
    if len(points) > 1:
        print(f"{name:<24}      时间随长度的幂次 {slope(points):.2f}(1 为线性)")


if __name__ == "__main__":
    main()
