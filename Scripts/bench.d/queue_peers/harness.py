"""Measures one contender. A contender is a command that speaks this protocol.

It has the subcommands below and runs with PGHOST, PGPORT, PGUSER and PGDATABASE set; the database is its own. It prints
READY when it is connected, waits for one line on standard input, does its work, and prints one line of JSON.

  install                       create the library's schema, exit
  enqueue --jobs N              {"t0", "t1", "cpu_s"}
  worker --deadline S           work until no job is left, or for S seconds:
                                {"executed", "t_first", "t_last", "t_done", "cpu_s"}
  listen                        work until a second line on standard input:
                                {"starts": [[seq, ns], …], "cpu_s"}
  send --jobs N --interval-ms M {"sent": [[seq, ns before the call, ns after it], …], "cpu_s"}
  left                          print how many jobs are not finished, exit

`enqueue` inserts no-op jobs by the library's bulk call. `t_first` and `t_last` are when the first and the last job began,
`t_done` is when the last completion was stored. All times are nanoseconds of CLOCK_MONOTONIC, comparable between processes.
"""
from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import threading
import time

from observed import Observed

Figures = dict[str, float]


class Process:
    """One process that speaks the protocol. It is killed when it takes longer than `timeout` seconds."""

    def __init__(self, command: list[str], dbname: str, timeout: float = 120) -> None:
        self.command = command
        environment = dict(os.environ, PGDATABASE=dbname)
        self.process = subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.timer = threading.Timer(timeout, self.process.kill)
        self.timer.daemon = True
        self.timer.start()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, failure, *_) -> None:
        if failure:
            self.process.kill()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.timer.cancel()

    def read(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"'{' '.join(self.command)}' ended with {self.process.wait()} instead of an answer.")
        return line.strip()

    def ready(self) -> None:
        if (line := self.read()) != "READY":
            raise SystemExit(f"'{' '.join(self.command)}' should say READY and said: {line}")

    def say(self, word: str) -> None:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def result(self) -> dict:
        return json.loads(self.read())


def call(command: list[str], dbname: str) -> str:
    environment = dict(os.environ, PGDATABASE=dbname)
    done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, timeout=120)
    if done.returncode:
        raise SystemExit(f"'{' '.join(command)}' ended with {done.returncode}.")
    return done.stdout.strip()


def measure_enqueue(postmaster: int, command: list[str], dbname: str, jobs: int) -> Figures:
    with Process([*command, "enqueue", "--jobs", str(jobs)], dbname) as producer:
        producer.ready()
        observed = Observed(postmaster, dbname)
        producer.say("GO")
        result = producer.result()
        observed.stop()
    return {"jobs_per_s": jobs / (result["t1"] - result["t0"]) * 1e9, **observed.finish(result["cpu_s"])}


def measure_drain(postmaster: int, command: list[str], dbname: str, jobs: int, workers: int, deadline: float) -> Figures:
    line = [*command, "worker", "--deadline", str(deadline)]
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(Process(line, dbname, timeout=deadline + 60)) for _ in range(workers)]
        for process in processes:
            process.ready()
        observed = Observed(postmaster, dbname)
        start = time.monotonic_ns()
        for process in processes:
            process.say("GO")
        results = [process.result() for process in processes]
        observed.stop()
    done = jobs - int(call([*command, "left"], dbname))
    working = [result for result in results if result["executed"]]
    if not done or not working:
        raise SystemExit(f"'{' '.join(line)}' did not finish a single job.")
    figures = observed.finish(sum(result["cpu_s"] for result in results))
    return {
        "jobs_per_s": done / (max(result["t_done"] for result in working) - start) * 1e9,
        "done": done,
        "commits_per_job": figures["commits"] / done,
        "wal_per_job": figures["wal_bytes"] / done,
        **figures,
    }


def measure_latency(postmaster: int, command: list[str], dbname: str, jobs: int, interval_ms: float, warm_up: int = 25) -> Figures:
    """From the call that inserts a job, one at a time, to the first instruction of the job in an idle worker."""
    send = [*command, "send", "--jobs", str(jobs + warm_up), "--interval-ms", str(interval_ms)]
    with Process([*command, "listen"], dbname) as listener, Process(send, dbname) as sender:
        listener.ready()
        listener.say("GO")
        sender.ready()
        time.sleep(1.5)  # until the worker has become idle
        observed = Observed(postmaster, dbname)
        sender.say("GO")
        sent = sender.result()
        time.sleep(0.5)  # until the last ones have begun
        observed.stop()
        listener.say("STOP")
        heard = listener.result()
    starts = dict(map(tuple, heard["starts"]))
    waits = [(starts[seq] - before) / 1e6 for seq, before, _ in sent["sent"] if seq >= warm_up and seq in starts]
    if len(waits) < jobs:
        raise SystemExit(f"'{' '.join(send)}': {jobs - len(waits)} of {jobs} jobs never began.")
    figures = observed.finish(heard["cpu_s"] + sent["cpu_s"])
    return {"p50_ms": quantile(waits, 0.50), "p99_ms": quantile(waits, 0.99), **figures}


def quantile(values: list[float], q: float) -> float:
    """The nearest rank."""
    return sorted(values)[max(0, math.ceil(len(values) * q) - 1)]
