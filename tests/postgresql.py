"""A throw-away PostgreSQL server for tests: on a Unix socket in a folder of its own, gone when the tests are.

It is never reachable over a network, and keeps nothing: commits do not wait for the disk.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.store.store import Store
from hub.store.tables import metadata

MISSING = "PostgreSQL is not installed: these tests did not run"


class Server:
    """A running server, and the folder of its socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._socket}"

    def empty_database(self) -> str:
        """The address of a new database without tables."""
        name = f"hub_{next(self._numbers)}"
        self._run(self.url("postgres"), f"CREATE DATABASE {name}")
        return self.url(name)

    def store_database(self) -> str:
        """The address of a database with the store's tables, all empty; making one is slow, so give it back."""
        if self._free:
            return self._free.pop()
        address = self.empty_database()
        store = Store(address)
        store.migrate()
        store.close()
        return address

    def give_back(self, address: str) -> None:
        """Let another test have a database that `store_database` gave."""
        self.empty(address)
        self._free.append(address)

    def empty(self, address: str) -> None:
        """Delete every row of a store, past the triggers that forbid it."""
        self._run(
            address,
            "SET session_replication_role = replica",
            *(f"DELETE FROM {table}" for table in metadata.tables),
        )

    def _run(self, address: str, *statements: str) -> None:
        url = sa.make_url(address).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@contextmanager
def running() -> Iterator[Server]:
    """A server for the length of the block; skips the test that asks when PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    account = _account()
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _run(
            account,
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
        _run(account, programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield Server(folder)
        finally:
            _run(account, programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of the newest server's programs; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _account() -> pwd.struct_passwd | None:
    """Who runs the server when the tests run as root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(account: pwd.struct_passwd | None, *command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=120,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=None if account is None else [],
    )
    assert done.returncode == 0, f"{Path(command[0]).name} failed with exit code {done.returncode}"
