"""What the server itself gives: hand-written SQL on one narrow table, and nothing that makes a queue safe or useful.

Drain is pgbench: claim B jobs in one transaction (UPDATE … FOR UPDATE SKIP LOCKED … RETURNING), delete them in another.
Enqueue (INSERT … SELECT unnest) and latency (LISTEN, claim one, delete it) are a peer of harness.py's protocol.
"""
from __future__ import annotations

import asyncio
import os
import re
import subprocess
import tempfile

import asyncpg
import psycopg

import databases
import peer
from observed import Observed

SCHEMA = """
CREATE TABLE jobs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    state smallint NOT NULL DEFAULT 0,
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    attempt int NOT NULL DEFAULT 0,
    lease timestamptz,
    worker text
);
CREATE INDEX ON jobs (priority, run_at, id) WHERE state = 0;
CREATE FUNCTION wake() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('jobs', ''); RETURN NULL; END $$;
CREATE TRIGGER wake AFTER INSERT ON jobs FOR EACH STATEMENT EXECUTE FUNCTION wake();
"""

CLAIM_AND_DELETE = """
WITH c AS (
    SELECT id FROM jobs WHERE state = 0 AND run_at <= now()
    ORDER BY priority, run_at, id LIMIT {batch} FOR UPDATE SKIP LOCKED
), u AS (
    UPDATE jobs j SET state = 1, attempt = attempt + 1, worker = 'w', lease = now() + interval '1 min'
    FROM c WHERE j.id = c.id RETURNING j.id
)
SELECT coalesce(array_agg(id), '{{}}') AS ids FROM u \\gset
DELETE FROM jobs WHERE id = ANY (CAST(:ids AS bigint[]));
"""

CLAIM_ONE = """
UPDATE jobs SET state = 1, attempt = attempt + 1, lease = now() + interval '1 min'
WHERE id = (SELECT id FROM jobs WHERE state = 0 AND run_at <= now()
            ORDER BY priority, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, (payload ->> 'seq')::int AS seq
"""


def measure_drain(postmaster: int, dbname: str, batch: int, clients: int, jobs: int) -> dict[str, float]:
    """`jobs` jobs by `clients` connections; one more batch in twenty is there, so that nobody finds the queue empty."""
    rounds = jobs // batch // clients
    with psycopg.connect(dbname=dbname, autocommit=True) as connection:
        connection.execute("INSERT INTO jobs (kind) SELECT 'noop' FROM generate_series(1, %s)", (jobs * 21 // 20,))
    databases.settle(dbname)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        # One line for each statement, as pgbench's \gset wants it.
        script.write(re.sub(r"\n(?!DELETE|$)", " ", CLAIM_AND_DELETE.format(batch=batch)).strip() + "\n")
        script.flush()
        command = ["pgbench", "-n", "-M", "prepared", "-f", script.name, "-c", str(clients), "-j", str(clients), "-t", str(rounds), dbname]
        cpu = os.times()
        observed = Observed(postmaster, dbname)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        observed.stop()
        used = sum(os.times()[2:4]) - sum(cpu[2:4])
    done = rounds * batch * clients
    figures = observed.finish(used)
    return {
        "jobs_per_s": done / figures["wall"],
        "done": done,
        "commits_per_job": figures["commits"] / done,
        "wal_per_job": figures["wal_bytes"] / done,
        **figures,
    }


class Limit(peer.Peer):
    chunk = 20_000
    unfinished = "SELECT count(*) FROM jobs"

    async def install(self):
        await (await asyncpg.connect()).execute(SCHEMA)

    async def open_producer(self):
        self.connection = await asyncpg.connect()
        insert = "INSERT INTO jobs (kind, payload) SELECT 'noop', x::jsonb FROM unnest($1::text[]) x RETURNING id"
        self.many = await self.connection.prepare(insert)

    async def insert_many(self, count):
        await self.many.fetch(["{}"] * count)

    async def insert(self, seq):
        await self.many.fetch([f'{{"seq": {seq}}}'])

    async def open_worker(self):
        self.stopped, self.wake = False, asyncio.Event()
        self.connection, self.listener = await asyncpg.connect(), await asyncpg.connect()
        await self.listener.add_listener("jobs", lambda *_: self.wake.set())
        self.claim = await self.connection.prepare(CLAIM_ONE)
        self.delete = await self.connection.prepare("DELETE FROM jobs WHERE id = $1")

    async def work(self):
        while not self.stopped:
            self.wake.clear()
            while row := await self.claim.fetchrow():
                self.starts.note(row["seq"])
                await self.delete.fetch(row["id"])
            await self.wake.wait()

    def stop(self):
        self.stopped = True
        self.wake.set()


if __name__ == "__main__":
    peer.main(Limit)
