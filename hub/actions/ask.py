"""Ask a question: say what it would cost, or charge it and admit it to be answered.

It reads no record; `hub.actions.answer` does, after the charge is committed.  Rules:

* a dry run costs nothing, and depends on the question, the agreements, the catalogue and the accounts alone;
* the decision and the charge, on all accounts or none, happen under one write lock and are committed before data are
  read; a refusal is journaled and committed, and only then raised;
* the same question on the same snapshot at the same loss is answered with the earlier release, at no cost, after the
  policies were asked again;
* one idempotency key is one question: sent again it finds the earlier one;
* what could not be answered in any case (no snapshot, a contributor that has not delivered) is not charged.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from agreements import canonical
from hub.actions import spoken
from hub.actions.actor import Actor
from hub.actions.asked import Asked, AskedError
from hub.actions.judge import Judged, Priced, judge, price
from hub.actions.refusals import RefusedError
from hub.errors import UnavailableError
from hub.privacy.mechanism import epsilon_micro
from hub.store import clock, journal, ledger, questions, releases, snapshots
from hub.store.amounts import Charge, Overdrawn
from hub.store.questions import Question, State
from hub.store.snapshots import Snapshot
from hub.store.transaction import Transaction
from hub.wiring import Hub
from policies.decision import Decision


class NoSnapshotError(UnavailableError):
    """There are no data to answer from yet."""

    title = "There is nothing to answer from yet"


_LONGEST_KEY = 200
_NOISE_A_SECOND = 20_000
"""How many noisy numbers are drawn in a second, at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a question would cost and how exact it would be.  `remaining` and `rho` are billionths of ρ.

    `tightest` is the account of which least remains; `epsilon_micro` and the like are at the licence's δ.
    """

    priced: Priced
    decision: Decision
    rho: int
    epsilon_micro: int
    delta_e12: int
    tightest: str
    remaining: int
    remaining_epsilon_micro: int
    after_epsilon_micro: int
    like_this: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An admitted question: `release` is there when an earlier release answers it; `rho` is what it was charged."""

    id: str
    state: State
    rho: int
    visible_at: datetime
    release: str | None
    priced: Priced


def quote(hub: Hub, actor: Actor, asked: Asked) -> Quote:
    """The dry run: cost, margins, what remains and every reason for which it would be refused."""
    with hub.store.read() as tx:
        priced = price(hub, tx, actor, asked)
        judged = judge(hub, tx, actor, priced, rho=priced.calibrated.rho)
    rho, delta = priced.calibrated.rho, judged.family.standing.terms.privacy.delta_e12
    balance = min(judged.ledgered.balances.values(), key=lambda each: each.rho_remaining)
    remaining = max(0, balance.rho_remaining)
    return Quote(
        priced=priced,
        decision=judged.decision,
        rho=rho,
        epsilon_micro=epsilon_micro(rho, delta),
        delta_e12=delta,
        tightest=balance.account,
        remaining=remaining,
        remaining_epsilon_micro=epsilon_micro(remaining, delta) if remaining else 0,
        after_epsilon_micro=epsilon_micro(remaining - rho, delta) if remaining > rho else 0,
        like_this=remaining // rho,
        seconds=deadline_seconds(hub, priced),
    )


def deadline_seconds(hub: Hub, priced: Priced) -> int:
    """After how many seconds the answer appears: public, from the shape of the question alone.

    The engine has `engine_seconds`; then noise is drawn; one second more, because instants are whole seconds.
    """
    bounds = priced.calibrated.bounds
    return engine_seconds(hub, priced) + len(bounds.cells) * len(bounds.vectors) // _NOISE_A_SECOND + 1


def engine_seconds(hub: Hub, priced: Priced) -> int:
    """How long the engine may read: public, from the shape of the question alone."""
    return hub.settings.answer_seconds * priced.tables


def submit(hub: Hub, actor: Actor, asked: Asked, *, idempotency_key: str = "") -> Ticket:
    """Judge, charge and admit a question.  Without a key, the question's own id is the key to send it again with.

    Raises `RefusedError` with all reasons when an agreement or an account does not permit it; then nothing is spent.
    """
    if len(idempotency_key) > _LONGEST_KEY:
        raise AskedError(f"an idempotency key has at most {_LONGEST_KEY} characters")
    with hub.store.read() as tx:
        priced = price(hub, tx, actor, asked)
    question_id, sha256 = secrets.token_hex(16), canonical.digest(asked.to_bytes())
    key = idempotency_key or question_id
    with hub.store.begin() as tx:
        before = questions.earlier(tx, actor.person, actor.org, idempotency_key=key, request_sha256=sha256)
        question = before or _admitted(hub, tx, actor, priced, key=key, question_id=question_id)
    return _ticket(question, priced)


