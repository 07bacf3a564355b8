"""Who takes part, and how much work each gets."""
from __future__ import annotations

import pathlib
import shutil
import sys
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Contender:
    name: str
    command: list[str]
    #: At most this many jobs in a drain: slow ones would take minutes for what fast ones need to outlast their start.
    most_jobs: int | None = None

    def jobs(self, wanted: int) -> int:
        return min(wanted, self.most_jobs or wanted)

    def check(self) -> None:
        if not shutil.which(self.command[0]):
            raise SystemExit(
                f"{self.name} takes part by the command '{self.command[0]}', which is not on PATH.\n"
                f"Build it (swift build -c release --product {self.command[0]}), or name others: Scripts/bench queue --only …"
            )


def python(file: str) -> list[str]:
    return [sys.executable, str(HERE / file)]


LIMIT = Contender("limit", python("limit.py"))
PEERS = [
    Contender("dailies", ["dailies-queue-peer"]),
    Contender("awa", python("peer_awa.py")),
    Contender("pgqueuer", python("peer_pgqueuer.py")),
    Contender("procrastinate", python("peer_procrastinate.py"), most_jobs=20_000),
    Contender("absurd", python("peer_absurd.py"), most_jobs=10_000),
]
