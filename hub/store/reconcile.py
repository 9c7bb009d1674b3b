"""Holding the tables against the journal: each row that it vouches for has its entry, and each entry its row.

It recomputes no hash of an entry; `hub.store.journal` does, and hands every sound entry over.  Rules:

* limits, charges, releases, terms and statements must be exactly as journaled, instants included: a raised limit, a
  lowered charge, an exchanged release and a hidden suspension all show;
* a row that no entry knows is an error too.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from agreements import canonical
from hub.store.chain import Entry, moment
from hub.store.errors import JournalBrokenError
from hub.store.tables import account_limits, agreement_terms, charges, releases, statement_agreements, statements
from hub.store.transaction import Reading


class Vouched(StrEnum):
    """The kinds of entry that vouch for rows; only this room writes them."""

    CHARGE = "charge"  # the charges of one request
    LIMIT = "limit"  # one limit of one account
    RELEASE = "release"
    STATEMENT = "statement"  # one signed statement, and what it is about
    TERMS = "terms"  # one version of an agreement


_Said = tuple[str | int, ...]


class Testimony:
    """What the entries of a journal say of rows, each with the index that says it."""

    def __init__(self) -> None:
        self.said: dict[_Said, int] = {}

    def note(self, entry: Entry) -> None:
        """Remember what one entry vouches for; the same thing twice is an error."""
        try:
            all_said = tuple(_said(entry))
        except (KeyError, TypeError):
            raise JournalBrokenError(
                "an entry of the journal does not say what its kind says", index=entry.index
            ) from None
        for said in all_said:
            if said in self.said:
                raise JournalBrokenError("two entries of the journal vouch for the same row", index=entry.index)
            self.said[said] = entry.index


def compare(tx: Reading, testimony: Testimony) -> None:
    """Raise unless the tables hold exactly what the journal says of them."""
    unknown = False
    left = dict(testimony.said)
    for row in _rows(tx):
        unknown |= left.pop(row, None) is None
    if left:
        raise JournalBrokenError("what the journal says of a row is not in the row", index=min(left.values()))
    if unknown:
        raise JournalBrokenError("the ledger holds a row that the journal does not know", index=None)


def release_digest(release: Any) -> str:
    """One digest of a whole release; the noisy numbers in it keep what was measured from being guessed."""
    return canonical.digest(
        canonical.encode(
            {
                "licence": release.licence,
                "measured_sha256": release.measured_sha256,
                "rho": release.rho,
                "snapshot": release.snapshot,
                "vectors_sha256": canonical.digest(release.vectors),
            }
        )
    )


def _said(entry: Entry) -> Iterable[_Said]:
    body: Mapping[str, Any] = entry.public
    at = moment(entry.at)
    match entry.kind:
        case Vouched.CHARGE:
            for one in body["charges"]:
                yield Vouched.CHARGE, at, body["request"], one["account"], one["rho"], one["delta_e18"]
        case Vouched.LIMIT:
            yield Vouched.LIMIT, at, body["account"], body["number"], body["rho_limit"], body["delta_limit_e18"]
        case Vouched.RELEASE:
            yield Vouched.RELEASE, at, body["release"], body["request"], body["sha256"], body["whole_sha256"]
        case Vouched.TERMS:
            yield Vouched.TERMS, at, body["agreement"], body["version"], body["sha256"]
        case Vouched.STATEMENT:
            for one in body["documents"]:
                yield Vouched.STATEMENT, at, body["sha256"], one["agreement"], one["version"]


def _rows(tx: Reading) -> Iterable[_Said]:
    run = tx.connection.execute
    for row in run(sa.select(charges)):
        yield Vouched.CHARGE, moment(row.charged_at), row.request_id, row.account, row.rho, row.delta_e18
    for row in run(sa.select(account_limits)):
        yield Vouched.LIMIT, moment(row.set_at), row.account, row.number, row.rho_limit, row.delta_limit_e18
    for name in run(sa.select(releases.c.id)).scalars().all():  # their bytes one at a time
        row = run(sa.select(releases).where(releases.c.id == name)).one()
        digest = canonical.digest(row.envelope)
        yield Vouched.RELEASE, moment(row.released_at), row.id, row.request_id, digest, release_digest(row)
    for row in run(sa.select(agreement_terms)):
        yield Vouched.TERMS, moment(row.received_at), row.agreement, row.version, canonical.digest(row.terms)
    for row in run(sa.select(statements, statement_agreements).outerjoin(statement_agreements)):
        digest = canonical.digest(row.envelope)
        yield Vouched.STATEMENT, moment(row.received_at), digest, row.agreement, row.version
