"""One run of the whole comparison: what is measured of whom, and what came out."""
from __future__ import annotations

import sys
from importlib.metadata import version

import databases
import harness
import limit
import machine
import observed
from contenders import LIMIT, Contender
from table import Results

LIMIT_CASES = [(100, 1), (100, 2), (500, 2)]
#: The limit drains this many times the jobs, for it is that much faster.
LIMIT_FACTOR = 2
PICKUPS, PICKUP_INTERVAL_MS = 250, 17
PACKAGES = {"awa": "awa-pg", "pgqueuer": "pgqueuer", "procrastinate": "procrastinate", "absurd": "absurd-sdk"}


class Session:
    def __init__(self, postmaster: int, jobs: int, deadline: float) -> None:
        self.postmaster, self.jobs, self.deadline = postmaster, jobs, deadline
        self.results: Results = {}
        self.disturbed, self.runs = 0, 0

    def install(self, contender: Contender) -> None:
        databases.template(contender.name, lambda dbname: harness.call([*contender.command, "install"], dbname))

    def measure(self, contender: Contender, number: int) -> None:
        jobs = contender.jobs(self.jobs)
        if contender is LIMIT:
            self.enqueue(contender, number, jobs)
            for batch, clients in LIMIT_CASES:
                figures = limit.measure_drain(self.postmaster, databases.fresh("limit"), batch, clients, jobs * LIMIT_FACTOR)
                self.keep(contender, f"{batch}x{clients}", number, figures)
        else:
            for workers in (1, 2):
                dbname = self.enqueue(contender, number, jobs)
                databases.settle(dbname)
                figures = harness.measure_drain(self.postmaster, contender.command, dbname, jobs, workers, self.deadline)
                self.keep(contender, f"drain{workers}", number, figures)
        dbname = databases.fresh(contender.name)
        databases.settle(dbname)
        figures = harness.measure_latency(self.postmaster, contender.command, dbname, PICKUPS, PICKUP_INTERVAL_MS)
        self.keep(contender, "latency", number, figures)

    def enqueue(self, contender: Contender, number: int, jobs: int) -> str:
        """Fills a new database for a drain. Only the first filling of a round counts, for the limit has one."""
        dbname = databases.fresh(contender.name)
        databases.settle(dbname)
        figures = harness.measure_enqueue(self.postmaster, contender.command, dbname, jobs)
        if number not in self.results.get((contender.name, "enqueue"), {}):
            self.keep(contender, "enqueue", number, figures)
        return dbname

    def keep(self, contender: Contender, part: str, number: int, figures: harness.Figures) -> None:
        self.results.setdefault((contender.name, part), {})[number] = figures
        self.runs += 1
        noisy = figures["foreign_cores"] > observed.FOREIGN_CORES
        self.disturbed += noisy
        shown = ("jobs_per_s", "done", "p50_ms", "p99_ms", "commits_per_job", "wal_per_job", "foreign_cores")
        text = ", ".join(f"{name} {figures[name]:,.4g}" for name in shown if name in figures)
        print(f"round {number}: {contender.name} {part}: {text}{' (disturbed)' if noisy else ''}", file=sys.stderr, flush=True)

    def amount(self, chosen: list[Contender]) -> str:
        """What a reader has to know of the numbers of jobs."""
        fewer = [f"{peer.name} {peer.jobs(self.jobs):,}" for peer in chosen if peer.jobs(self.jobs) < self.jobs]
        unfinished = []
        for peer in chosen:
            done = min(run["done"] for part in ("drain1", "drain2") for run in self.results[peer.name, part].values())
            if done < peer.jobs(self.jobs):
                unfinished.append(f"{peer.name} ({done:,.0f} done)")
        text = f"{self.jobs:,} jobs" + (f" ({', '.join(fewer)})" if fewer else "") + f", at most {self.deadline:g} s a drain."
        return text + (f" Not finished in that time: {', '.join(unfinished)}." if unfinished else "")

    def disturbance(self) -> str:
        limit_cores = observed.FOREIGN_CORES
        return f"In {self.disturbed} of {self.runs} measurements, other programs used more than {limit_cores} cores."

    def server_version(self) -> str:
        with observed.admin() as connection:
            return connection.execute("SHOW server_version").fetchone()["server_version"]

    def versions(self, chosen: list[Contender]) -> str:
        def of(name: str) -> str:
            return version(PACKAGES[name]) if name in PACKAGES else machine.first_line(name, "--version")

        return ", ".join(f"{peer.name} {of(peer.name)}" for peer in chosen)
