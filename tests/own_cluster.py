"""A PostgreSQL of the test's own: its data directory and its write-ahead log belong to nobody else, so that each byte
in them is of this test. Old row versions stay where they lie (no vacuum), and no segment of the log is reused unseen:
each is archived first.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.real_parts import free_port, until

DATABASE = "portal"


def binaries() -> Path | None:
    """Where `initdb` and `postgres` are; distributions keep them off the PATH."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = packaged[-1] if packaged else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


MISSING = "missing: `initdb`, as of `apt install postgresql`"


class Cluster:
    """A running server with one empty database."""

    def __init__(self, folder: Path, port: int) -> None:
        self.data, self.archive = folder / "data", folder / "archive"
        self.url = f"postgres://postgres@127.0.0.1:{port}/{DATABASE}"

    def files(self) -> dict[str, bytes]:
        """Every file of the data directory and of the log, archived or not, as it lies on disk."""
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute("CHECKPOINT")
            server.execute("SELECT pg_switch_wal()")
        until(lambda: any(self.archive.iterdir()), what="the archive of the log")
        return {str(path): _bytes_of(path) for folder in (self.data, self.archive) for path in _below(folder)}


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the server removes what it needs no more
        return b""


@contextmanager
def started() -> Iterator[Cluster]:
    """Made, running, and gone again after."""
    where = binaries()
    assert where, MISSING
    folder = Path(tempfile.mkdtemp(prefix="own-cluster-"))
    port, whose = free_port(), _whose()
    cluster = Cluster(folder, port)
    cluster.archive.mkdir()
    if whose:
        for path in (folder, cluster.archive):
            shutil.chown(path, whose["user"], whose["group"])
    made = [str(where / "initdb"), "-D", str(cluster.data), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    subprocess.run([*made, "--locale=C"], cwd=folder, check=True, capture_output=True, **whose)
    given = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "autovacuum": "off",
        "archive_mode": "on",
        "archive_command": f"cp %p {cluster.archive}/%f",
    }
    settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    command = [str(where / "postgres"), "-D", str(cluster.data), *settings]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **whose)
    try:
        until(lambda: _made(cluster, port), what=f"PostgreSQL: {(folder / 'server.log').read_text()}")
        yield cluster
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _whose() -> dict:
    """PostgreSQL does not run as root: then it runs as the account that its package made."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _made(cluster: Cluster, port: int) -> bool:
    try:
        with psycopg.connect(f"postgres://postgres@127.0.0.1:{port}/postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True