def status(hub: Hub, actor: Actor, question_id: str) -> Question:
    """What became of a question of this person; of anybody else's it is as unknown as if it did not exist."""
    with hub.store.read() as tx:
        return questions.get(tx, question_id, person=actor.person, org=actor.org)


def _admitted(hub: Hub, tx: Transaction, actor: Actor, priced: Priced, *, key: str, question_id: str) -> Question:
    """The question, judged and charged, or answered by an earlier release."""
    snapshot = snapshots.current(tx, clock.instant(tx, hub.clock()))
    found = None
    if snapshot is not None:
        found = releases.same(tx, priced.measured_sha256, snapshot=snapshot.id, licence=priced.asked.project)
    rho, wait = (0, 0) if found else (priced.calibrated.rho, deadline_seconds(hub, priced))
    judged = judge(hub, tx, actor, priced, rho=rho)
    if not judged.decision.permitted:
        _refuse(tx, actor, priced, judged)
    _check_answerable(hub, priced, snapshot)
    request = priced.asked.to_bytes()
    question = Question(
        id=question_id,
        client_id=actor.client,
        person=actor.person,
        org=actor.org,
        idempotency_key=key,
        licence=priced.asked.project,
        request_sha256=canonical.digest(request),
        request=request,
        state=State.RELEASED if found else State.CHARGED,
        rho=rho,
        asked_at=judged.at,
        visible_at=judged.at + timedelta(seconds=wait),
        release_id=found.id if found else None,
    )
    if not found:
        _charge(tx, question, priced, judged)
    questions.add(tx, question)
    _note(tx, question, priced, judged)
    return question


def _check_answerable(hub: Hub, priced: Priced, snapshot: Snapshot | None) -> None:
    """Refuse, before anything is charged, what has no data to be answered from; all of it is publicly known."""
    if snapshot is None:
        raise NoSnapshotError("no snapshot was built yet: receive deliveries, then run `hub snapshot`")
    if snapshot.catalogue_sha256 != hub.catalogue.digest:
        raise NoSnapshotError("the snapshot was built for another catalogue: build a new one with `hub snapshot`")
    if missing := sorted(priced.contributors - {file.custodian for file in snapshot.files}):
        raise NoSnapshotError(
            f"the snapshot holds nothing of {', '.join(missing)}: leave it out by a condition, or ask when it delivered"
        )


def _charge(tx: Transaction, question: Question, priced: Priced, judged: Judged) -> None:
    for account in judged.ledgered.unopened:
        ledger.set_limit(tx, account, at=judged.at)
    rho = priced.calibrated.rho
    outcome = ledger.charge(
        tx, question.id, [Charge(account, rho, 0) for account in judged.ledgered.balances], at=judged.at
    )
    if isinstance(outcome, Overdrawn):
        # The policies saw the same balances under the same lock, so this is never reached by budget alone.
        raise UnavailableError("the accounts moved while the question was judged: ask again")


def _refuse(tx: Transaction, actor: Actor, priced: Priced, judged: Judged) -> None:
    reasons = judged.decision.reasons
    journal.append(
        tx,
        "question-refused",
        {"licence": priced.asked.project, "rules": sorted({reason.rule for reason in reasons})},
        private={"person": actor.person, "org": actor.org, "purpose": priced.asked.purpose, "sql": priced.asked.sql},
        at=judged.at,
    )
    tx.refuse(RefusedError(reasons, next_step=next_step(judged)))


def next_step(judged: Judged) -> str:
    """What the researcher can do about a refusal, in one sentence."""
    rho = judged.decision.accepted_rho
    if rho is not None and rho > 0 and all(reason.accepted_rho is not None for reason in judged.decision.reasons):
        possible = spoken.epsilon(rho, judged.family.standing.terms.privacy.delta_e12)
        return f"Ask with epsilon {possible} or less; the dry run tells the ± that this buys."
    return "Change what the reasons name, then ask again."


def _note(tx: Transaction, question: Question, priced: Priced, judged: Judged) -> None:
    standings = judged.family.everyone
    journal.append(
        tx,
        "question-permitted",
        {
            "question": question.id,
            "licence": question.licence,
            "purpose": priced.asked.purpose,
            "rho": question.rho,
            "contributors": sorted(priced.contributors),
            "agreements": sorted(f"{each.terms.id}@{each.digest}" for each in standings),
        },
        private={"person": question.person, "org": question.org, "sql": priced.asked.sql},
        at=judged.at,
    )


def _ticket(question: Question, priced: Priced) -> Ticket:
    return Ticket(
        id=question.id,
        state=question.state,
        rho=question.rho,
        visible_at=question.visible_at or question.asked_at,
        release=question.release_id,
        priced=priced,
    )
