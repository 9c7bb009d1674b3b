"""One open transaction: what every function of this room is given, and how a refusal outlives it.

It opens and closes nothing; `hub.store.store` does.  Rules:

* `Reading` sees one moment of the store and cannot write; `Transaction` also holds the write lock, from its first
  moment to its commit, so what it has read still holds when it writes;
* a refusal raised the plain way would roll back its own journal entry.  So an outcome is a value where the caller can
  go on (`ledger.charge` returns `Overdrawn`), and where it cannot, `tx.refuse(error)` ends the block at once:
  `Store.begin` commits what was written, and only then raises `error`;
* randomness comes from the store, which was given its source.
"""

from collections.abc import Callable
from typing import NoReturn

from sqlalchemy.engine import Connection


class Reading:
    """A transaction that reads one moment of the store."""

    __slots__ = ("connection",)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Transaction(Reading):
    """A transaction that holds the write lock."""

    __slots__ = ("random",)

    def __init__(self, connection: Connection, random: Callable[[int], bytes]) -> None:
        super().__init__(connection)
        self.random = random

    def refuse(self, error: Exception) -> NoReturn:
        """End the block, commit all that was written in it, then raise `error` from `Store.begin`.

        Write the journal entry of the refusal first.  If the commit fails, that is raised instead.
        """
        raise Refusal(error)


class Refusal(BaseException):
    """The way from `Transaction.refuse` to `Store.begin`, which no `except Exception` on the way may stop."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
