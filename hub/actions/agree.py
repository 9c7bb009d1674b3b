"""Agreements at the hub: propose, sign, suspend, and see where each stands.

It signs nothing: heads sign where their keys are, and the hub only keeps what verifies.  Rules:

* a proposal arrives as the terms' bytes and a signed statement that proposes exactly these; all is kept, or nothing;
* a statement is judged by reading the evidence with it: what would not stand is refused and not kept;
* a statement is received within seven days of its signing, while its key is not retired: whoever finds an old key, or
  dates a statement back, changes nothing; the same bytes again change nothing either;
* a child that is wider than its parent is refused when it is proposed, with every breach at once;
* a statement takes effect with the commit that this module waits for: what is decided after it returns knows of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agreements.containment import breaches
from agreements.envelope import Envelope
from agreements.errors import AgreementError
from agreements.keys import Keyring
from agreements.standing import Standing
from agreements.statement import Act, Statement
from agreements.terms import Terms
from hub.actions import accounts
from hub.actions.standings import Family, family
from hub.errors import ConflictError, InvalidError
from hub.privacy.errors import OfferError
from hub.privacy.mechanism import rho_limit
from hub.store import agreements, clock, journal
from hub.store.transaction import Reading, Transaction
from hub.wiring import Hub

_LONGEST_ON_THE_WAY = timedelta(days=7)


class AgreementRefusedError(InvalidError):
    """What was proposed or signed cannot be kept; the sentence says why and nothing has changed."""

    title = "The agreement or statement cannot be accepted"


def propose(hub: Hub, proposals: Sequence[bytes], statement: bytes) -> tuple[Standing, ...]:
    """Keep the terms of one or more agreements and the signed statement that proposes them, in one act."""
    with hub.store.begin() as tx:
        at = clock.instant(tx, hub.clock())
        try:
            proposed = [Terms.from_bytes(terms_bytes) for terms_bytes in proposals]
            _check_proposed(proposed, statement)
            for terms, terms_bytes in zip(proposed, proposals, strict=True):
                _keep_terms(tx, terms, terms_bytes, at)
            return _keep_statement(tx, hub, statement, at)
        except AgreementError as error:
            raise AgreementRefusedError(str(error)) from error


def add_statement(hub: Hub, statement: bytes) -> tuple[Standing, ...]:
    """Keep a signed statement about known agreements; returns where each of them stands with it."""
    with hub.store.begin() as tx:
        at = clock.instant(tx, hub.clock())
        try:
            return _keep_statement(tx, hub, statement, at)
        except AgreementError as error:
            raise AgreementRefusedError(str(error)) from error


def show(hub: Hub, agreement: str) -> Family:
    """Where the agreement and those above it stand now; `NotFoundError` when there is none."""
    with hub.store.read() as tx:
        return family(tx, agreement, keyring=hub.keyring, at=clock.instant(tx, hub.clock()))


def everything(hub: Hub) -> tuple[Standing, ...]:
    """Every agreement's standing now, in the order in which they were proposed."""
    with hub.store.read() as tx:
        at = clock.instant(tx, hub.clock())
        return tuple(family(tx, each, keyring=hub.keyring, at=at).standing for each in agreements.ids(tx))


def _keep_terms(tx: Transaction, terms: Terms, terms_bytes: bytes, at: datetime) -> None:
    if terms.version > 1:
        raise ConflictError("amendments are not accepted yet: propose a new agreement under another id")
    try:
        accounts.check_limits(terms)
    except OfferError as error:
        raise AgreementRefusedError(f"the privacy limits of {terms.id} cannot be kept: {error}") from error
    parents = [_terms(tx, parent) for parent in terms.parent_ids]
    if found := breaches(terms, parents, rho_of=rho_limit):
        raise AgreementRefusedError(" ".join(breach.sentence for breach in found))
    agreements.add_terms(tx, terms_bytes, at=at)


def _terms(tx: Reading, agreement: str) -> Terms:
    evidence = agreements.evidence(tx, agreement)
    if evidence is None:
        raise AgreementRefusedError(f"the parent agreement {agreement} is not known here: propose it first")
    return Terms.from_bytes(evidence.terms)


def _keep_statement(tx: Transaction, hub: Hub, data: bytes, at: datetime) -> tuple[Standing, ...]:
    envelope = Envelope.from_bytes(data)
    statement = Statement.from_bytes(envelope.payload)
    names = [document.agreement for document in statement.documents]
    before = [agreements.evidence(tx, name) for name in names]
    is_new = not all(evidence is not None and data in evidence.statements for evidence in before)
    if is_new:
        _check_fresh(hub.keyring, envelope, statement.at, at)
    agreements.add_statement(tx, names, data, at=at)
    standings = tuple(family(tx, name, keyring=hub.keyring, at=at).standing for name in names)
    if is_new:
        _note(tx, statement, standings, at)
    return standings


def _check_proposed(proposed: Sequence[Terms], data: bytes) -> None:
    """Refuse terms that the statement does not propose: unsigned terms would take an id from whom it belongs to."""
    statement = Statement.from_bytes(Envelope.from_bytes(data).payload)
    sent = sorted((terms.id, terms.version, terms.digest) for terms in proposed)
    named = sorted((each.agreement, each.version, each.sha256) for each in statement.documents)
    if statement.act is not Act.PROPOSE or sent != named:
        raise AgreementRefusedError("send the terms of exactly those agreements that the signed statement proposes")


def _check_fresh(keyring: Keyring, signed: Envelope, signed_at: datetime, at: datetime) -> None:
    """Refuse what was signed long ago, or with a key that is retired by now."""
    if at - signed_at > _LONGEST_ON_THE_WAY:
        raise AgreementRefusedError("the statement was signed more than 7 days ago: sign it again")
    for signature in signed.signatures:
        retired_at = keyring.entry(signature.key_id).retired_at
        if retired_at is not None and at >= retired_at:
            raise AgreementRefusedError(f"the key {signature.key_id} is retired: sign with a current key")


def _note(tx: Transaction, statement: Statement, standings: Sequence[Standing], at: datetime) -> None:
    journal.append(
        tx,
        "agreement",
        {
            "act": statement.act.value,
            "party": statement.party,
            "documents": [
                {"agreement": each.agreement, "version": each.version, "sha256": each.sha256}
                for each in statement.documents
            ],
            "standing": [f"{each.terms.id}: {each.state.value}" for each in standings],
        },
        private={"signer": statement.signer, "reason": statement.reason},
        at=at,
    )
