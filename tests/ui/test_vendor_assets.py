"""The script that puts the browser assets in place, with a small stand-in for what npm fetches."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ICON = '<svg\n  viewBox="0 0 24 24"\n>\n  <path stroke="none" d="M0 0h24v24H0z" fill="none"/>\n  <path d="M5 12h14" />\n</svg>\n'


@pytest.fixture
def script(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "scripts/vendor_assets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    modules = tmp_path / "node_modules"
    for source in module.FILES.values():
        path = modules / source
        path.parent.mkdir(parents=True)
        path.write_text("code();\n//# sourceMappingURL=code.js.map\n")
    (modules / module.ICON_FOLDER).mkdir(parents=True)
    (modules / module.ICON_FOLDER / "minus.svg").write_text(ICON)
    (tmp_path / "icons.txt").write_text("# remark\nminus  # another\n")
    (tmp_path / "package-lock.json").write_bytes((ROOT / "package-lock.json").read_bytes())
    monkeypatch.setattr(module, "MODULES", modules)
    monkeypatch.setattr(module, "LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(module, "ICONS", tmp_path / "icons.txt")
    monkeypatch.setattr(module, "TARGET", tmp_path / "static/vendor")
    monkeypatch.setattr(module, "calls", [], raising=False)
    monkeypatch.setattr(module, "npm", lambda *arguments: module.calls.append(arguments) or 0)
    return module


def test_only_the_needed_files_are_copied_and_point_at_no_source_map(script):
    assert script.main([]) == 0
    names = {path.name for path in script.TARGET.iterdir()}
    assert names == {*script.FILES, "icons.svg", "licences.txt", "stamp.txt"}
    assert (script.TARGET / "htmx.min.js").read_text() == "code();\n"


def test_the_sprite_holds_each_icon_without_its_frame(script):
    script.main([])
    sprite = (script.TARGET / "icons.svg").read_text()
    assert '<symbol id="minus" viewBox="0 0 24 24"><path d="M5 12h14" /></symbol>' in sprite
    assert "M0 0h24v24H0z" not in sprite


def test_a_second_run_does_nothing(script):
    script.main([])
    script.main([])
    assert script.calls == [("ci", "--ignore-scripts")]


@pytest.mark.parametrize("changed", ["icons.txt", "package-lock.json"])
def test_a_change_of_icons_or_lock_is_noticed(script, changed, tmp_path):
    script.main([])
    path = tmp_path / changed
    path.write_text(path.read_text() + "\n")
    script.main([])
    assert len(script.calls) == 2


def test_a_lost_file_is_put_back(script):
    script.main([])
    (script.TARGET / "htmx.min.js").unlink()
    script.main([])
    assert (script.TARGET / "htmx.min.js").exists()


def test_a_failing_npm_leaves_the_old_files_and_says_so(script, monkeypatch, capsys):
    script.main([])
    script.ICONS.write_text("minus\n")
    monkeypatch.setattr(script, "npm", lambda *arguments: 7)
    assert script.main([]) == 1
    assert "退出码 7" in capsys.readouterr().err
    assert (script.TARGET / "htmx.min.js").exists()


def test_an_icon_that_does_not_exist_leaves_the_old_files(script):
    script.main([])
    script.ICONS.write_text("unicorn\n")
    with pytest.raises(FileNotFoundError, match="unicorn"):
        script.main([])
    assert (script.TARGET / "icons.svg").exists()
    assert [path.name for path in script.TARGET.parent.iterdir()] == ["vendor"]


def test_the_lock_pins_every_package_by_hash_and_names_no_host():
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()
