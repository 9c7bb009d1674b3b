"""How the two databases are opened so that they keep their promises: a write lock at once, durable commits.

It runs no statement of ours.  Rules:

* SQLite: Python's driver opens no transaction by itself; `BEGIN IMMEDIATE` is sent when a writer begins; WAL with
  `synchronous=FULL`, foreign keys checked, deleted bytes overwritten, temporary data in memory, the file readable by
  its owner only; readers cannot write;
* PostgreSQL: a writer's first statement takes one advisory lock that lasts until its end, in READ COMMITTED, so that
  all it reads afterwards is what the writer before it committed; a reader is REPEATABLE READ, READ ONLY; commits wait
  for the disk;
* statements' parameters are never shown.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from hub.store.errors import StoreError

PATIENCE_SECONDS = 30
"""How long a writer waits for its turn."""

_ADVISORY_LOCK = 0x6875622E73746F72
_PRAGMAS = (
    f"busy_timeout={PATIENCE_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
)


@dataclass(frozen=True, slots=True, repr=False)
class Engines:
    """Three ways into the same database; the last is for tidying its files, outside every transaction."""

    dialect: str
    writer: Engine
    reader: Engine
    tidier: Engine


def open_engines(url: str) -> Engines:
    """The engines of `sqlite:///FILE` or `postgresql://…`; opens no connection yet."""
    try:
        address = make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError("give the store's address as sqlite:///FILE or postgresql://HOST/DATABASE") from None
    match address.get_backend_name():
        case "sqlite":
            return _sqlite(address)
        case "postgresql":
            return _postgresql(address.set(drivername="postgresql+psycopg"))
        case _:
            raise StoreError("the store is kept in SQLite (sqlite:///FILE) or PostgreSQL (postgresql://HOST/DATABASE)")


def _sqlite(address: URL) -> Engines:
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise StoreError("a store in memory forgets what was spent: name a file (sqlite:///FILE)")
    _own(Path(address.database))
    writer, reader, tidier = _engine(address), _engine(address), _engine(address)
    sa.event.listen(tidier, "connect", _prepare_sqlite("query_only=OFF"))
    sa.event.listen(writer, "connect", _prepare_sqlite("query_only=OFF"))
    sa.event.listen(reader, "connect", _prepare_sqlite("query_only=ON"))
    sa.event.listen(writer, "begin", _sending("BEGIN IMMEDIATE"))
    sa.event.listen(reader, "begin", _sending("BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"))
    return Engines("sqlite", writer, reader, tidier)


def _postgresql(address: URL) -> Engines:
    writer = _engine(address, isolation_level="READ COMMITTED")
    reader = _engine(
        address, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True}, pool_size=16
    )
    sa.event.listen(
        writer,
        "begin",
        _sending(
            f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'",
            "SET LOCAL synchronous_commit = on",
            f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})",
        ),
    )
    sa.event.listen(reader, "begin", _sending("SELECT 1"))
    return Engines("postgresql", writer, reader, _engine(address, isolation_level="AUTOCOMMIT"))


def _engine(address: URL, **options: Any) -> Engine:
    return sa.create_engine(address, hide_parameters=True, pool_timeout=PATIENCE_SECONDS, pool_pre_ping=True, **options)


def _own(file: Path) -> None:
    """Make the file its owner's before SQLite does; SQLite gives the files beside it the same mode."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        raise StoreError("the store's file cannot be opened for writing: check its folder and its owner") from None


def _prepare_sqlite(role: str) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, role):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _sending(*statements: str) -> Callable[[Connection], None]:
    def send(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return send
