"""Which accounts a question charges, and how much each allows: worked out from signed terms at every question.

It charges nothing; `hub.store.ledger` does.  Rules (design of the accounts):

* a question charges, all or none: its licence, every agreement above it, the licence and the memorandum for each
  contributor, each contributor, and the community;
* a limit stated as (ε, δ) becomes, once, the largest whole number of billionths of ρ that keeps it;
* the contributors' and the community's limits stand in the memorandum.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agreements.standing import Standing
from agreements.terms import Terms
from hub.actions.standings import Family
from hub.privacy.mechanism import rho_limit
from hub.store import ledger
from hub.store.amounts import Account, Balance
from hub.store.transaction import Reading

COMMUNITY = "community"
"""The account that bounds the loss of every person, whoever asks."""

_NOTHING: Mapping[str, int] = {}
_E18_PER_E12 = 10**6


@dataclass(frozen=True, slots=True)
class Ledgered:
    """Balances by account, and those accounts whose limit the ledger does not hold yet."""

    balances: Mapping[str, Balance]
    unopened: tuple[Account, ...]


def of_agreement(agreement: str) -> str:
    """The account of an agreement."""
    return f"agreement/{agreement}"


def of_share(agreement: str, contributor: str) -> str:
    """The account of an agreement for one contributor."""
    return f"agreement/{agreement}/contributor/{contributor}"


def of_contributor(contributor: str) -> str:
    """The account of a contributor, which bounds those known only there."""
    return f"contributor/{contributor}"


def touched(family: Family, contributors: frozenset[str]) -> tuple[Account, ...]:
    """Every account that a question under the licence charges when it reads those contributors' files."""
    licence, memorandum = family.standing, family.memorandum
    sharing = [found for each in sorted(contributors) if (found := family.sharing(each)) is not None]
    accounts = [_account(of_agreement(each.terms.id), each.terms) for each in (licence, *sharing)]
    accounts += [_account(of_share(licence.terms.id, each), licence.terms) for each in sorted(contributors)]
    if memorandum is not None:
        accounts += _under_memorandum(memorandum, contributors)
    return tuple(accounts)


def check_limits(terms: Terms) -> None:
    """Raise `OfferError` when a limit of the terms cannot be turned into a loss that adds."""
    privacy = terms.privacy
    own = (privacy.contributor_epsilon_total_micro, privacy.community_epsilon_total_micro)
    for epsilon_micro in (privacy.epsilon_total_micro, privacy.epsilon_query_max_micro, *filter(None, own)):
        rho_limit(epsilon_micro, privacy.delta_e12)


def _under_memorandum(memorandum: Standing, contributors: frozenset[str]) -> list[Account]:
    terms = memorandum.terms
    own = terms.privacy.contributor_epsilon_total_micro
    shares = [_account(of_share(terms.id, each), terms) for each in sorted(contributors)]
    single = [_account(of_contributor(each), terms, own) for each in sorted(contributors)]
    whole = _account(COMMUNITY, terms, terms.privacy.community_epsilon_total_micro)
    return [_account(of_agreement(terms.id), terms), *shares, *single, whole]


def _account(key: str, terms: Terms, epsilon_micro: int | None = None) -> Account:
    privacy = terms.privacy
    limit = rho_limit(privacy.epsilon_total_micro if epsilon_micro is None else epsilon_micro, privacy.delta_e12)
    return Account(key, rho_limit=limit, delta_limit_e18=privacy.delta_e12 * _E18_PER_E12)


def current(tx: Reading, accounts: tuple[Account, ...], *, own: Mapping[str, int] = _NOTHING) -> Ledgered:
    """What is spent of each account, against the limit that the signed terms give it now.

    `own` is what the question at hand was charged already, by account: it is not counted.
    """
    opened = set(ledger.keys(tx))
    kept = ledger.balances(tx, [account.key for account in accounts if account.key in opened])
    return Ledgered(
        balances={
            account.key: _balance(account, kept.get(account.key), own.get(account.key, 0)) for account in accounts
        },
        unopened=tuple(account for account in accounts if not _is_kept(account, kept.get(account.key))),
    )


def _balance(account: Account, kept: Balance | None, own: int) -> Balance:
    return Balance(
        account=account.key,
        rho_limit=account.rho_limit,
        delta_limit_e18=account.delta_limit_e18,
        rho_spent=kept.rho_spent - own if kept else 0,
        delta_spent_e18=kept.delta_spent_e18 if kept else 0,
    )


def _is_kept(account: Account, kept: Balance | None) -> bool:
    return kept is not None and (kept.rho_limit, kept.delta_limit_e18) == (account.rho_limit, account.delta_limit_e18)
