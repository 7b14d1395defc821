"""Is this installation sound? Each check says what it found and, when something is wrong, what to do."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Model
from django.utils import timezone

from taizhang.appraisal.models import Round
from taizhang.catalog.current import catalog
from taizhang.catalog.models import PackRelease
from taizhang.events.models import DailyRun, Event, Work
from taizhang.kernel.calendar import announced
from taizhang.kernel.errors import Problem
from taizhang.org.models import Post, User
from taizhang.plans.models import Task
from taizhang.plans.supervise.models import TaskLetter
from taizhang.registers.finding.index import outdated
from taizhang.registers.models import Record, Version
from taizhang.registers.secrecy import decrypt, is_encrypted
from taizhang.reports.models import Report
from taizhang.schedule.models import Entry
from taizhang.site.backup import kept_models
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import refresh

GOOD, NOTE, BAD = "正常", "留意", "故障"
SYSTEMS = Path(__file__).with_name("systems.csv")
BACKUP_DAYS = 7
FREE_BYTES = 2 * 2**30
# Newest records that are opened with the installation's key.
TRIED = 200
# Business that the loop itself carries, without a register: what it is called, what counts, how its events begin.
STAGES: dict[str, tuple[str, type[Model], str]] = {
    "S01": ("要点与任务", Task, "plans.task"),
    "S02": ("总结与报告", Report, "reports."),
    "S04": ("考核", Round, "appraisal."),
    "S05": ("督办函", TaskLetter, "plans.task.letter"),
    "S07": ("周次表", Entry, "schedule."),
    "S08": ("周次表", Entry, "schedule."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result. ``level`` is one of GOOD, NOTE, BAD."""

    check: str
    level: str
    words: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level}\t{self.check}\t{self.words}" + (f"\t处理办法：{self.remedy}" if self.remedy else "")

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def examine() -> Iterator[Finding]:
    """Run every check; a check that breaks is itself a finding."""
    for name, check in CHECKS.items():
        try:
            yield from (Finding(name, *found) for found in check())
        except Problem as problem:
            yield Finding(name, BAD, problem.message, problem.remedy)
        except Exception as wrong:
            yield Finding(name, BAD, f"检查不下去：{type(wrong).__name__} {wrong}", "把这一行发给开发者")


Found = Iterator[tuple[str, ...]]


def _database() -> Found:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield BAD, f"有 {len(waiting)} 步数据库迁移没有执行", "重启 taizhang serve，它会先执行迁移"
    else:
        yield GOOD, f"{connection.vendor}，{Record.objects.count()} 条记录、{Event.objects.count()} 条操作记录"


def _catalog() -> Found:
    whole = catalog()
    if not whole.packs:
        yield BAD, "没有发布业务包", "taizhang init，或 taizhang packs apply DIR"
        return
    yield (
        GOOD,
        "；".join(f"{item.manifest.title or item.manifest.name} {item.manifest.version}" for item in whole.packs),
    )
    strange = set(Record.objects.values_list("register_code", flat=True).distinct()) - set(whole.registers)
    if strange:
        yield BAD, f"有记录的台账不在业务包里：{'、'.join(sorted(strange))}", "发布含这些台账的业务包"


def _people() -> Found:
    today = timezone.localdate()
    posts = Post.objects.filter(since__lte=today).exclude(until__lt=today)
    heads = User.objects.filter(is_superuser=True, is_active=True).count()
    yield GOOD, f"{posts.values('user').distinct().count()} 人在岗，{heads} 个管理员账号"
    if not heads:
        yield BAD, "没有能用的管理员账号", "taizhang init --admin NAME"


def _keys() -> Found:
    keys = Path(settings.HOME) / "keys"
    loose = [path.name for path in keys.iterdir() if path.is_file() and path.stat().st_mode & 0o077]
    if loose:
        yield BAD, f"别人也能读密钥文件 {'、'.join(sorted(loose))}", "chmod 600，所有者为运行程序的账号"
    sensitive = [code for code, register in catalog().registers.items() if any(f.sensitive for f in register.fields)]
    tried = 0
    for data in (
        Record.objects.filter(register_code__in=sensitive).order_by("-id").values_list("data", flat=True)[:TRIED]
    ):
        for value in data.values():
            if is_encrypted(value):
                decrypt(value)
                tried += 1
    yield GOOD, f"试开 {tried} 个敏感字段，都打得开" if tried else "还没有敏感字段的值"


def _files() -> Found:
    kept = {path.name for path in Path(settings.FILES).rglob("*") if path.is_file()}
    missing = sorted({sha for sha in _named_files() if sha not in kept})
    if missing:
        yield BAD, f"{len(missing)} 个附件或文稿的文件不见了，如 {missing[0][:12]}…", "从备份的 files/ 放回"
    else:
        yield GOOD, f"{len(kept)} 个文件，数据库提到的都在"


def _named_files() -> Iterator[str]:
    """The digests under which the database says that a file is kept."""
    for model in kept_models():
        # A pack release's digest is that of its text, not of a file.
        if model is not PackRelease and any(field.attname == "sha256" for field in model._meta.concrete_fields):
            yield from model._base_manager.exclude(sha256="").values_list("sha256", flat=True)
    for tables in Snapshot.objects.values_list("tables", flat=True):
        yield from (table["sha256"] for table in tables.values())


