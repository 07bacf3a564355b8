"""What PostgreSQL and the machine did during a measurement: commits, WAL, and how much CPU everybody else used."""
from __future__ import annotations

import os
import time

import psycopg

TICK = os.sysconf("SC_CLK_TCK")
#: More than this, in cores, used by others makes a run disturbed.
FOREIGN_CORES = 0.15

COUNTERS = """
SELECT d.xact_commit AS commits, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal_bytes
FROM pg_stat_database d WHERE d.datname = %s
"""


def admin() -> psycopg.Connection:
    """To the maintenance database, so that it adds nothing to the contenders' counters."""
    return psycopg.connect(dbname="postgres", autocommit=True, row_factory=psycopg.rows.dict_row)


def machine_cpu() -> float:
    """Busy seconds of the whole machine since it started."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _iowait, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICK


def stat(process: int) -> tuple[int, float] | None:
    """Parent and CPU seconds of a process, its children that it waited for included."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return int(fields[1]), sum(map(int, fields[11:15])) / TICK


def server_cpu(postmaster: int) -> float:
    """Of the postmaster, its living children and those that ended. A backend that ends just now may be missed or counted twice."""
    stats = [stat(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    own = stat(postmaster)
    return (own[1] if own else 0) + sum(s[1] for s in stats if s and s[0] == postmaster)


class Observed:
    """From `Observed(…)` to `stop()`; then `finish` tells what happened."""

    def __init__(self, postmaster: int, dbname: str) -> None:
        self.postmaster, self.dbname, self.connection = postmaster, dbname, admin()
        self.before = self.counters()
        self.cpu = self.spent()
        self.start = time.monotonic()

    def counters(self) -> dict[str, int]:
        return self.connection.execute(COUNTERS, (self.dbname,)).fetchone()

    def spent(self) -> tuple[float, float]:
        return machine_cpu(), server_cpu(self.postmaster) + time.process_time()

    def stop(self) -> None:
        self.wall = time.monotonic() - self.start
        everybody, ours = (now - then for now, then in zip(self.spent(), self.cpu))
        self.foreign = everybody - ours

    def finish(self, peers_cpu: float) -> dict[str, float]:
        """`peers_cpu`: seconds of the contender's own processes. Backends report their commits a second late."""
        time.sleep(1.2)
        after = self.counters()
        self.connection.close()
        figures = {name: after[name] - self.before[name] for name in after}
        return {**figures, "wall": self.wall, "foreign_cores": max(0.0, self.foreign - peers_cpu) / self.wall}


def wait_for_quiet(give_up: float) -> float:
    """Waits for two calm seconds, at most `give_up` seconds in all; the load last seen, in cores."""
    end, calm, load = time.monotonic() + give_up, 0, 0.0
    while calm < 4 and time.monotonic() < end:
        busy, start = machine_cpu(), time.monotonic()
        time.sleep(0.5)
        load = (machine_cpu() - busy) / (time.monotonic() - start)
        calm = calm + 1 if load < FOREIGN_CORES else 0
    return load
