"""The ledger: how much privacy loss each account allows, and every charge ever made.

It knows no agreement; an account is a name with two limits, rho in billionths and δ in 10⁻¹⁸.  Rules:

* nothing is ever changed: a new limit is a new row (the latest counts), and a charge stays for ever, so what is spent
  never decreases; a limit set below what is spent stops spending and gives nothing back;
* a charge falls on all its accounts or on none, under the write lock, and only while each account's sum, computed by
  the database from its charges, stays within both limits;
* one request id is charged once: the same request again is answered with its earlier charge, other amounts under the
  same id are an error;
* limits and charges are journaled here, in the same transaction;
* amounts are whole numbers below 2^53, never truth values or fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.store import journal
from hub.store.amounts import Account, Balance, Charge, Charged, Overdrawn, Shortfall
from hub.store.errors import DifferentRequestError, UnknownError, ValueRefusedError
from hub.store.reconcile import Vouched
from hub.store.tables import account_limits, accounts, charges
from hub.store.transaction import Reading, Transaction

_NO_DETAILS: Mapping[str, Any] = {}


def set_limit(tx: Transaction, account: Account, *, at: datetime) -> None:
    """Open the account, or give it new limits; the same limits again change nothing."""
    latest = tx.connection.execute(
        sa.select(account_limits)
        .where(account_limits.c.account == account.key)
        .order_by(account_limits.c.number.desc())
        .limit(1)
    ).one_or_none()
    if latest is None:
        tx.connection.execute(sa.insert(accounts).values(key=account.key))
    elif (latest.rho_limit, latest.delta_limit_e18) == (account.rho_limit, account.delta_limit_e18):
        return
    number = 1 if latest is None else latest.number + 1
    limits = {"rho_limit": account.rho_limit, "delta_limit_e18": account.delta_limit_e18}
    tx.connection.execute(sa.insert(account_limits).values(account=account.key, number=number, set_at=at, **limits))
    journal.record(tx, Vouched.LIMIT, {"account": account.key, "number": number, **limits}, at=at)


def charge(
    tx: Transaction,
    request_id: str,
    asked: Sequence[Charge],
    *,
    at: datetime,
    details: Mapping[str, Any] = _NO_DETAILS,
) -> Charged | Overdrawn:
    """Charge every account or none; `details` go into the private body of the journal's entry.

    Returns `Charged` (with `again` when this request was charged before) or `Overdrawn`; an overdraft writes nothing,
    so that the caller can journal the refusal with all its reasons.  Commit before any record is read.
    """
    wanted = _in_order(asked)
    if not request_id:
        raise ValueRefusedError("a charge needs the id of its request")
    earlier = charged(tx, request_id)
    if earlier is not None:
        if earlier != wanted:
            raise DifferentRequestError("this request was charged before, with other amounts: give it an id of its own")
        return Charged(request_id, wanted, again=True)
    found = _locked(tx, [one.account for one in wanted])
    short = tuple(Shortfall(found[one.account], one) for one in wanted if not found[one.account].allows(one))
    if short:
        return Overdrawn(short)
    tx.connection.execute(
        sa.insert(charges), [{**_row(one), "request_id": request_id, "charged_at": at} for one in wanted]
    )
    public = {"charges": [_row(one) for one in wanted], "request": request_id}
    journal.record(tx, Vouched.CHARGE, public, private=details, at=at)
    return Charged(request_id, wanted, again=False)


def charged(tx: Reading, request_id: str) -> tuple[Charge, ...] | None:
    """What a request was charged, in order of the accounts; None when it was not."""
    rows = tx.connection.execute(sa.select(charges).where(charges.c.request_id == request_id)).all()
    return _in_order([Charge(row.account, row.rho, row.delta_e18) for row in rows]) if rows else None


def balances(tx: Reading, keys: Iterable[str]) -> Mapping[str, Balance]:
    """Limits and sums of the named accounts, each of which must exist."""
    wanted = sorted(set(keys))
    newest = (
        sa.select(account_limits.c.account, sa.func.max(account_limits.c.number).label("number"))
        .where(account_limits.c.account.in_(wanted))
        .group_by(account_limits.c.account)
        .subquery()
    )
    limits = tx.connection.execute(
        sa.select(account_limits).join(
            newest, sa.and_(newest.c.account == account_limits.c.account, newest.c.number == account_limits.c.number)
        )
    )
    sums = _sums(tx, wanted)
    found = {
        row.account: Balance(row.account, row.rho_limit, row.delta_limit_e18, *sums.get(row.account, (0, 0)))
        for row in limits
    }
    if len(found) != len(wanted):
        raise UnknownError("an account that was named was never opened: give it a limit first")
    return {key: found[key] for key in wanted}


def spent(tx: Reading, key: str) -> int:
    """The rho charged to an account so far, in billionths."""
    return balances(tx, [key])[key].rho_spent


def keys(tx: Reading) -> tuple[str, ...]:
    """The names of all accounts, sorted."""
    return tuple(sorted(tx.connection.execute(sa.select(accounts.c.key)).scalars()))


def _locked(tx: Transaction, names: Sequence[str]) -> Mapping[str, Balance]:
    """Balances of accounts whose rows are locked in the order of their names (SQLite's lock covers them already)."""
    tx.connection.execute(
        sa.select(accounts.c.key).where(accounts.c.key.in_(names)).order_by(accounts.c.key).with_for_update()
    ).all()
    return balances(tx, names)


def _sums(tx: Reading, names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    rows = tx.connection.execute(
        sa.select(charges.c.account, sa.func.sum(charges.c.rho), sa.func.sum(charges.c.delta_e18))
        .where(charges.c.account.in_(names))
        .group_by(charges.c.account)
    )
    return {account: (int(rho), int(delta)) for account, rho, delta in rows}


def _in_order(asked: Sequence[Charge]) -> tuple[Charge, ...]:
    wanted = tuple(sorted(asked, key=lambda one: one.account))
    if not wanted or len({one.account for one in wanted}) != len(wanted):
        raise ValueRefusedError("a charge names at least one account, and each only once")
    return wanted


def _row(one: Charge) -> dict[str, str | int]:
    return {"account": one.account, "delta_e18": one.delta_e18, "rho": one.rho}
