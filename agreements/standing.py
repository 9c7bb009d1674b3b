"""Where an agreement stands at an instant, worked out from the signed bytes each time it is asked.

It stores nothing, and it never skips evidence: a statement that does not fit raises.  So a new statement is judged by
reading the evidence with it.  Rules:

* acts are ordered by the signers' own instants, so the order in which evidence is stored changes nothing;
* every party signs once, with a key that the terms name; the proposal is the proposer's signature;
* in force: every party has signed, the parents are in force, and from <= at < until;
* one of several contributors that suspends or leaves takes its own data out; anybody else who does, or the last
  contributor, stops the whole agreement.  Only the suspender reinstates;
* a licence outlives one contributor's data-sharing agreement: that contributor's data are out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from agreements import canonical, envelope, instants
from agreements.envelope import Envelope
from agreements.errors import AgreementError
from agreements.keys import Keyring, KeyUse
from agreements.record import Record, RecordError, separable
from agreements.statement import Act, Statement
from agreements.terms import Terms, Tier


class EvidenceError(AgreementError):
    """The evidence holds something that does not belong there; the sentence says what."""


class State(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PARTLY_SIGNED = "partly_signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    CLOSING = "closing"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The bytes of an agreement's terms, and of every signed statement about it, in any order."""

    terms: bytes
    statements: tuple[bytes, ...] = ()

    def with_statement(self, statement: bytes) -> "Evidence":
        """The same evidence and one more signed statement."""
        return Evidence(self.terms, (*self.statements, statement))


