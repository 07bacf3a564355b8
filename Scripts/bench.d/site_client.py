"""A client that costs little, for it runs on the cores that it measures: HTTP/1.1 on sockets that stay open."""
import dataclasses
import random
import re
import socket
import threading
import time


@dataclasses.dataclass
class Page:
    name: str
    addresses: list
    admin: bool = False
    bytes: int = 0


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.room = memoryview(bytearray(1 << 20))
        self.cookie = None

    def ask(self, method, path, more=""):
        """Status, head, and how many bytes the content had. A page that leads elsewhere counts as it is."""
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nContent-Length: 0\r\n{cookie}{more}\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = self.socket.recv(65536)
            if not part:
                raise RuntimeError(f"{path}: the server closed the connection")
            head += part
        head, _, begun = head.partition(b"\r\n\r\n")
        status, length = int(head[9:12]), re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if not length:
            raise RuntimeError(f"{path}: {status} without a length")
        left = total = int(length.group(1))
        left -= len(begun)
        while left > 0:
            got = self.socket.recv_into(self.room, min(left, len(self.room)))
            if not got:
                raise RuntimeError(f"{path}: the server closed the connection")
            left -= got
        return status, head, total


def review(connections, pages, seconds, pause):
    """Page to the seconds that each of its requests took. The first connection is an admin's."""
    times = {page.name: [] for page in pages}
    failures = []
    begin = time.monotonic() + 0.1

    def work(number, connection):
        choice = random.Random(number)
        mine, admins = [page for page in pages if not page.admin], [page for page in pages if page.admin]
        # Not all at once: they come one after the other within the pause.
        time.sleep(max(0, begin - time.monotonic()) + pause * number / len(connections))
        while time.monotonic() < begin + seconds:
            # The admin is one of many, and yet their pages are to be asked for often enough.
            page = choice.choice(admins if number == 0 and choice.random() < 0.7 else mine)
            start = time.monotonic()
            try:
                status, _, page.bytes = connection.ask("GET", choice.choice(page.addresses))
            except (OSError, RuntimeError) as error:
                failures.append(error)
                return
            times[page.name].append(time.monotonic() - start)
            if status >= 400:
                failures.append(RuntimeError(f"{page.name}: {status}"))
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=one) for one in enumerate(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} requests failed, the first: {failures[0]}")
    return times


def percentile(values, share):
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1))] if ordered else float("nan")
