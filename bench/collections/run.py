"""Five hundred schools submit a return of 250 fields at once, through the web; then the server is killed half-way.

``python bench/collections/run.py [--schools 500] [--threads 32] [--database-url URL]``. A real granian with two worker
processes, a session a school, HTTP clients in threads (they share the machine's cores with the server). Counted: returns a
second, answers lost, returns doubled when every school retries with its token, audit events; and after SIGKILL in the
middle, how many acknowledged returns are missing (must be none). For comparison: ODK Central's published 41.2
submissions/s (500 devices, 250 questions, getodk/docs central-install), and, in the same run, the floor of this very
server: the list of rounds (a page without a return in it).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
FIELDS, CHECKS = 250, 25
CSRF = "b" * 32
SERVER = """
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
Granian("taizhang.site.wsgi:application", address="127.0.0.1", port={port}, interface=Interfaces.WSGI, workers=2,
        blocking_threads=2, websockets=False, log_level=LogLevels.error, log_access=False).serve()
"""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--schools", type=int, default=500)
    options.add_argument("--threads", type=int, default=32)
    options.add_argument("--database-url", default="")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="taizhang-bench-") as home:
        os.environ["TAIZHANG_HOME"] = home
        if given.database_url:
            os.environ["DATABASE_URL"] = given.database_url
        os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.site.settings"
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        result = measure(given.schools, given.threads, Path(home))
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0 if not result["lost"] and not result["doubled"] and not result["killed"]["lost"] else 1


def measure(schools: int, threads: int, home: Path) -> dict[str, object]:
    from django.db import connection

    sessions = build(schools, home)
    first = a_round("2026-10", schools)
    port, server = start()
    try:
        jobs = [job(pk, session, number) for number, (pk, session) in enumerate(zip(first, sessions, strict=True))]
        crowd(port, [("GET", "/collections/", session, "") for session in sessions[:60]], threads)  # warm
        pages = sessions[:200]
        floor = crowd(port, [("GET", "/collections/", session, "") for session in pages], threads, server=server)
        done = crowd(port, jobs, threads, server=server)
        again = crowd(port, jobs, threads, server=server)
    finally:
        stop(server)
    counts = tally(first)
    killed = kill_midway(schools, sessions, threads)
    return {
        "database": connection.vendor, "load_before": os.getloadavg()[0], "schools": schools, "fields": FIELDS, "checks": CHECKS, "threads": threads,
        "cores": os.cpu_count(), "returns_per_second": round(done.good / done.seconds, 1),
        "p50_ms": done.percentile(0.5), "p95_ms": done.percentile(0.95), "acknowledged": done.good,
        "server_cpu_ms_a_return": done.cpu_ms(), "clients_cpu_ms_a_return": done.own_ms(),
        "refused_or_broken": len(jobs) - done.good, "lost": done.good - counts["submitted"],
        "retries_acknowledged": again.good, "server_cpu_ms_a_retry": again.cpu_ms(), "doubled": counts["steps"] - counts["submitted"],
        "events": counts["events"], "killed": killed, "floor_pages_per_second": round(len(pages) / floor.seconds, 1),
        "server_cpu_ms_a_page": floor.cpu_ms(),
        "odk_published": 41.2,
    }  # fmt: skip


def build(schools: int, home: Path) -> list[str]:
    """The bureau, its schools with a person and a session each, and last month's returns in the ledger."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from taizhang import packs
    from taizhang.catalog.actions import apply_pack
    from taizhang.catalog.pack import read_folder
    from taizhang.kernel.tables import Table, table_from_bytes
    from taizhang.org.actions import load_units
    from taizhang.org.models import Post, Unit, User
    from taizhang.registers.loading import load_table

    call_command("migrate", verbosity=0)
    apply_pack(pack=read_folder(Path(packs.__file__).parent / "core"), by_name="bench")
    (home / "pack" / "registers").mkdir(parents=True)
    (home / "pack" / "pack.yaml").write_text("name: bench\nversion: '1'\ntitle: bench\n", encoding="utf-8")
    (home / "pack" / "registers" / "wide.yaml").write_text(register(), encoding="utf-8")
    apply_pack(pack=read_folder(home / "pack"), by_name="bench")
    lines = [
        "编码,名称,类型,上级编码,启用日期,停用日期",
        "B,县教育局,教育局,,2000-01-01,",
        "K,统计科,科室,B,2000-01-01,",
    ]
    lines += [f"D{number},学区{number},学区,B,2000-01-01," for number in range(10)]
    lines += [f"S{number:04d},学校{number},小学,D{number % 10},2000-01-01," for number in range(schools)]
    load_units(table=table_from_bytes("\n".join(lines).encode(), "units.csv"), by=None)
    units = list(Unit.objects.filter(level="school").order_by("code"))
    users = User.objects.bulk_create([User(username=unit.code, name=unit.name, password="!") for unit in units])
    Post.objects.bulk_create(
        [Post(user=user, unit=unit, role="学校", since="2020-01-01") for user, unit in zip(users, units, strict=True)]
    )
    header = ("单位编码", *values(0))
    rows = [(line, (unit.code, *values(0).values())) for line, unit in enumerate(units, start=2)]
    load_table("wide", Table("上月.csv", header, rows), None, period="2026-09")
    sessions = []
    for user in users:
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        sessions.append(str(store.session_key))
    return sessions


