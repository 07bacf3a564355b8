"""The private PostgreSQL of a `dailies work` that a bench has started, asked through psql."""
import subprocess

COMMAND = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "dailies"]


def psql(socket, script):
    done = subprocess.run(COMMAND + ["-h", socket, "dailies"], input=script, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def private_server(data, worker):
    """Where the worker's PostgreSQL listens, once the worker has signed on."""
    state = data / "postgres" / "data" / "postmaster.pid"
    # COMMIT lets go of the table, which the migrations that are still to come lock.
    signed_on = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM dailies.workers) LOOP COMMIT; PERFORM pg_sleep(0.05); END LOOP; END $$;"
    while worker.poll() is None:
        try:
            socket = state.read_text(encoding="utf-8").splitlines()[4]
            psql(socket, signed_on)
            return socket
        except (OSError, IndexError, RuntimeError):
            continue  # Not there yet, or not yet with our schema.
    raise RuntimeError("dailies work has ended")


def durability(socket):
    settings = "fsync", "synchronous_commit", "full_page_writes"
    return ", ".join(f"{name} {psql(socket, f'SHOW {name};').strip()}" for name in settings)


class Session:
    """One connection that stays, for questions whose moment counts."""

    def __init__(self, socket):
        self.process = subprocess.Popen(
            COMMAND + ["-h", socket, "dailies"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, query):
        """A query's one line of answer."""
        self.process.stdin.write(query + "\n")
        return self.process.stdout.readline().rstrip("\n")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
