"""procrastinate as a peer. Settings and their reasons: README.md."""
import asyncio
import time

import procrastinate

import peer

CONCURRENCY = 10


class Procrastinate(peer.Peer):
    uvloop = False  # psycopg's own loop integration is what its documentation and its benchmarks use
    chunk = 5_000
    unfinished = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"

    async def open(self, connections: int) -> procrastinate.App:
        # Parameters from the PG… variables, through libpq. The pool is filled before the app is used.
        connector = procrastinate.PsycopgConnector(min_size=connections, max_size=connections)
        app = procrastinate.App(connector=connector)

        @app.task(name="noop", queue="bench")
        async def noop(seq=None):
            self.starts.note(seq)

        self.noop = noop
        await app.open_async()
        return app

    async def install(self):
        app = await self.open(1)
        await app.schema_manager.apply_schema_async()
        await app.close_async()

    async def open_producer(self):
        self.app = await self.open(1)

    async def insert_many(self, count):
        await self.noop.batch_defer_async(*({} for _ in range(count)))

    async def insert(self, seq):
        await self.noop.defer_async(seq=seq)

    async def open_worker(self):
        self.app = await self.open(CONCURRENCY + 1)

    async def work(self, wait=True):
        self.task = asyncio.create_task(
            self.app.run_worker_async(
                queues=["bench"], concurrency=CONCURRENCY, delete_jobs="always", wait=wait, install_signal_handlers=False
            )
        )
        await asyncio.gather(self.task, return_exceptions=True)

    def stop(self):
        self.task.cancel()  # the documented way to stop `run_worker_async`: running jobs are finished first

    async def drain(self, deadline):
        task = asyncio.create_task(self.work(wait=False))
        await asyncio.wait({task}, timeout=deadline)
        if not task.done():
            self.stop()
        await task
        return time.monotonic_ns()


if __name__ == "__main__":
    # procrastinate warns about an App that the module __main__ makes.
    import peer_procrastinate

    peer.main(peer_procrastinate.Procrastinate)
