"""Snapshots: which files questions run on, from when, and what they were built from.

It builds none.  Rules: a snapshot is never changed, and is in use from its public instant until the next one's; each
custodian has at most one file in it, made from one delivery; files are names within the vault's folder, keys are in
`hub.store.vault`; the map from records to persons is a file of its own, which questions never open.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from hub.store.errors import UnknownError, ValueRefusedError
from hub.store.tables import snapshot_files, snapshots
from hub.store.transaction import Reading, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFile:
    """One custodian's part of a snapshot, made from its delivery of that number."""

    custodian: str
    delivery: int
    file: str
    key_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What questions are answered on; `linkage` is the sealed summary of the linkage."""

    id: str
    valid_from: datetime
    catalogue_sha256: str
    linkage: bytes = field(repr=False)
    persons_file: str
    persons_key_name: str
    files: tuple[SnapshotFile, ...]

    def __post_init__(self) -> None:
        if not self.files or len({one.custodian for one in self.files}) != len(self.files):
            raise ValueRefusedError("a snapshot has at least one file, and one for each custodian")


def add(tx: Transaction, snapshot: Snapshot) -> None:
    """Keep a snapshot; it cannot come into use before one that is kept already."""
    last = tx.connection.execute(
        sa.select(snapshots.c.number, snapshots.c.valid_from).order_by(snapshots.c.number.desc()).limit(1)
    ).one_or_none()
    if last is not None and snapshot.valid_from < last.valid_from:
        raise ValueRefusedError("a snapshot comes into use after the one before it")
    number = 1 if last is None else last.number + 1
    tx.connection.execute(
        sa.insert(snapshots).values(
            id=snapshot.id,
            number=number,
            valid_from=snapshot.valid_from,
            catalogue_sha256=snapshot.catalogue_sha256,
            linkage=snapshot.linkage,
            persons_file=snapshot.persons_file,
            persons_key_name=snapshot.persons_key_name,
        )
    )
    rows = [{"snapshot": snapshot.id, **asdict(one)} for one in snapshot.files]
    tx.connection.execute(sa.insert(snapshot_files), rows)


def current(tx: Reading, at: datetime) -> Snapshot | None:
    """The snapshot in use at an instant; None before the first."""
    found = tx.connection.execute(
        sa.select(snapshots.c.id).where(snapshots.c.valid_from <= at).order_by(snapshots.c.number.desc()).limit(1)
    ).scalar_one_or_none()
    return None if found is None else get(tx, found)


def get(tx: Reading, snapshot_id: str) -> Snapshot:
    """The snapshot with this id."""
    row = tx.connection.execute(sa.select(snapshots).where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise UnknownError("there is no such snapshot")
    files = tx.connection.execute(
        sa.select(snapshot_files).where(snapshot_files.c.snapshot == snapshot_id).order_by(snapshot_files.c.custodian)
    )
    return Snapshot(
        id=row.id,
        valid_from=row.valid_from,
        catalogue_sha256=row.catalogue_sha256,
        linkage=row.linkage,
        persons_file=row.persons_file,
        persons_key_name=row.persons_key_name,
        files=tuple(
            SnapshotFile(custodian=one.custodian, delivery=one.delivery, file=one.file, key_name=one.key_name)
            for one in files
        ),
    )
