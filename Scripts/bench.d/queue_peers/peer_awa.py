"""awa (PyPI: awa-pg) as a peer. Settings and their reasons: README.md."""
import asyncio
import os
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import awa

import peer

QUEUE = "bench"
WORKERS = 1_024
CLAIM_BATCH = 512
CONNECTIONS = 50


@dataclass
class Noop:
    seq: int | None = None


def url() -> str:
    """The PG… variables as the URL that awa wants."""
    host = urlencode({"host": os.environ["PGHOST"], "port": os.environ["PGPORT"], "user": os.environ["PGUSER"]})
    return f"postgres:///{quote(os.environ['PGDATABASE'])}?{host}"


class Awa(peer.Peer):
    chunk = 10_000
    # awa's own exact count (`queue_stats`) takes minutes after some ten thousand jobs. Completions are kept in batches, in `done_entries`
    # when they are not plain, and as sums once their partition is pruned.
    unfinished = """
        SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM awa.job_id_seq)
             - (SELECT coalesce(sum(completed_count), 0) FROM awa.receipt_completion_batches)
             - (SELECT count(*) FROM awa.done_entries)
             - (SELECT coalesce(sum(pruned_completed_count), 0) FROM awa.queue_terminal_rollups)
    """

    async def install(self):
        client = awa.AsyncClient(url())
        await client.migrate()
        # The first worker on a fresh database switches it to the queue-storage engine, which bulk inserts need.
        await self.open_worker()
        self.stopped.set()
        await self.work()

    async def open_producer(self):
        self.client = awa.AsyncClient(url())

    async def insert_many(self, count):
        await self.client.enqueue_many_copy([Noop() for _ in range(count)], queue=QUEUE)

    async def insert(self, seq):
        await self.client.insert(Noop(seq), queue=QUEUE)

    async def open_worker(self):
        self.client = awa.AsyncClient(url(), max_connections=CONNECTIONS)
        self.stopped = asyncio.Event()

        @self.client.task(Noop, queue=QUEUE)
        async def noop(job):
            self.starts.note(job.args.seq)

    async def work(self):
        await self.client.start([{"name": QUEUE, "max_workers": WORKERS, "claim_batch_size": CLAIM_BATCH}])
        await self.stopped.wait()
        await self.client.shutdown(timeout_ms=5_000)

    def stop(self):
        self.stopped.set()


if __name__ == "__main__":
    peer.main(Awa)
