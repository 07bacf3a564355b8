"""A PostgreSQL server for one run: in a temporary folder on a real disk, durable, reachable only through its own socket.

As with the project's private server, PostgreSQL refuses root, so for root it runs as `postgres` or `nobody`.
"""
from __future__ import annotations

import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

USER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "200",
}


class PrivateServer:
    """`with PrivateServer() as server:` the PG… variables lead to it inside, and nothing is left of it afterwards.

    `settings` are set beside, or in place of, those above.
    """

    def __init__(self, settings: dict[str, str] = {}) -> None:
        self.settings = {**SETTINGS, **settings}

    def __enter__(self) -> PrivateServer:
        self.programs = find_programs()
        self.account = account()
        # /tmp may be memory. The server's account has to pass through the folder when root runs this.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dailies-bench-", dir="/var/tmp"))
        self.process: subprocess.Popen | None = None
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self) -> None:
        os.chmod(self.folder, 0o711)
        home = self.folder / "server"
        home.mkdir(mode=0o700)
        if self.account:
            os.chown(home, self.account.pw_uid, self.account.pw_gid)
        data, log = home / "data", self.folder / "server.log"
        access = ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8"]
        with open(log, "wb") as output:
            self.run(output, home, "initdb", "-D", data, "-U", USER, *access).wait()
            settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
            settings += ["-c", f"unix_socket_directories={home}", "-c", "unix_socket_permissions=0700"]
            self.process = self.run(output, home, "postgres", "-D", data, *settings)
        os.environ.update(PGHOST=str(home), PGPORT=self.settings["port"], PGUSER=USER, PGDATABASE="postgres")
        os.environ["PATH"] = f"{self.programs}{os.pathsep}{os.environ['PATH']}"  # pgbench and psql of the same version
        while subprocess.run(["pg_isready", "-q"]).returncode:
            if self.process.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start. It says:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def run(self, output, home: pathlib.Path, program: str, *arguments) -> subprocess.Popen:
        """In a session of its own, so that Ctrl-C reaches this program alone, which then stops the server in order."""
        command = [self.programs / program, *arguments]
        if self.account:
            who = [f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}", "--clear-groups"]
            command = ["setpriv", *who, "--", *command]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
        return subprocess.Popen(
            [str(word) for word in command], cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )

    @property
    def process_id(self) -> int:
        return self.process.pid

    def __exit__(self, *_) -> None:
        if self.process:
            self.process.send_signal(signal.SIGQUIT)  # an immediate shutdown: the data is thrown away
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody': useradd --system postgres")


def find_programs() -> pathlib.Path:
    """The newest that Debian's packages installed, else those on PATH."""
    packaged = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    for folder in [*packaged, *os.environ["PATH"].split(os.pathsep)]:
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in ("initdb", "postgres", "pgbench", "psql", "pg_isready")):
            return pathlib.Path(folder)
    raise SystemExit("No PostgreSQL server with pgbench is installed: apt-get install postgresql")
