"""Deliveries: what each custodian delivered, where it rests in the vault, and under which key.

It opens no file.  Rules:

* a custodian's deliveries are numbered upwards; the same bytes again change nothing, an older number is a replay;
* `file` is a name within the vault's folder; the data key is in `hub.store.vault` under `key_name`;
* a destroyed delivery keeps its row, so that its number cannot come again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from hub.store.columns import values_of
from hub.store.errors import AlreadyThereError, UnknownError, ValueRefusedError
from hub.store.tables import LARGEST, deliveries
from hub.store.transaction import Reading, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery; `sha256` is of the bytes as they came, `manifest` its signed envelope, `account` sealed."""

    custodian: str
    number: int
    sha256: str
    agreement: str
    manifest: bytes = field(repr=False)
    account: bytes = field(repr=False)
    file: str
    key_name: str
    received_at: datetime
    destroyed_at: datetime | None = None

    def __post_init__(self) -> None:
        if type(self.number) is not int or not 1 <= self.number <= LARGEST:
            raise ValueRefusedError("deliveries are numbered from 1")
        if not self.file or "/" in self.file or "\\" in self.file or self.file.startswith("."):
            raise ValueRefusedError("a delivery's file is a plain name within the vault's folder")


def add(tx: Transaction, delivery: Delivery) -> bool:
    """Keep a delivery; False when these very bytes were kept before, and then nothing is changed."""
    if find(tx, delivery.sha256) is not None:
        return False
    last = tx.connection.execute(
        sa.select(sa.func.max(deliveries.c.number)).where(deliveries.c.custodian == delivery.custodian)
    ).scalar_one()
    if last is not None and delivery.number <= last:
        raise AlreadyThereError(
            f"{delivery.custodian} delivered number {last} before: pull again, so that the delivery has a later number"
        )
    tx.connection.execute(sa.insert(deliveries).values(values_of(delivery, deliveries)))
    return True


def find(tx: Reading, sha256: str) -> Delivery | None:
    """The delivery whose bytes have this digest."""
    row = tx.connection.execute(sa.select(deliveries).where(deliveries.c.sha256 == sha256)).mappings().one_or_none()
    return None if row is None else _delivery(row)


def of_custodian(tx: Reading, custodian: str) -> tuple[Delivery, ...]:
    """Every delivery of a custodian, destroyed ones too, oldest first."""
    rows = tx.connection.execute(
        sa.select(deliveries).where(deliveries.c.custodian == custodian).order_by(deliveries.c.number)
    )
    return tuple(_delivery(row) for row in rows.mappings())


def latest(tx: Reading) -> Mapping[str, Delivery]:
    """Each custodian's latest delivery that was not destroyed, by custodian."""
    rows = tx.connection.execute(
        sa.select(deliveries)
        .where(deliveries.c.destroyed_at.is_(None))
        .order_by(deliveries.c.custodian, deliveries.c.number)
    )
    return {row.custodian: row for row in (_delivery(found) for found in rows.mappings())}


def destroyed(tx: Transaction, custodian: str, number: int, *, at: datetime) -> None:
    """Note that a delivery's key and file are gone; destroy the key in the same transaction."""
    done = tx.connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.custodian == custodian, deliveries.c.number == number, deliveries.c.destroyed_at.is_(None))
        .values(destroyed_at=at)
    )
    if done.rowcount != 1:
        raise UnknownError(f"{custodian} has no delivery {number} that could be destroyed")


def _delivery(row: sa.RowMapping) -> Delivery:
    return Delivery(**row)
