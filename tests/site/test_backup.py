"""A backup holds the whole installation without its keys, comes back exactly, and a bad one changes nothing."""

import json
import shutil
import zipfile

import pytest
from django.db import connection

from taizhang.events.models import Event
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit
from taizhang.registers.actions import create_record
from taizhang.registers.models import Record
from taizhang.site import backup
from taizhang.site.backup import (
    contents,
    differences,
    kept_models,
    keys_of,
    read_manifest,
    restore_backup,
    write_backup,
)
from tests.support import make_county

HAZARD = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "配电箱没有门"}


@pytest.fixture
def county(db, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    settings.FILES.mkdir()
    return make_county()


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    """An installation's folder of the test's own, with the keys of the running one."""
    shutil.copytree(settings.HOME / "keys", tmp_path / "keys")
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    return tmp_path


def empty() -> None:
    """The database as a fresh installation has it."""
    for model in kept_models():
        model._base_manager.all()._raw_delete(connection.alias)


def a_school(county) -> Record:
    return create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record


def test_everything_comes_back_and_the_next_record_gets_a_new_number(county, home, settings):
    record = a_school(county)
    (settings.FILES / "ab").mkdir()
    (settings.FILES / "ab" / "abcd").write_bytes(b"picture")
    before = contents()
    manifest = write_backup(home / "b.zip")
    assert manifest["tables"]["registers.Record"]["rows"] == 1 and manifest["files"] == 1
    empty()
    shutil.rmtree(settings.FILES)
    restore_backup(home / "b.zip")
    after = contents()
    changed = [item.table for item in differences(after, before)]
    assert changed == ["events.Event"], "the log tells of the backup and of the restore"
    assert (settings.FILES / "ab" / "abcd").read_bytes() == b"picture"
    again = Record.objects.get(pk=record.pk)
    assert (again.data, again.unit.name, again.created_at) == (record.data, "第一小学", record.created_at)
    assert a_school(county).pk > record.pk


def test_the_backup_holds_no_key_and_the_file_of_keys_is_its_owners_only(county, home):
    write_backup(home / "b.zip")
    secret = (home / "keys" / "fields").read_text()
    with zipfile.ZipFile(home / "b.zip") as archive:
        assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    keys = keys_of(home / "b.zip")
    assert json.loads(keys.read_text())["fields"] == secret
    assert (keys.stat().st_mode & 0o777, (home / "b.zip").stat().st_mode & 0o777) == (0o600, 0o600)


def test_without_its_keys_a_backup_is_not_restored(county, home):
    write_backup(home / "b.zip")
    empty()
    keys_of(home / "b.zip").rename(home / "elsewhere")
    with pytest.raises(Problem, match="没有密钥文件"):
        restore_backup(home / "b.zip")
    assert not Unit.objects.exists()
    restore_backup(home / "b.zip", keys=home / "elsewhere")
    assert Unit.objects.filter(code="S1").exists()


def test_nothing_is_restored_over_a_bureau_at_work(county, home):
    write_backup(home / "b.zip")
    with pytest.raises(Problem, match="已有数据"):
        restore_backup(home / "b.zip")


@pytest.mark.parametrize("cut", [10, 2000])
def test_a_file_that_is_cut_off_is_refused(county, home, cut):
    write_backup(home / "b.zip")
    whole = (home / "b.zip").read_bytes()
    (home / "b.zip").write_bytes(whole[:-cut])
    empty()
    with pytest.raises(Problem, match="不是完整的备份"):
        restore_backup(home / "b.zip")
    assert not Unit.objects.exists()


def rewritten(path, change) -> None:
    """The backup with one entry changed, as a whole zip again."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, change(name, data))


def test_a_value_changed_in_the_file_is_noticed_and_nothing_is_kept(county, home):
    write_backup(home / "b.zip")
    empty()
    rewritten(
        home / "b.zip",
        lambda name, data: data.replace("第一小学".encode(), "第二小学".encode()) if "org.Unit" in name else data,
    )
    with pytest.raises(Problem, match="恢复后核对不符"):
        restore_backup(home / "b.zip")
    connection.needs_rollback = False
    assert not Unit.objects.exists()


def test_a_backup_of_a_newer_program_is_refused_and_names_what_is_unknown(county, home):
    write_backup(home / "b.zip")
    empty()
    rewritten(
        home / "b.zip",
        lambda name, data: data.replace(b'"opened_on"', b'"opened_by"') if name == "manifest.json" else data,
    )
    with pytest.raises(Problem, match="opened_by"):
        restore_backup(home / "b.zip")


def test_what_is_no_backup_says_so(tmp_path):
    (tmp_path / "a.zip").write_text("不是")
    with pytest.raises(Problem, match="不是完整的备份"):
        read_manifest(tmp_path / "a.zip")
    with pytest.raises(Problem, match="没有文件"):
        read_manifest(tmp_path / "b.zip")


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_of_one_moment_and_leaves_the_connection_as_it_was(settings, home, tmp_path):
    make_county()
    settings.FILES = tmp_path / "files"
    first = write_backup(tmp_path / "b.zip")
    assert not connection.in_atomic_block and first["tables"]["org.Unit"]["rows"] == 9
    make_one_more = Unit.objects.create(
        code="S9", name="新校", kind="小学", level="school", path="/9/", opened_on="2026-09-01"
    )
    assert make_one_more.pk and contents()["org.Unit"]["rows"] == 10


def test_a_backup_that_breaks_off_counts_as_none_and_leaves_no_file(county, home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write_files", full)
    with pytest.raises(OSError):
        write_backup(home / "b.zip")
    assert not Event.objects.filter(action="site.backed_up").exists()
    assert [path.name for path in home.iterdir() if path.name.startswith("b.zip")] == []


def test_a_byte_that_turned_is_answered_in_chinese_and_the_old_keys_stay(county, home):
    write_backup(home / "b.zip")
    empty()
    (home / "keys" / "fields").write_text("mine")
    with zipfile.ZipFile(home / "b.zip") as archive:
        entry = archive.getinfo("tables/org.Unit.jsonl")
    data = bytearray((home / "b.zip").read_bytes())
    data[entry.header_offset + 30 + len(entry.filename) + 40] ^= 0xFF
    (home / "b.zip").write_bytes(data)
    with pytest.raises(Problem, match="不是完整的备份"):
        restore_backup(home / "b.zip")
    assert not Unit.objects.exists() and (home / "keys" / "fields").read_text() == "mine"


def test_a_file_left_out_of_the_backup_is_missed(county, home, settings):
    (settings.FILES / "abcd").write_bytes(b"picture")
    write_backup(home / "b.zip")
    empty()
    rewritten(home / "b.zip", lambda name, data: data.replace(b'"files": 1', b'"files": 2'))
    with pytest.raises(Problem, match="应有 2 个文件，只有 1 个"):
        restore_backup(home / "b.zip")


def test_a_name_that_leads_out_of_the_folder_is_refused(county, home, settings):
    (settings.FILES / "abcd").write_bytes(b"picture")
    write_backup(home / "b.zip")
    empty()
    with zipfile.ZipFile(home / "b.zip", "a") as archive:
        archive.writestr("files/../../evil", "x")
    with pytest.raises(Problem, match="越界"):
        restore_backup(home / "b.zip")
    assert not (home / "evil").exists() and not Unit.objects.exists()
