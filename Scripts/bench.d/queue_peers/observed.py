"""What PostgreSQL and the machine did during a measurement: commits, WAL, and how much CPU everybody else used."""
from __future__ import annotations

import time

import psycopg

from processor import machine_cpu, server_cpu

#: More than this, in cores, used by others makes a run disturbed.
FOREIGN_CORES = 0.15

COUNTERS = """
SELECT d.xact_commit AS commits, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal_bytes
FROM pg_stat_database d WHERE d.datname = %s
"""


def admin() -> psycopg.Connection:
    """To the maintenance database, so that it adds nothing to the contenders' counters."""
    return psycopg.connect(dbname="postgres", autocommit=True, row_factory=psycopg.rows.dict_row)


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