def register() -> str:
    """A statistics register of 250 whole numbers in ten sections, with checks over them."""
    fields = "\n".join(
        f"  - {{name: 指标{n:03d}, type: integer, required: true, min: 0, section: 第{n // 25}部分{', query: true' if n < 3 else ''}}}"
        for n in range(FIELDS)
    )
    checks = "\n".join(
        f"  - {{name: 检查{n}, formula: '指标{n:03d} <= 指标{n + 25:03d} + 100000', message: 检查{n}不符}}"
        for n in range(CHECKS)
    )
    return (
        "register: wide\nname: 宽表\nline: 统计\nkind: statistics\nowner: 统计科\nperiod: month\n"
        f"fields:\n{fields}\nchecks:\n{checks}\n"
        "access:\n  学校: {see: own, create: own, edit: own}\n  学区: {see: below, edit: below}\n"
        "  科室: {see: all, create: all, edit: all}\n"
    )


def values(shift: int) -> dict[str, object]:
    return {f"指标{n:03d}": 100 + n + shift % 7 for n in range(FIELDS)}


def a_round(period: str, schools: int) -> list[int]:
    """A round over all schools; the ids of its returns in the order of the schools."""
    from datetime import timedelta

    from django.utils import timezone

    from taizhang.org.models import Unit
    from taizhang.registers.collections.actions import open_round

    units = list(Unit.objects.filter(level="school").order_by("code"))
    due = timezone.localdate() + timedelta(days=1)
    round_ = open_round(register="wide", period=period, title=f"宽表{period}", units=units, due_on=due, by=None)
    return list(round_.returns.order_by("unit__code").values_list("pk", flat=True))


Job = tuple[str, str, str, str]


def job(pk: int, session: str, number: int) -> Job:
    """One school's submission: a form as the browser sends it."""
    body = {f"v::::{name}": value for name, value in values(number).items()}
    # Values like last month's are confirmed with the box.
    return (
        "POST",
        f"/collections/returns/{pk}/submit/",
        session,
        urlencode(body | {"token": f"t{pk}", "confirm_all": "on"}),
    )


