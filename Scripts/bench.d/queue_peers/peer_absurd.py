"""Absurd (PyPI: absurd-sdk) as a peer. Settings and their reasons: README.md.

The SDK does not hold Absurd's SQL schema; the schema of the same version comes with `absurdctl`, its command-line program.
"""
import subprocess

from absurd_sdk import AsyncAbsurd
from psycopg import AsyncConnection

import peer

QUEUE = "bench"
CONCURRENCY = 128


class Absurd(peer.Peer):
    unfinished = f"SELECT count(*) FROM absurd.t_{QUEUE} WHERE state NOT IN ('completed', 'failed', 'cancelled')"

    async def open(self) -> None:
        self.connection = await AsyncConnection.connect(autocommit=True)  # parameters from the PG… variables
        self.app = AsyncAbsurd(self.connection, queue_name=QUEUE)

        @self.app.register_task("noop")
        async def noop(parameters, context):
            self.starts.note(parameters.get("seq"))

    async def install(self):
        subprocess.run(["absurdctl", "init"], check=True, stdout=subprocess.DEVNULL)
        await self.open()
        await self.app.create_queue()

    async def open_producer(self):
        await self.open()

    async def insert_many(self, count):
        async with self.connection.transaction():
            for _ in range(count):
                await self.app.spawn("noop", {})

    async def insert(self, seq):
        await self.app.spawn("noop", {"seq": seq})

    async def open_worker(self):
        await self.open()

    async def work(self):
        await self.app.start_worker(concurrency=CONCURRENCY)

    def stop(self):
        self.app.stop_worker()


if __name__ == "__main__":
    peer.main(Absurd)
