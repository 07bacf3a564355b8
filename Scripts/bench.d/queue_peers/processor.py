"""How many seconds of the processor somebody has used."""
from __future__ import annotations

import os

TICK = os.sysconf("SC_CLK_TCK")


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
