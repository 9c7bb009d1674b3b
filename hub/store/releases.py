"""Releases: the signed bytes that were given, the noisy numbers behind them, and how to find them again.

It signs and renders nothing.  Rules:

* a release has exactly one charge, of the stated cost on every account it names; no charge, no release;
* a release is found again by what was measured (the digest of measured vectors, bounds and contributors), its snapshot
  and its licence; under another licence the earliest bytes can be found, to be charged there and given again;
* it is journaled by its digests, in the same transaction, and never changed.
"""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from agreements import canonical
from hub.store import journal, ledger
from hub.store.columns import values_of
from hub.store.errors import AlreadyThereError, UnknownError, ValueRefusedError
from hub.store.reconcile import Vouched, release_digest
from hub.store.tables import releases
from hub.store.transaction import Reading, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release; `request_id` names its charge, `envelope` its signed bytes, `vectors` the raw noisy numbers."""

    id: str
    request_id: str
    licence: str
    snapshot: str
    measured_sha256: str
    rho: int
    envelope: bytes = field(repr=False)
    vectors: bytes = field(repr=False)
    released_at: datetime


def add(tx: Transaction, release: Release) -> None:
    """Keep a release of a request that was charged exactly `release.rho` on each of its accounts."""
    charges = ledger.charged(tx, release.request_id)
    if charges is None or any(one.rho != release.rho for one in charges):
        raise ValueRefusedError("a release needs a charge of its own, of exactly the stated cost")
    if tx.connection.execute(sa.select(releases.c.id).where(releases.c.request_id == release.request_id)).all():
        raise AlreadyThereError("this request has its release already: give that one")
    tx.connection.execute(sa.insert(releases).values(values_of(release, releases)))
    public = {
        "release": release.id,
        "request": release.request_id,
        "rho": release.rho,
        "sha256": canonical.digest(release.envelope),
        "whole_sha256": release_digest(release),
    }
    journal.record(tx, Vouched.RELEASE, public, at=release.released_at)


def get(tx: Reading, release_id: str) -> Release:
    """The release with this id; who may see it is the caller's to judge."""
    return _known(_first(tx, releases.c.id == release_id))


def of_request(tx: Reading, request_id: str) -> Release | None:
    """The release that answered a request."""
    return _first(tx, releases.c.request_id == request_id)


def same(tx: Reading, measured_sha256: str, *, snapshot: str, licence: str | None = None) -> Release | None:
    """The earliest release of the same measurement on the same snapshot: under one licence, or under any."""
    where = [releases.c.measured_sha256 == measured_sha256, releases.c.snapshot == snapshot]
    if licence is not None:
        where.append(releases.c.licence == licence)
    return _first(tx, *where)


def of_licence(tx: Reading, licence: str) -> tuple[Release, ...]:
    """Every release under a licence, oldest first."""
    rows = tx.connection.execute(
        sa.select(releases).where(releases.c.licence == licence).order_by(releases.c.released_at, releases.c.id)
    )
    return tuple(_release(row) for row in rows.mappings())


def _first(tx: Reading, *where: sa.ColumnElement[bool]) -> Release | None:
    row = (
        tx.connection.execute(
            sa.select(releases).where(*where).order_by(releases.c.released_at, releases.c.id).limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else _release(row)


def _known(release: Release | None) -> Release:
    if release is None:
        raise UnknownError("there is no such release")
    return release


def _release(row: sa.RowMapping) -> Release:
    return Release(**row)
