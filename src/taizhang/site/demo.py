"""The fictional county, loaded by the same doors as a bureau's own data, and the loop run once over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from taizhang import packs
from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_folder
from taizhang.kernel.errors import Problems
from taizhang.kernel.tables import read_table
from taizhang.org.actions import load_people, load_units
from taizhang.org.models import User
from taizhang.org.queries import installation_user

CORE = Path(packs.__file__).parent / "core"
DEMO = Path(packs.__file__).parent / "demo"
PASSWORD = "qingshan2026"
Say = Callable[[str], None]


def load_demo(*, say: Say) -> bool:
    """Load 青山县 into an empty installation; False when it is there already. Raises Problem in anyone else's bureau."""
    apply_pack(pack=read_folder(CORE), by_name="系统")
    if not apply_pack(pack=read_folder(DEMO), by_name="系统"):
        say("青山县(虚构)已在库中,不再重复装入。")
        return False
    by = installation_user()
    for step in yaml.safe_load((DEMO / "load.yaml").read_text(encoding="utf-8"))["load"]:
        kind = next(key for key in LOADERS if key in step)
        LOADERS[kind](step, by, say)
    return True


def _units(step: dict[str, Any], by: User, say: Say) -> None:
    loaded = load_units(table=read_table(DEMO / step["units"]), by=by)
    say(f"单位:{loaded.created} 个")


def _people(step: dict[str, Any], by: User, say: Say) -> None:
    loaded = load_people(table=read_table(DEMO / step["people"]), by=by, password=PASSWORD, must_change=False)
    say(f"人员:{loaded.created} 人")


def _register(step: dict[str, Any], by: User, say: Say) -> None:
    from taizhang.registers.xlsx import load_table

    loaded = load_table(register=step["register"], table=read_table(DEMO / step["file"]), by=by)
    if loaded.refused:
        raise Problems([])
    say(f"{step['register']}:{loaded.created} 条")


LOADERS: dict[str, Callable[[dict[str, Any], User, Say], None]] = {
    "units": _units,
    "people": _people,
    "register": _register,
}
