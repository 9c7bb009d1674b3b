"""Agreements as evidence: the terms' bytes and the signed statements about them, as they came.

It judges no signature and works out no standing; `agreements.standing` does, at every question.  Rules:

* an agreement's versions follow each other without a gap, each naming the digest of the one before;
* a parent is known before its child;
* the same bytes again change nothing; other bytes under the same name and version are an error;
* a statement is evidence of the version that it names; an earlier version keeps its own;
* both are journaled here, in the same transaction, so that nobody can hide one.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from agreements import canonical
from agreements.envelope import Envelope
from agreements.standing import Evidence
from agreements.statement import Statement
from agreements.terms import Terms
from hub.store import journal
from hub.store.errors import AlreadyThereError, UnknownError, ValueRefusedError
from hub.store.reconcile import Vouched
from hub.store.tables import agreement_parents, agreement_terms, statement_agreements, statements
from hub.store.transaction import Reading, Transaction


def add_terms(tx: Transaction, terms_bytes: bytes, *, at: datetime) -> str:
    """Keep the terms of an agreement's next version; returns their digest."""
    terms, digest = Terms.from_bytes(terms_bytes), canonical.digest(terms_bytes)
    known = tx.connection.execute(sa.select(agreement_terms.c.sha256).where(agreement_terms.c.sha256 == digest)).all()
    if known:
        return digest
    _check_succession(tx, terms)
    for parent in terms.parent_ids:
        if _terms(tx, parent) is None:
            raise UnknownError(f"the parent agreement {parent} is not known here: propose it first")
    number = tx.connection.execute(sa.select(sa.func.count()).select_from(agreement_terms)).scalar_one() + 1
    tx.connection.execute(
        sa.insert(agreement_terms).values(
            agreement=terms.id, version=terms.version, sha256=digest, terms=terms_bytes, number=number, received_at=at
        )
    )
    for parent in terms.parent_ids:
        tx.connection.execute(
            sa.insert(agreement_parents).values(agreement=terms.id, version=terms.version, parent=parent)
        )
    journal.record(tx, Vouched.TERMS, {"agreement": terms.id, "version": terms.version, "sha256": digest}, at=at)
    return digest


def add_statement(tx: Transaction, agreement_ids: Collection[str], envelope_bytes: bytes, *, at: datetime) -> str:
    """Keep a signed statement about exactly these agreements; returns the digest of its envelope.

    Judge it first, under the same lock, by reading the evidence with it: evidence that does not fit raises for ever.
    """
    digest = canonical.digest(envelope_bytes)
    named = Statement.from_bytes(Envelope.from_bytes(envelope_bytes).payload).documents
    if {document.agreement for document in named} != set(agreement_ids):
        raise ValueRefusedError("the statement is about other agreements than was said")
    if any(_terms(tx, document.agreement, document.version) is None for document in named):
        raise UnknownError("the statement is about an agreement that is not known here: propose it first")
    if tx.connection.execute(sa.select(statements.c.number).where(statements.c.sha256 == digest)).all():
        return digest
    number = tx.connection.execute(sa.select(sa.func.count()).select_from(statements)).scalar_one() + 1
    tx.connection.execute(
        sa.insert(statements).values(number=number, sha256=digest, envelope=envelope_bytes, received_at=at)
    )
    about = [{"agreement": one.agreement, "version": one.version} for one in named]
    tx.connection.execute(sa.insert(statement_agreements), [{**one, "statement": number} for one in about])
    journal.record(tx, Vouched.STATEMENT, {"documents": about, "sha256": digest}, at=at)
    return digest


def evidence(tx: Reading, agreement: str, *, version: int | None = None) -> Evidence | None:
    """The terms of a version (the latest by default) and the statements about it, in the order they came.

    None when it is not known.
    """
    found = _terms(tx, agreement, version)
    if found is None:
        return None
    rows = tx.connection.execute(
        sa.select(statements.c.envelope)
        .join(statement_agreements, statement_agreements.c.statement == statements.c.number)
        .where(statement_agreements.c.agreement == agreement, statement_agreements.c.version == found.version)
        .order_by(statements.c.number)
    )
    return Evidence(terms=found.terms, statements=tuple(rows.scalars()))