class Answers:
    """What came back."""

    def __init__(self) -> None:
        self.good, self.times, self.seconds, self.acknowledged = 0, list[float](), 0.0, list[str]()
        self.server_cpu = self.own_cpu = 0.0

    def percentile(self, share: float) -> int:
        ordered = sorted(self.times)
        return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]) if ordered else 0

    def cpu_ms(self) -> float:
        """Milliseconds of the server's processes for each answer: what a loaded machine does not change much."""
        return round(1000 * self.server_cpu / max(1, len(self.times)), 1)

    def own_ms(self) -> float:
        """The same of this process, which plays the schools and takes from the same cores."""
        return round(1000 * self.own_cpu / max(1, len(self.times)), 1)


def cpu_of(server: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU that a server's process group has taken so far (Linux)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(told[2]) == server.pid:
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def crowd(
    port: int, jobs: list[Job], threads: int, after: Callable[[int], None] | None = None,
    server: subprocess.Popen[bytes] | None = None,
) -> Answers:  # fmt: skip
    """All jobs, as fast as ``threads`` clients can bring them; ``after`` hears how many are acknowledged."""
    answers, lock, queue = Answers(), threading.Lock(), iter(jobs)

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                item = next(queue, None)
            if item is None:
                return
            method, path, session, body = item
            start_at = time.perf_counter()
            headers = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            try:
                link.request(method, path, body or None, headers)
                answer = link.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                link.close()
                continue
            with lock:
                answers.times.append(time.perf_counter() - start_at)
                if answer.status in (302, 303):
                    answers.good += 1
                    answers.acknowledged.append(path)
                elif method == "POST" and len(answers.times) < 3:
                    print(answer.status, text[:2000].decode(errors="replace"), file=sys.stderr)
                if after:
                    after(answers.good)

    cpu, own, begun = cpu_of(server) if server else 0.0, time.process_time(), time.perf_counter()
    running = [threading.Thread(target=client) for _ in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    answers.seconds, answers.own_cpu = time.perf_counter() - begun, time.process_time() - own
    answers.server_cpu = cpu_of(server) - cpu if server else 0.0
    return answers


def kill_midway(schools: int, sessions: list[str], threads: int) -> dict[str, int]:
    """A second round; the server's processes are killed after two fifths; then everybody tries again."""
    ids = a_round("2026-11", schools)
    jobs = [job(pk, session, number) for number, (pk, session) in enumerate(zip(ids, sessions, strict=True))]
    port, server = start()
    shot = threading.Event()

    def shoot(good: int) -> None:
        if good >= schools * 2 // 5 and not shot.is_set():
            shot.set()
            os.killpg(server.pid, signal.SIGKILL)

    before = crowd(port, jobs, threads, shoot)
    server.wait()
    acknowledged = {int(path.split("/")[3]) for path in before.acknowledged}
    from taizhang.registers.collections.models import Return

    there = set(Return.objects.filter(pk__in=ids, state="submitted").values_list("pk", flat=True))
    port, server = start()
    try:
        after = crowd(port, jobs, threads)
    finally:
        stop(server)
    counts = tally(ids)
    return {
        "acknowledged_before": len(acknowledged), "lost": len(acknowledged - there), "retried": after.good,
        "submitted": counts["submitted"], "events": counts["events"], "doubled": counts["steps"] - counts["submitted"],
    }  # fmt: skip


def tally(ids: list[int]) -> dict[str, int]:
    from taizhang.events.models import Event
    from taizhang.registers.collections.models import Return, ReturnStep

    subjects = [f"return:{pk}" for pk in ids]
    return {
        "submitted": Return.objects.filter(pk__in=ids, state="submitted").count(),
        "steps": ReturnStep.objects.filter(returned__in=ids, action="提交").count(),
        "events": Event.objects.filter(action="registers.return.submitted", subject__in=subjects).count(),
    }


def start() -> tuple[int, subprocess.Popen[bytes]]:
    """A server of its own process group, answering."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(port=port)], start_new_session=True, env=os.environ | {"PYTHONPATH": path}
    )
    for _ in range(600):  # a loaded machine takes long to import
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/login/")
            link.getresponse().read()
            return port, server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def stop(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=20)


if __name__ == "__main__":
    raise SystemExit(main())
