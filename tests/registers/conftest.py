"""What the tests of registers share: a county, made-up packs, uploads."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_folder
from taizhang.kernel.tables import Table, table_from_bytes
from tests.support import County, make_county


@pytest.fixture
def county(db) -> County:
    return make_county()


@pytest.fixture(autouse=True)
def files(settings, tmp_path: Path) -> Path:
    settings.FILES = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path  # nothing is collected here, and the static server warns where no folder is
    return settings.FILES


@pytest.fixture
def install(tmp_path: Path):
    """Installs a pack whose registers are given as YAML texts by code."""

    def installed(**registers: str) -> None:
        folder = tmp_path / "pack"
        (folder / "registers").mkdir(parents=True, exist_ok=True)
        (folder / "pack.yaml").write_text("name: local\nversion: '1'\ntitle: 本地\n", encoding="utf-8")
        for code, text in registers.items():
            (folder / "registers" / f"{code}.yaml").write_text(text, encoding="utf-8")
        apply_pack(pack=read_folder(folder), by_name="测试")

    return installed


def sheet(*lines: str, name: str = "表.csv") -> Table:
    """A table from lines of comma-separated cells, the header first."""
    return table_from_bytes("\n".join(lines).encode(), name)


def picture(name: str = "现场.png") -> SimpleUploadedFile:
    """A small real picture."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (900, 600), "grey").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


HAZARD = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "二楼东侧灭火器过期"}