def evidence_of(tx: Reading, wanted: Collection[str]) -> dict[str, Evidence]:
    """The evidence of the latest version of several agreements at once; those that are not known are left out."""
    newest = (
        sa.select(agreement_terms.c.agreement, sa.func.max(agreement_terms.c.version).label("version"))
        .where(agreement_terms.c.agreement.in_(wanted))
        .group_by(agreement_terms.c.agreement)
        .subquery()
    )
    terms = tx.connection.execute(
        sa.select(agreement_terms.c.agreement, agreement_terms.c.terms).join(
            newest,
            sa.and_(newest.c.agreement == agreement_terms.c.agreement, newest.c.version == agreement_terms.c.version),
        )
    ).all()
    signed = tx.connection.execute(
        sa.select(statement_agreements.c.agreement, statements.c.envelope)
        .join(statements, statement_agreements.c.statement == statements.c.number)
        .join(
            newest,
            sa.and_(
                newest.c.agreement == statement_agreements.c.agreement,
                newest.c.version == statement_agreements.c.version,
            ),
        )
        .order_by(statements.c.number)
    ).all()
    found: dict[str, list[bytes]] = {row.agreement: [] for row in terms}
    for row in signed:
        found[row.agreement].append(row.envelope)
    return {row.agreement: Evidence(terms=row.terms, statements=tuple(found[row.agreement])) for row in terms}


def versions(tx: Reading, agreement: str) -> tuple[int, ...]:
    """The versions that are known, oldest first: the one before stays in force until the latest is."""
    rows = tx.connection.execute(
        sa.select(agreement_terms.c.version)
        .where(agreement_terms.c.agreement == agreement)
        .order_by(agreement_terms.c.version)
    )
    return tuple(rows.scalars())


def ids(tx: Reading) -> tuple[str, ...]:
    """Every agreement, in the order in which their first versions came."""
    first = sa.func.min(agreement_terms.c.number)
    rows = tx.connection.execute(
        sa.select(agreement_terms.c.agreement).group_by(agreement_terms.c.agreement).order_by(first)
    )
    return tuple(rows.scalars())


def parents(tx: Reading, agreement: str) -> tuple[str, ...]:
    """The agreements that the latest version names as its parents, sorted."""
    latest = _terms(tx, agreement)
    if latest is None:
        return ()
    rows = tx.connection.execute(
        sa.select(agreement_parents.c.parent).where(
            agreement_parents.c.agreement == agreement, agreement_parents.c.version == latest.version
        )
    )
    return tuple(sorted(rows.scalars()))


def children(tx: Reading, agreement: str) -> tuple[str, ...]:
    """The agreements whose latest version names this one as a parent, sorted."""
    rows = tx.connection.execute(
        sa.select(agreement_parents.c.agreement).where(agreement_parents.c.parent == agreement).distinct()
    )
    return tuple(sorted(child for child in rows.scalars() if agreement in parents(tx, child)))


def _terms(tx: Reading, agreement: str, version: int | None = None) -> sa.Row[int, str, bytes] | None:
    """Version, digest and bytes of a version, the latest by default."""
    found = (
        sa.select(agreement_terms.c.version, agreement_terms.c.sha256, agreement_terms.c.terms)
        .where(agreement_terms.c.agreement == agreement)
        .order_by(agreement_terms.c.version.desc())
        .limit(1)
    )
    if version is not None:
        found = found.where(agreement_terms.c.version == version)
    return tx.connection.execute(found).one_or_none()


def _check_succession(tx: Reading, terms: Terms) -> None:
    latest = _terms(tx, terms.id)
    version, digest = (0, None) if latest is None else (latest.version, latest.sha256)
    if terms.version <= version:
        raise AlreadyThereError(
            f"version {terms.version} of {terms.id} stands with other terms: give it the next number"
        )
    if terms.version != version + 1 or terms.prev_digest != digest:
        raise ValueRefusedError(
            f"the next version of {terms.id} is {version + 1}, and names the digest of the one before it"
        )