@dataclass(frozen=True, slots=True)
class Event:
    """One act that was signed."""

    at: datetime
    act: Act
    party: str
    signer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands.  `suspended_by` holds everybody whose data are out: suspended, gone, or without an agreement."""

    terms: Terms
    digest: str
    state: State
    signed: frozenset[str]
    missing: frozenset[str]
    suspended_by: frozenset[str]
    witnessed: bool
    history: tuple[Event, ...]
    next_step: str


def read(evidence: Evidence, *, keyring: Keyring, at: datetime, parents: Sequence[Standing] = ()) -> Standing:
    """The standing at `at`; `parents` are the standings, at the same instant, of the agreements above.

    Every signature is verified at every call.  Raises `EvidenceError` for a statement that does not belong, and the
    errors of `keys`, `envelope`, `statement` and `terms` for what cannot be read or verified.
    """
    terms = Terms.from_bytes(evidence.terms)
    digest = canonical.digest(evidence.terms)
    statements = [_verified(data, terms, digest, keyring, at) for data in evidence.statements]
    if len({statement.nonce for statement in statements}) != len(statements):
        raise EvidenceError(f"{terms.id}: a statement stands twice in the evidence, or its nonce was used before")
    try:
        record = Record.of(terms, statements)
    except RecordError as error:
        raise EvidenceError(str(error)) from error
    above = _Above.of(terms, parents)
    state, step = _state(terms, record, above, at)
    parties = frozenset(party.org_id for party in terms.parties)
    return Standing(
        terms=terms,
        digest=digest,
        state=state,
        signed=record.signed,
        missing=parties - record.signed,
        suspended_by=record.suspended | record.left | above.out,
        witnessed=False,
        history=tuple(_event(statement) for statement in record.acts),
        next_step=step,
    )


def _verified(data: bytes, terms: Terms, digest: str, keyring: Keyring, at: datetime) -> Statement:
    signed, statement = _parsed(data)
    named = statement.document(terms.id)
    if named is None or named.version != terms.version or named.sha256 != digest:
        raise EvidenceError(f"{terms.id}: a statement of {statement.party} names other terms than these; sign these")
    if statement.at > at:
        raise EvidenceError(f"{terms.id}: a statement of {statement.party} is dated in the future; check the clocks")
    signatory = terms.signatory(statement.signer)
    if signatory is None or signatory.org_id != statement.party:
        raise EvidenceError(f"{terms.id}: {statement.signer} may not sign for {statement.party} under these terms")
    entries = envelope.verify(signed, keyring, payload_type=envelope.STATEMENT, use=KeyUse.AGREE, at=statement.at)
    if len(entries) != 1 or entries[0].key.key_id not in signatory.key_ids:
        raise EvidenceError(f"{terms.id}: {statement.signer} signs alone, with a key that these terms name")
    if (entries[0].person, entries[0].party) != (statement.signer, statement.party):
        raise EvidenceError(f"{terms.id}: the keyring gives the key of {statement.signer} to somebody else")
    return statement


@lru_cache(maxsize=4096)
def _parsed(data: bytes) -> tuple[Envelope, Statement]:
    """The envelope and what it says: a pure function of the bytes, so remembered.  Verifying them never is."""
    signed = Envelope.from_bytes(data)
    return signed, Statement.from_bytes(signed.payload)


def _event(statement: Statement) -> Event:
    return Event(statement.at, statement.act, statement.party, statement.signer, statement.reason)


@dataclass(frozen=True, slots=True)
class _Above:
    """What the agreements above do to this one: which stop it, and whose data they take out."""

    stopped_by: tuple[str, ...]
    out: frozenset[str]

    @classmethod
    def of(cls, terms: Terms, parents: Sequence[Standing]) -> "_Above":
        given = {parent.terms.id: parent for parent in parents}
        if len(given) != len(parents) or not given.keys() <= set(terms.parent_ids):
            raise EvidenceError(f"{terms.id}: give the standing of each of its parents, once, and of nothing else")
        memoranda = [parent for parent in parents if parent.terms.tier is Tier.MOU]
        sharing = [parent for parent in parents if parent.terms.tier is Tier.DSA and terms.tier is Tier.DUL]
        held = {parent.terms.id for parent in memoranda if parent.state is State.IN_FORCE}
        known = held | {parent.terms.id for parent in sharing}
        stopped_by = [name for name in terms.parent_ids if name not in known or not memoranda]
        out = {
            org
            for parent in memoranda
            for org in parent.suspended_by | (terms.contributors - parent.terms.contributors)
        }
        if terms.tier is Tier.DUL:
            live = {org for parent in sharing if parent.state is State.IN_FORCE for org in parent.terms.contributors}
            out |= terms.contributors - live
        return cls(tuple(stopped_by), terms.contributors & out)


def _state(terms: Terms, record: Record, above: _Above, at: datetime) -> tuple[State, str]:
    """The state, and in one sentence what would change it."""
    missing = sorted({party.org_id for party in terms.parties} - record.signed)
    if record.revoked:
        return State.REVOKED, "It has ended. Propose a new version to begin again."
    if record.withdrawn:
        return State.WITHDRAWN, "The proposal was withdrawn. Propose a new version to begin again."
    if not record.signed:
        return State.DRAFT, "A signatory of any party proposes it."
    if at >= terms.effective_until:
        return (
            State.EXPIRED,
            f"It ended on {instants.words(terms.effective_until)}. Propose a new version to begin again.",
        )
    if missing:
        state = State.PROPOSED if len(record.signed) == 1 else State.PARTLY_SIGNED
        return state, f"Waiting for the signature of {', '.join(missing)}."
    if at < terms.effective_from:
        return State.PARTLY_SIGNED, f"Every party has signed. It takes force on {instants.words(terms.effective_from)}."
    return _state_when_signed(terms, record, above)


def _state_when_signed(terms: Terms, record: Record, above: _Above) -> tuple[State, str]:
    if above.stopped_by:
        return State.SUSPENDED, f"It waits until {', '.join(above.stopped_by)} is in force."
    if stoppers := sorted(record.suspended - separable(terms)):
        return State.SUSPENDED, f"Only {', '.join(stoppers)} can reinstate it."
    out = sorted(record.suspended | record.left | above.out)
    if terms.contributors <= set(out):
        return State.SUSPENDED, f"The data of {', '.join(out)} are out; reinstate there, or in the agreement above."
    if out:
        return State.IN_FORCE, f"In force without the data of {', '.join(out)}."
    return State.IN_FORCE, "Nothing is waiting."
