"""Whatever is done in whatever order, the ledger's promises hold after each step."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agreements.statement import Act
from hub.actions import ask, oversee, publish
from hub.actions.answer import NotAnsweredError, answer, recover
from hub.actions.refusals import RefusedError
from hub.store import journal
from hub.store.chain import Head
from hub.store.questions import State
from tests.hub.actions import small
from tests.hub.actions.small import ANA, BIRCH_ONLY, BOTH, Clock, asked, sharing

QUESTIONS = {name: asked(sql, epsilon=small.DEAR.epsilon) for name, sql in (("both", BOTH), ("birch", BIRCH_ONLY))}
READS = {"both": {"alder", "birch"}, "birch": {"birch"}}


class Life(RuleBasedStateMachine):
    """One hub in a folder of its own, with a model of what it must have promised."""

    founded: Path

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.folder = small.copied(self.founded, Path(self.directory.name) / "hub")
        self.workers = small.Empty(ready=0)
        self.clock = Clock()
        self.open()
        self.suspended: set[str] = set()
        self.waiting: dict[str, tuple[str, str]] = {}
        self.costs: dict[str, int] = {}
        self.released: dict[str, bytes] = {}
        self.heads: list[Head] = []
        self.spent = 0

    def open(self) -> None:
        self.opening = small.opened(self.folder, workers=self.workers, clock=self.clock)
        self.here = self.opening.__enter__()

    @rule(name=st.sampled_from(sorted(QUESTIONS)), key=st.sampled_from(["a", "b", "c", "d"]))
    def submit(self, name: str, key: str) -> None:
        known = f"{name}-{key}"
        try:
            ticket = ask.submit(self.here.hub, ANA, QUESTIONS[name], idempotency_key=known)
        except RefusedError as refusal:
            assert known not in self.costs, "what was charged is found again"
            rules = {reason.rule for reason in refusal.reasons}
            stopped = bool(READS[name] & self.suspended)
            assert stopped == ("suspended-by" in rules)
            assert stopped or rules <= {"agreement-budget", "contributor-budget"}
            return
        if known not in self.costs:
            assert not READS[name] & self.suspended, "L5: judged at every admission"
            self.costs[known] = ticket.rho
            if ticket.state is State.CHARGED:
                self.waiting[known] = (name, ticket.id)
        assert ticket.rho == self.costs[known], "L3: one key, one charge"

    @rule()
    def answer_one(self) -> None:
        if not self.waiting:
            return
        known, (name, question) = self.waiting.popitem()
        try:
            release = answer(self.here.hub, ask.status(self.here.hub, ANA, question), sleep=self.clock.sleep)
        except NotAnsweredError:
            assert READS[name] & self.suspended
        else:
            assert not READS[name] & self.suspended, "L5: judged again when the release commits"
            self.released[release] = publish.get(self.here.hub, ANA, release).envelope
            assert ask.submit(self.here.hub, ANA, QUESTIONS[name], idempotency_key=known).release == release

    @rule(org=st.sampled_from(["alder", "birch"]))
    def suspend_or_reinstate(self, org: str) -> None:
        act = Act.REINSTATE if org in self.suspended else Act.SUSPEND
        self.here.act(act, sharing(org), org=org)
        self.suspended ^= {org}

    @rule()
    def restart(self) -> None:
        self.opening.__exit__(None, None, None)
        self.open()
        recover(self.here.hub, sleep=self.clock.sleep)
        for name, question in self.waiting.values():
            found = ask.status(self.here.hub, ANA, question)
            assert found.state is (State.FAILED if READS[name] & self.suspended else State.RELEASED)
            if found.release_id:
                self.released[found.release_id] = publish.get(self.here.hub, ANA, found.release_id).envelope
        self.waiting.clear()

    @invariant()
    def the_ledger_holds(self) -> None:
        lines = {line.account: line for line in oversee.budget(self.here.hub)}
        assert all(line.rho_spent <= line.rho_limit for line in lines.values()), "L1"
        spent = lines["community"].rho_spent
        assert spent == sum(self.costs.values()), "L6"
        assert spent >= self.spent, "L7: what was spent stays spent"
        self.spent = spent

    @invariant()
    def releases_and_journal_are_as_they_were(self) -> None:
        releases = publish.of_licence(self.here.hub, ANA, "agr-dul")
        assert {each.id: each.envelope for each in releases} == self.released, "L3: the same bytes"
        assert all(each.document.loss.rho > 0 for each in releases), "L2"
        with self.here.hub.store.read() as tx:
            self.heads.append(journal.verify(tx, kept=self.heads))
        charged = sum(cost > 0 for cost in self.costs.values())
        entries = oversee.read_journal(self.here.hub, limit=1000)
        assert sum(entry.kind == "charge" for entry in entries) == charged, "L8"
        assert sum(entry.kind == "question-permitted" for entry in entries) == len(self.costs), "L8"

    def teardown(self) -> None:
        self.opening.__exit__(None, None, None)
        self.workers.close()
        self.directory.cleanup()


def test_the_promises_of_the_ledger_hold_whatever_happens(founded: Path) -> None:
    class Here(Life):
        pass

    Here.founded = founded
    Here.TestCase.settings = settings(
        max_examples=6,
        stateful_step_count=10,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    Here.TestCase().runTest()
