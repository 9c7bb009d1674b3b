"""Charges: all or none, once for each request, never over a limit, never undone."""

from typing import Any

import pytest
import sqlalchemy as sa

from hub.store import journal, ledger
from hub.store.amounts import Account, Charge, Charged, Overdrawn
from hub.store.errors import DifferentRequestError, StoreError, UnknownError, ValueRefusedError
from hub.store.store import Store
from hub.store.tables import charges
from tests.hub.store.builders import AT

LARGEST = 2**53 - 1


@pytest.fixture
def opened(store: Store) -> Store:
    """Three accounts of 100, 50 and 10, with a little of δ."""
    with store.begin() as tx:
        for key, limit in (("community", 100), ("contributor/alder", 50), ("licence/dul", 10)):
            ledger.set_limit(tx, Account(key, limit, 5), at=AT)
    return store


def charge(store: Store, request: str, **rho: int) -> Charged | Overdrawn:
    names = {"community": "community", "alder": "contributor/alder", "dul": "licence/dul"}
    with store.begin() as tx:
        return ledger.charge(tx, request, [Charge(names[name], amount, 0) for name, amount in rho.items()], at=AT)


def spent(store: Store) -> dict[str, int]:
    with store.read() as tx:
        return {key: ledger.spent(tx, key) for key in ledger.keys(tx)}


def test_every_account_is_charged(opened: Store) -> None:
    outcome = charge(opened, "q1", community=7, alder=7, dul=7)
    assert isinstance(outcome, Charged)
    assert not outcome.again
    assert spent(opened) == {"community": 7, "contributor/alder": 7, "licence/dul": 7}


def test_one_account_that_is_short_leaves_all_uncharged_and_all_short_ones_are_named(opened: Store) -> None:
    outcome = charge(opened, "q1", community=60, alder=60, dul=60)
    assert isinstance(outcome, Overdrawn)
    found = [(short.balance.account, short.balance.rho_remaining, short.asked.rho) for short in outcome.shortfalls]
    assert found == [("contributor/alder", 50, 60), ("licence/dul", 10, 60)]
    assert spent(opened) == {"community": 0, "contributor/alder": 0, "licence/dul": 0}
    with opened.read() as tx:
        assert {entry.kind for entry in journal.entries(tx)} == {"limit"}


def test_the_limit_itself_can_be_spent_and_not_one_billionth_more(opened: Store) -> None:
    assert isinstance(charge(opened, "q1", dul=10), Charged)
    assert isinstance(charge(opened, "q2", dul=1), Overdrawn)


def test_delta_has_an_account_of_its_own(opened: Store) -> None:
    with opened.begin() as tx:
        assert isinstance(ledger.charge(tx, "q1", [Charge("community", 1, 5)], at=AT), Charged)
        outcome = ledger.charge(tx, "q2", [Charge("community", 1, 1)], at=AT)
    assert isinstance(outcome, Overdrawn)
    assert outcome.shortfalls[0].balance.delta_remaining_e18 == 0


def test_the_same_request_again_is_charged_once(opened: Store) -> None:
    first = charge(opened, "q1", community=7, dul=7)
    again = charge(opened, "q1", dul=7, community=7)
    assert isinstance(first, Charged)
    assert isinstance(again, Charged)
    assert (again.again, again.charges) == (True, first.charges)
    assert spent(opened)["community"] == 7


def test_the_same_request_is_answered_with_its_charge_when_nothing_is_left(opened: Store) -> None:
    charge(opened, "q1", dul=10)
    assert isinstance(charge(opened, "q1", dul=10), Charged)


@pytest.mark.parametrize("other", [{"community": 8}, {"alder": 7}, {"community": 7, "alder": 7}])
def test_other_amounts_under_the_same_request_are_an_error(opened: Store, other: dict[str, int]) -> None:
    charge(opened, "q1", community=7)
    with pytest.raises(DifferentRequestError):
        charge(opened, "q1", **other)
    assert spent(opened) == {"community": 7, "contributor/alder": 0, "licence/dul": 0}


def test_an_account_that_was_never_opened_is_an_error_and_nothing_is_charged(opened: Store) -> None:
    with pytest.raises(UnknownError), opened.begin() as tx:
        ledger.charge(tx, "q1", [Charge("community", 1, 0), Charge("nobody", 1, 0)], at=AT)
    assert spent(opened)["community"] == 0


