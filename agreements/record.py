"""What the parties of one agreement have done, act by act.

It verifies no signature and asks no clock: `standing` gives it statements that verified.  Rules:

* acts are ordered by the instants that their signers gave; one party's two acts in one second have no order and refuse;
* an act that cannot follow on what came before refuses: nobody signs before the proposal or twice, reinstates what
  they did not suspend, or acts after the end.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from agreements.errors import AgreementError
from agreements.parties import Role
from agreements.statement import Act, Statement
from agreements.terms import Terms


class RecordError(AgreementError):
    """An act cannot follow on what came before it."""


@dataclass(frozen=True, slots=True)
class Record:
    """Who has signed, whose suspension stands, who has left, and whether that ended the agreement."""

    acts: tuple[Statement, ...] = ()
    signed: frozenset[str] = frozenset()
    suspended: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    withdrawn: bool = False
    revoked: bool = False

    @classmethod
    def of(cls, terms: Terms, statements: Iterable[Statement]) -> "Record":
        """The record of `statements`, in whatever order they are given."""
        record, ordered = cls(), sorted(statements, key=_order)
        if len({(statement.party, statement.at) for statement in ordered}) != len(ordered):
            raise RecordError(
                f"{terms.id}: two acts of one party in one second have no order; sign again a second later"
            )
        for statement in ordered:
            record = replace(_after(record, statement, terms), acts=(*record.acts, statement))
        return record

    @property
    def ended(self) -> bool:
        """Whether a party ended the agreement."""
        return self.withdrawn or self.revoked


_RANK = {act: rank for rank, act in enumerate((Act.PROPOSE, Act.COUNTERSIGN, Act.REINSTATE, Act.SUSPEND, Act.WITHDRAW))}


def _order(statement: Statement) -> tuple[datetime, int, str]:
    return statement.at, _RANK[statement.act], statement.party


def separable(terms: Terms) -> frozenset[str]:
    """Contributors that can leave, or suspend, without stopping the others: those in no role that all depend on."""
    return terms.contributors - terms.having(Role.CUSTODIAN) - terms.having(Role.RECIPIENT)


def _after(record: Record, statement: Statement, terms: Terms) -> Record:
    party, act = statement.party, statement.act
    if record.ended or party in record.left:
        raise RecordError(f"{terms.id}: {party} cannot {act.value} after the end; propose a new version")
    if (act is Act.PROPOSE) == bool(record.acts):
        raise RecordError(f"{terms.id}: an agreement is proposed once, and before any other act")
    return _EFFECTS[act](record, party, terms)


def _sign(record: Record, party: str, terms: Terms) -> Record:
    if party in record.signed:
        raise RecordError(f"{terms.id}: {party} has signed already")
    return replace(record, signed=record.signed | {party})


def _suspend(record: Record, party: str, terms: Terms) -> Record:
    if party in record.suspended:
        raise RecordError(f"{terms.id}: {party} has suspended it already")
    return replace(record, suspended=record.suspended | {party})


def _reinstate(record: Record, party: str, terms: Terms) -> Record:
    if party not in record.suspended:
        raise RecordError(f"{terms.id}: {party} has nothing to reinstate; only the suspender reinstates")
    return replace(record, suspended=record.suspended - {party})


def _withdraw(record: Record, party: str, terms: Terms) -> Record:
    if record.signed != {bound.org_id for bound in terms.parties}:
        return replace(record, withdrawn=True)
    left = record.left | {party}
    return replace(record, left=left, revoked=party not in separable(terms) or left >= terms.contributors)


_EFFECTS: Mapping[Act, Callable[[Record, str, Terms], Record]] = {
    Act.PROPOSE: _sign,
    Act.COUNTERSIGN: _sign,
    Act.SUSPEND: _suspend,
    Act.REINSTATE: _reinstate,
    Act.WITHDRAW: _withdraw,
}
