"""pgqueuer as a peer. Settings and their reasons: README.md."""
import asyncio
import time

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

import peer

BATCH = 1_000


async def driver() -> AsyncpgDriver:
    return AsyncpgDriver(await asyncpg.connect())  # parameters from the PG… variables


class Pgqueuer(peer.Peer):
    unfinished = "SELECT count(*) FROM pgqueuer"

    async def install(self):
        queries = Queries(await driver())
        await queries.install()
        await queries.optimize_autovacuum()  # `pgq autovac`, first on the documented checklist

    async def open_producer(self):
        self.queries = Queries(await driver())

    async def insert_many(self, count):
        await self.queries.enqueue(["noop"] * count, [None] * count, [0] * count)

    async def insert(self, seq):
        await self.queries.enqueue("noop", str(seq).encode())

    async def open_worker(self):
        self.manager = PgQueuer(await driver())

        @self.manager.entrypoint("noop")
        async def noop(job: Job) -> None:
            self.starts.note(int(job.payload) if job.payload else None)

    async def work(self, mode=QueueExecutionMode.continuous):
        await self.manager.run(batch_size=BATCH, mode=mode)

    def stop(self):
        self.manager.shutdown.set()

    async def drain(self, deadline):
        task = asyncio.create_task(self.work(QueueExecutionMode.drain))
        await asyncio.wait({task}, timeout=deadline)
        self.stop()
        await task
        return time.monotonic_ns()


if __name__ == "__main__":
    peer.main(Pgqueuer)