@pytest.mark.parametrize(
    "asked", [(), (Charge("community", 1, 0), Charge("community", 1, 0))], ids=["none", "one account twice"]
)
def test_a_charge_names_each_account_once(opened: Store, asked: tuple[Charge, ...]) -> None:
    with pytest.raises(ValueRefusedError), opened.begin() as tx:
        ledger.charge(tx, "q1", asked, at=AT)


@pytest.mark.parametrize(
    "amount", [0, -1, -0.0, 1e-20, 0.1, 1.0, float("nan"), float("inf"), True, "1", None, 2**53, 2**63, 10**400]
)
def test_only_whole_numbers_in_range_are_amounts(amount: Any) -> None:
    with pytest.raises(ValueRefusedError):
        Charge("community", amount, 0)
    if amount != 0 or type(amount) is not int:
        with pytest.raises(ValueRefusedError):
            Charge("community", 1, amount)
        with pytest.raises(ValueRefusedError):
            Account("community", amount, 0)
        with pytest.raises(ValueRefusedError):
            Account("community", 1, amount)


def test_a_limit_below_what_is_spent_stops_spending_and_gives_nothing_back(opened: Store) -> None:
    charge(opened, "q1", community=60)
    with opened.begin() as tx:
        ledger.set_limit(tx, Account("community", 50, 5), at=AT)
    assert isinstance(charge(opened, "q2", community=1), Overdrawn)
    with opened.read() as tx:
        balance = ledger.balances(tx, ["community"])["community"]
    assert (balance.rho_spent, balance.rho_remaining) == (60, -10)


def test_a_limit_that_is_raised_gives_the_difference(opened: Store) -> None:
    charge(opened, "q1", dul=10)
    with opened.begin() as tx:
        ledger.set_limit(tx, Account("licence/dul", 12, 5), at=AT)
    assert isinstance(charge(opened, "q2", dul=3), Overdrawn)
    assert isinstance(charge(opened, "q3", dul=2), Charged)


def test_setting_the_same_limit_again_leaves_no_trace(opened: Store) -> None:
    with opened.begin() as tx:
        before = journal.head(tx)
        ledger.set_limit(tx, Account("community", 100, 5), at=AT)
        assert journal.head(tx) == before


def test_the_balance_is_the_limit_less_the_sum_of_the_rows(opened: Store) -> None:
    for number in range(1, 6):
        charge(opened, f"q{number}", community=number)
    with opened.read() as tx:
        rows = tx.connection.execute(sa.select(charges.c.rho).where(charges.c.account == "community")).scalars().all()
        assert ledger.balances(tx, ["community"])["community"].rho_remaining == 100 - sum(rows)


def test_sums_stay_below_their_limit_near_the_largest_number(store: Store) -> None:
    with store.begin() as tx:
        ledger.set_limit(tx, Account("large", LARGEST, LARGEST), at=AT)
        outcomes = [ledger.charge(tx, f"q{n}", [Charge("large", 2**52, 2**52)], at=AT) for n in range(3)]
        assert [type(outcome) for outcome in outcomes] == [Charged, Overdrawn, Overdrawn]
        assert isinstance(ledger.charge(tx, "rest", [Charge("large", 2**52 - 1, 1)], at=AT), Charged)
        assert isinstance(ledger.charge(tx, "more", [Charge("large", 1, 0)], at=AT), Overdrawn)


def test_rows_whose_sum_does_not_fit_refuse_instead_of_wrapping_round(opened: Store) -> None:
    planted = [
        {"request_id": f"p{n}", "account": "community", "rho": LARGEST, "delta_e18": 0, "charged_at": AT}
        for n in range(1025)
    ]
    with opened.begin() as tx:
        tx.connection.execute(sa.insert(charges), planted)
    try:
        outcome: Any = charge(opened, "q1", community=1)
    except StoreError:
        outcome = None
    assert outcome is None or isinstance(outcome, Overdrawn)


def test_the_details_of_a_charge_are_in_the_private_body_of_its_entry(opened: Store) -> None:
    with opened.begin() as tx:
        ledger.charge(tx, "q1", [Charge("community", 1, 0)], at=AT, details={"sql": "SELECT planted"})
        head = journal.head(tx)
        assert "planted" not in str(journal.entries(tx))
        assert journal.private(tx, head.index)[1] == {"sql": "SELECT planted"}
