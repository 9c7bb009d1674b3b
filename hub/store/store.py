"""The store: where the hub's memory is opened, brought up to date, read, and written under one lock.

It knows no table's meaning.  Rules:

* `begin` holds the write lock of the whole store from its first moment, on both databases; one writer at a time, over
  threads and processes; it commits when its block ends, rolls back when the block raises, and after
  `tx.refuse(error)` commits first and raises then (see `hub.store.transaction`);
* `read` sees one moment and never waits for a writer;
* what a database says when it fails is not repeated: it may quote values.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from hub.errors import HubError
from hub.store import schema
from hub.store.engines import PATIENCE_SECONDS, open_engines
from hub.store.errors import StoreBusyError, StoreError, StoreFailedError, ValueRefusedError
from hub.store.transaction import Reading, Refusal, Transaction

_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "55P03"})


class Store:
    """The hub's memory at `url`: `sqlite:///FILE` or `postgresql://…`."""

    def __init__(self, url: str, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._engines = open_engines(url)
        self._random = random
        self._turn = threading.Lock()
        self._writer_thread: int | None = None

    def __repr__(self) -> str:
        return f"Store({self._engines.dialect})"

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engines.dialect

    def migrate(self) -> None:
        """Bring the tables to this version of the hub; safe to call at every start, from several processes at once."""
        with self._writing() as connection:
            schema.upgrade(connection)

    def check(self) -> None:
        """Raise `StoreVersionError` unless the tables are of this version of the hub."""
        with self._reading() as connection:
            schema.check(connection)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A transaction that holds the write lock now; one inside another is refused, for it would wait for itself."""
        refused: Exception | None = None
        with self._writing() as connection:
            try:
                yield Transaction(connection, self._random)
            except Refusal as refusal:
                refused = refusal.error
        if refused is not None:
            raise refused

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """A transaction that sees the store as it is at this moment, whatever is written meanwhile."""
        with self._reading() as connection:
            yield Reading(connection)

    def scrub(self) -> None:
        """Remove from the files what was deleted in the tables; call it after keys were destroyed.

        On PostgreSQL the write-ahead log and earlier backups keep their bytes until they are recycled: what lies there
        of a data key is still wrapped by the master key.
        """
        with _plain_errors(), self._engines.tidier.connect() as connection:
            if self.dialect == "postgresql":
                connection.exec_driver_sql("VACUUM (FULL) vault_keys")
            elif connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                raise StoreBusyError("readers kept the store from overwriting what was deleted: do it again")

    def close(self) -> None:
        """Let go of every connection."""
        for engine in (self._engines.writer, self._engines.reader, self._engines.tidier):
            engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        # Threads of this process queue here, where waiting is fair and costs nothing; processes queue in the database.
        if self._writer_thread == threading.get_ident():
            raise StoreError("this thread is writing already: pass its transaction on instead of opening another")
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise StoreBusyError(f"others wrote for more than {PATIENCE_SECONDS} s: try again")
        self._writer_thread = threading.get_ident()
        try:
            with _plain_errors(), self._engines.writer.begin() as connection:
                yield connection
        finally:
            self._writer_thread = None
            self._turn.release()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _plain_errors(), self._engines.reader.begin() as connection:
            yield connection


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Replace a database's error, whose text may quote values, by its kind."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        kind = _kind(error)
        if kind in _BUSY:
            raise StoreBusyError(f"others held the store for more than {PATIENCE_SECONDS} s: try again") from None
        raise StoreFailedError(f"the database failed ({kind}): look into its own log, then try again") from None
    except sa.exc.SQLAlchemyError as error:
        if isinstance(error, sa.exc.StatementError) and isinstance(error.orig, HubError):
            raise error.orig from None
        raise StoreFailedError(f"the store failed ({type(error).__name__}): try again") from None
    except (UnicodeEncodeError, OverflowError):
        raise ValueRefusedError("a text or a number cannot be written down: check what was sent") from None


def _kind(error: sa.exc.DBAPIError) -> str:
    """A database's constant name or number of an error, never its text."""
    for name in ("sqlite_errorname", "sqlstate"):
        kind = getattr(error.orig, name, None)
        if isinstance(kind, str):
            return kind
    return type(error).__name__