def _warehouse() -> Found:
    build = refresh()
    gone = [name for name, path in build.tables.items() if not Path(path).exists()]
    if gone:
        yield BAD, f"少 {len(gone)} 个数据文件：{gone[0]}", "taizhang warehouse rebuild"
    else:
        yield GOOD, f"数据版本 {build.build}，{len(build.tables)} 张表"


def _search() -> Found:
    late = outdated()
    if late:
        names = "、".join(catalog().registers[code].name for code in late[:3])
        words = f"{len(late)} 个台账的搜索索引还是旧的（{names}{'等' if len(late) > 3 else ''}），可能搜不到"
        yield NOTE, words, "让 taizhang worker 一直运行（taizhang serve 会带着它），它会自己重建"
    else:
        yield GOOD, "搜索索引与程序和业务包一致"


def _work() -> Found:
    failed = Work.objects.filter(state=Work.FAILED, ended_at__gte=timezone.now() - timedelta(days=7)).count()
    waiting = Work.objects.filter(state=Work.QUEUED, made_at__lt=timezone.now() - timedelta(hours=1)).count()
    newest = DailyRun.objects.aggregate(day=Max("day"))["day"]
    if waiting:
        yield BAD, f"{waiting} 项后台工作排队超过一小时", "taizhang worker 没有在运行：taizhang serve 会带着它"
    if failed:
        yield NOTE, f"近七天有 {failed} 项后台工作失败", "本人可在“后台工作”里看原因、点“重做”"
    if newest is None or newest < timezone.localdate() - timedelta(days=1):
        yield NOTE, f"例行工作最近一次：{newest or '从未'}", "让 taizhang worker 一直运行，否则督办和提醒不会发出"
    elif not waiting:
        yield GOOD, f"例行工作最近一次：{newest}"


def _backups() -> Found:
    newest = Event.objects.filter(action="site.backed_up").aggregate(at=Max("at"))["at"]
    if newest is None or newest < timezone.now() - timedelta(days=BACKUP_DAYS):
        when = f"最近一次 {timezone.localdate(newest)}" if newest else "从未备份"
        yield NOTE, when, "taizhang backup OUT，放到另一台机器；可写进每天的定时任务"
    else:
        yield GOOD, f"最近一次 {timezone.localtime(newest):%Y-%m-%d %H:%M}"


def _machine() -> Found:
    free = shutil.disk_usage(settings.HOME).free
    level = BAD if free < FREE_BYTES else GOOD
    yield level, f"目录所在磁盘剩 {free / 2**30:.1f} GB", *(["清理或扩容，写满了会丢数据"] if level == BAD else [])
    if not shutil.which("soffice") and not shutil.which("libreoffice"):
        yield NOTE, "没有 LibreOffice，读不了 doc、wps、rtf、odt", "需要时安装 libreoffice-writer-nogui"
    if not Path(staticfiles_storage.path("staticfiles.json")).exists():
        yield NOTE, "静态文件没有收集，页面会没有样式", "make setup"


def _holidays() -> Found:
    year = timezone.localdate().year
    if announced(year):
        yield GOOD, f"{year}年放假安排已有"
    else:
        yield NOTE, f"{year}年放假安排还没有", "升级程序，或在业务包里补上调休日"


CHECKS: dict[str, Callable[[], Found]] = {
    "数据库": _database,
    "业务包": _catalog,
    "人员": _people,
    "密钥": _keys,
    "文件": _files,
    "数据仓": _warehouse,
    "搜索": _search,
    "后台": _work,
    "备份": _backups,
    "机器": _machine,
    "放假安排": _holidays,
}


def systems() -> list[dict[str, Any]]:
    """The business systems of a bureau (S01…), each with the registers in force that carry it, or the stage of the loop,
    and what they hold."""
    counts = dict(Record.objects.values_list("register_code").annotate(Count("id")))
    changed = dict(Version.objects.values_list("register_code").annotate(at=Max("at")))
    told = dict(Event.objects.order_by().values_list("action").annotate(at=Max("at")))
    registers = [item for item in catalog().registers.values() if not item.retired]
    found = []
    for code, name in csv.reader(SYSTEMS.read_text(encoding="utf-8").splitlines()[1:]):
        own = [item for item in registers if code in item.system]
        stage, records, moments = _stage(code, told)
        moments += [changed[item.code] for item in own if item.code in changed]
        last = max(moments, default=None)
        found.append({
            "system": code,
            "name": name,
            "registers": [*stage, *(item.name for item in own)],
            "records": records + sum(counts.get(item.code, 0) for item in own),
            "changed_at": timezone.localtime(last).isoformat(timespec="seconds") if last else None,
        })  # fmt: skip
    return found


def _stage(code: str, told: dict[str, datetime]) -> tuple[list[str], int, list[datetime]]:
    """A stage's name, what it holds and when its events were last ``told``."""
    if code not in STAGES:
        return [], 0, []
    name, model, prefix = STAGES[code]
    return [name], model._default_manager.count(), [at for action, at in told.items() if action.startswith(prefix)]
