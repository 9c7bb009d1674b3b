"""Whatever is asked, repeated, refused, released, limited anew and restarted, in any order: the ledger's invariants.

L1: charged never exceeds a limit by a charge of ours.  L3: one request, one charge.  L4: an old head is a prefix.
L6: the balance is the limit less the sum of the rows.
"""

import contextlib
from collections.abc import Callable

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hub.store import journal, ledger
from hub.store.amounts import Account, Charge, Charged, Overdrawn
from hub.store.chain import Head
from hub.store.errors import DifferentRequestError
from hub.store.store import Store
from hub.store.tables import charges
from tests.hub.store.builders import AT

NAMES = ("community", "contributor", "licence")
AMOUNTS = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 60), min_size=1)


class Ledger(RuleBasedStateMachine):
    """The ledger beside the simplest thing that it should be: a list of charges."""

    new_store: Callable[[], Store]
    same_store: Callable[[], Store]

    @initialize()
    def open(self) -> None:
        self.store = self.new_store()
        self.limits = {"community": 100, "contributor": 60, "licence": 80}
        self.charged: dict[str, dict[str, int]] = {}
        self.heads: list[Head] = []
        with self.store.begin() as tx:
            for key, limit in self.limits.items():
                ledger.set_limit(tx, Account(key, limit, 0), at=AT)

    @rule(amounts=AMOUNTS)
    def ask_anything(self, amounts: dict[str, int]) -> None:
        self.ask(amounts)

    def ask(self, amounts: dict[str, int]) -> None:
        request = f"q{len(self.charged)}"
        fits = all(self.spent(key) + rho <= self.limits[key] for key, rho in amounts.items())
        outcome = self.charge(request, amounts)
        assert isinstance(outcome, Charged) == fits
        if isinstance(outcome, Charged):
            assert not outcome.again
            self.charged[request] = amounts
        else:
            short = {one.balance.account for one in outcome.shortfalls}
            assert short == {key for key, rho in amounts.items() if self.spent(key) + rho > self.limits[key]}

    @rule(key=st.sampled_from(NAMES), over=st.integers(0, 1))
    def ask_at_the_edge(self, key: str, over: int) -> None:
        left = self.limits[key] - self.spent(key) + over
        if left > 0:
            self.ask({key: left})

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        if self.charged:
            request = data.draw(st.sampled_from(sorted(self.charged)))
            outcome = self.charge(request, self.charged[request])
            assert isinstance(outcome, Charged)
            assert outcome.again

    @rule(data=st.data(), amounts=AMOUNTS)
    def ask_otherwise_under_a_used_id(self, data: st.DataObject, amounts: dict[str, int]) -> None:
        if self.charged:
            request = data.draw(st.sampled_from(sorted(self.charged)))
            if amounts != self.charged[request]:
                try:
                    self.charge(request, amounts)
                except DifferentRequestError:
                    return
                raise AssertionError("other amounts were accepted under the same id")

    @rule(key=st.sampled_from(NAMES), limit=st.integers(0, 200))
    def set_limit(self, key: str, limit: int) -> None:
        with self.store.begin() as tx:
            ledger.set_limit(tx, Account(key, limit, 0), at=AT)
        self.limits[key] = limit

    @rule(amounts=AMOUNTS)
    def fail_before_the_commit(self, amounts: dict[str, int]) -> None:
        with contextlib.suppress(KeyError), self.store.begin() as tx:
            ledger.charge(tx, "lost", [Charge(key, rho, 0) for key, rho in amounts.items()], at=AT)
            raise KeyError

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self.same_store()

    @invariant()
    def what_the_store_says_is_what_happened(self) -> None:
        with self.store.read() as tx:
            head = journal.verify(tx, kept=self.heads[-3:])
            self.heads.append(head)
            rows = tx.connection.execute(sa.select(charges.c.request_id, charges.c.account, charges.c.rho)).all()
            balances = ledger.balances(tx, NAMES)
        found: dict[str, dict[str, int]] = {}
        for request, account, rho in rows:
            found.setdefault(request, {})[account] = rho
        assert found == self.charged
        for key, balance in balances.items():
            assert balance.rho_limit == self.limits[key]
            assert balance.rho_remaining == self.limits[key] - self.spent(key)

    def teardown(self) -> None:
        self.store.close()

    def charge(self, request: str, amounts: dict[str, int]) -> Charged | Overdrawn:
        with self.store.begin() as tx:
            return ledger.charge(tx, request, [Charge(key, rho, 0) for key, rho in amounts.items()], at=AT)

    def spent(self, key: str) -> int:
        return sum(amounts.get(key, 0) for amounts in self.charged.values())


def test_the_ledger_keeps_its_invariants(emptied: Callable[[], str]) -> None:
    addresses: list[str] = []

    class Here(Ledger):
        @staticmethod
        def new_store() -> Store:
            addresses.append(emptied())
            return Store(addresses[-1])

        @staticmethod
        def same_store() -> Store:
            return Store(addresses[-1])

    few = settings(max_examples=10, stateful_step_count=16, deadline=None, database=None)
    run_state_machine_as_test(Here, settings=settings(few, suppress_health_check=list(HealthCheck)))
