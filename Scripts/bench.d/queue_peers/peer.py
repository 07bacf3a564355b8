"""What every peer in Python shares: the protocol at the head of harness.py, around the few calls of one library.

A peer is a subclass of `Peer` and `main(ItsClass)`. Connections are open and modules loaded before READY, so that the
measurements hold the library's work and not Python's start.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

import asyncpg
import uvloop


class Starts:
    """When jobs began: the library's job calls `note` first thing."""

    def __init__(self) -> None:
        self.count, self.first, self.last = 0, 0, 0
        self.by_seq: list[tuple[int, int]] = []

    def note(self, seq: int | None = None) -> None:
        self.last = time.monotonic_ns()
        if not self.count:
            self.first = self.last
        self.count += 1
        if seq is not None:
            self.by_seq.append((seq, self.last))


class Peer:
    """One library. `self.starts.note(seq)` is all that its job does; `seq` is `None` for the jobs of `enqueue`."""

    uvloop = True
    #: Jobs in one call of the library's bulk insert.
    chunk = 1_000
    #: A query that counts the jobs that are not finished.
    unfinished: str

    def __init__(self) -> None:
        self.starts = Starts()
        self.asking: asyncpg.Connection | None = None

    async def install(self) -> None:
        """Creates the library's schema in an empty database."""
        raise NotImplementedError

    async def open_producer(self) -> None:
        raise NotImplementedError

    async def insert_many(self, count: int) -> None:
        raise NotImplementedError

    async def insert(self, seq: int) -> None:
        raise NotImplementedError

    async def open_worker(self) -> None:
        raise NotImplementedError

    async def work(self) -> None:
        """Works until `stop`, and returns when every completion is stored."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    async def left(self) -> int:
        self.asking = self.asking or await asyncpg.connect()
        return await self.asking.fetchval(self.unfinished)

    async def drain(self, deadline: float) -> int:
        """Works until nothing is left, or for `deadline` seconds; the time of the last completion, at most 20 ms late.

        For libraries that only know how to run for ever: once no job has begun for 20 ms, the database is asked.
        """
        end = time.monotonic() + deadline
        task = asyncio.create_task(self.work())
        t_done = 0
        while time.monotonic() < end and not task.done():
            await asyncio.sleep(0.02)
            if time.monotonic_ns() - self.starts.last > 20_000_000:
                asked = time.monotonic_ns()
                if await self.left() == 0:
                    t_done = asked
                    break
        self.stop()
        await task
        return t_done or time.monotonic_ns()


def say(value: object) -> None:
    print(value if isinstance(value, str) else json.dumps(value), flush=True)


async def line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


async def ready() -> float:
    """Waits for GO; the CPU time of this process until then."""
    say("READY")
    await line()
    return time.process_time()


async def enqueue(peer: Peer, args: argparse.Namespace) -> None:
    await peer.open_producer()
    cpu, t0 = await ready(), time.monotonic_ns()
    for start in range(0, args.jobs, peer.chunk):
        await peer.insert_many(min(peer.chunk, args.jobs - start))
    t1 = time.monotonic_ns()
    say({"t0": t0, "t1": t1, "cpu_s": time.process_time() - cpu})


async def worker(peer: Peer, args: argparse.Namespace) -> None:
    await peer.open_worker()
    cpu = await ready()
    t_done = await peer.drain(args.deadline)
    starts, cpu_s = peer.starts, time.process_time() - cpu
    say({"executed": starts.count, "t_first": starts.first, "t_last": starts.last, "t_done": t_done, "cpu_s": cpu_s})


async def listen(peer: Peer, args: argparse.Namespace) -> None:
    await peer.open_worker()
    cpu = await ready()
    task = asyncio.create_task(peer.work())
    await line()
    peer.stop()
    await task
    say({"starts": peer.starts.by_seq, "cpu_s": time.process_time() - cpu})


async def send(peer: Peer, args: argparse.Namespace) -> None:
    await peer.open_producer()
    cpu, begin, sent = await ready(), time.monotonic(), []
    for seq in range(args.jobs):
        await asyncio.sleep(max(0, begin + seq * args.interval_ms / 1000 - time.monotonic()))
        before = time.monotonic_ns()
        await peer.insert(seq)
        sent.append((seq, before, time.monotonic_ns()))
    say({"sent": sent, "cpu_s": time.process_time() - cpu})


async def install(peer: Peer, args: argparse.Namespace) -> None:
    await peer.install()


async def left(peer: Peer, args: argparse.Namespace) -> None:
    say(str(await peer.left()))


def main(peer: type[Peer]) -> None:
    parser = argparse.ArgumentParser()
    commands = {command.__name__: command for command in (install, enqueue, worker, listen, send, left)}
    parser.add_argument("command", choices=commands)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--deadline", type=float, default=30)
    parser.add_argument("--interval-ms", type=float, default=20)
    args = parser.parse_args()
    if peer.uvloop:
        uvloop.install()
    asyncio.run(commands[args.command](peer(), args))
