"""The journal: every decision, refusal, charge, signature, delivery, release and destruction, in a chain of hashes.

It does not decide what is recorded.  Rules:

* entries are appended under the write lock and are never changed; each has one row for the public and one apart for
  the salt and the private body;
* time does not run back within it;
* the kinds in `OWN` are written by this room itself, in the same transaction as the rows they vouch for;
* `verify` recomputes every hash, compares the end with the stored head and with heads that were kept elsewhere, and
  holds the tables against what the entries say of them.  Whoever owns the database can rewrite all of it consistently:
  only a head that was kept elsewhere shows that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agreements import canonical, instants
from hub.store.chain import NO_HASH, SALT_BYTES, Entry, Head, commitment, link, moment
from hub.store.errors import JournalBrokenError, UnknownError, ValueRefusedError
from hub.store.reconcile import Testimony, Vouched, compare
from hub.store.tables import journal, journal_head, journal_private
from hub.store.transaction import Reading, Transaction

OWN = frozenset(Vouched)
"""The kinds of entry that only this room writes."""

_NOTHING: Mapping[str, Any] = {}
_PAGE = 1000


def append(
    tx: Transaction, kind: str, public: Mapping[str, Any], *, private: Mapping[str, Any] = _NOTHING, at: datetime
) -> Entry:
    """Add an entry; bodies hold text, whole numbers, lists and objects.  `at` comes from `clock.instant`."""
    if kind in OWN:
        raise ValueRefusedError(f"the store itself writes the journal's entries of kind {kind}")
    return record(tx, kind, public, private=private, at=at)


def record(
    tx: Transaction, kind: str, public: Mapping[str, Any], *, private: Mapping[str, Any] = _NOTHING, at: datetime
) -> Entry:
    """`append` for this room, which may also write its own kinds."""
    before, written, kind = head(tx), moment(at), str(kind)
    _refuse_step_back(tx, written)
    salt = tx.random(SALT_BYTES)
    open_body, closed_body = canonical.encode(dict(public)), canonical.encode(dict(private))
    index, sealed = before.index + 1, commitment(salt, closed_body)
    entry = Entry(
        index=index,
        at=instants.read(written),
        kind=kind,
        public=dict(public),
        private_sha256=sealed,
        hash=link(before.hash, index=index, at=written, kind=kind, public=open_body, private_sha256=sealed),
    )
    tx.connection.execute(
        sa.insert(journal).values(
            number=index, at=written, kind=kind, public=open_body, private_sha256=sealed, hash=entry.hash
        )
    )
    tx.connection.execute(sa.insert(journal_private).values(number=index, salt=salt, private=closed_body))
    moved = {"number": index, "hash": entry.hash, "at": written}
    tx.connection.execute(
        sa.update(journal_head).values(moved) if before.index else sa.insert(journal_head).values(one=1, **moved)
    )
    return entry


def head(tx: Reading) -> Head:
    """The end of the journal now; index 0 when nothing was recorded yet."""
    row = tx.connection.execute(sa.select(journal_head.c.number, journal_head.c.hash)).one_or_none()
    return Head(0, NO_HASH) if row is None else Head(row.number, row.hash)


def last_instant(tx: Reading) -> datetime | None:
    """The instant of the last entry."""
    at = tx.connection.execute(sa.select(journal_head.c.at)).scalar_one_or_none()
    return None if at is None else instants.read(at)


def entries(tx: Reading, *, after: int = 0, limit: int = 100) -> tuple[Entry, ...]:
    """At most `limit` entries that follow entry `after`, oldest first, as the public may read them."""
    rows = tx.connection.execute(
        sa.select(journal).where(journal.c.number > after).order_by(journal.c.number).limit(limit)
    )
    return tuple(_entry(row) for row in rows)


def private(tx: Reading, index: int) -> tuple[bytes, Mapping[str, Any]]:
    """The salt and the private body of an entry: who is given both can check the entry's commitment."""
    row = tx.connection.execute(
        sa.select(journal_private.c.salt, journal_private.c.private).where(journal_private.c.number == index)
    ).one_or_none()
    if row is None:
        raise UnknownError(f"the journal has no entry {index}: it counts from 1 to its size")
    return row.salt, canonical.decode(row.private)


def verify(tx: Reading, *, kept: Iterable[Head] = ()) -> Head:
    """Recompute the whole chain and all it vouches for; `kept` are heads that this journal had earlier.

    Returns the head.  Raises `JournalBrokenError` with the index of the first bad entry.
    """
    wanted: dict[int, set[str]] = {0: {NO_HASH}}
    for end in kept:
        wanted.setdefault(end.index, set()).add(end.hash)
    if wanted.pop(0) != {NO_HASH}:
        raise JournalBrokenError("a head that was kept elsewhere is impossible", index=0)
    testimony = Testimony()
    last = Head(0, NO_HASH)
    for entry in _chain(tx):
        if wanted.pop(entry.index, {entry.hash}) != {entry.hash}:
            raise JournalBrokenError("the journal is not the one whose head was kept elsewhere", index=entry.index)
        testimony.note(entry)
        last = entry.head
    if last != head(tx):
        raise JournalBrokenError("the end of the journal is not the one that was stored", index=last.index + 1)
    if wanted:
        raise JournalBrokenError("the journal is shorter than a head that was kept elsewhere", index=last.index + 1)
    compare(tx, testimony)
    return last


def _chain(tx: Reading) -> Iterator[Entry]:
    """Every entry in order, each checked against the one before and its private body."""
    previous, index = NO_HASH, 0
    while rows := _page(tx, after=index):
        for row in rows:
            index += 1
            entry = _sound(row, previous=previous, index=index)
            if entry is None:
                raise JournalBrokenError("an entry of the journal was changed, added or removed", index=index)
            previous = entry.hash
            yield entry


def _page(tx: Reading, *, after: int) -> Sequence[sa.Row[Any]]:
    return tx.connection.execute(
        sa.select(journal, journal_private.c.salt, journal_private.c.private)
        .select_from(journal.outerjoin(journal_private))
        .where(journal.c.number > after)
        .order_by(journal.c.number)
        .limit(_PAGE)
    ).all()


def _sound(row: sa.Row[Any], *, previous: str, index: int) -> Entry | None:
    """The entry of a row that is what was written, else None."""
    if row.number != index or row.salt is None or commitment(row.salt, row.private) != row.private_sha256:
        return None
    try:
        expected = link(
            previous, index=index, at=row.at, kind=row.kind, public=row.public, private_sha256=row.private_sha256
        )
        return _entry(row) if row.hash == expected else None
    except (ValueError, ValueRefusedError):
        return None


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        index=row.number,
        at=instants.read(row.at),
        kind=row.kind,
        public=canonical.decode(row.public),
        private_sha256=row.private_sha256,
        hash=row.hash,
    )


def _refuse_step_back(tx: Reading, written: str) -> None:
    last = last_instant(tx)
    if last is not None and instants.read(written) < last:
        raise ValueRefusedError(
            "an entry cannot be older than the one before it: take the instant from the clock guard"
        )
