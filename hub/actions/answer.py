"""Answer a question that was charged: exact aggregates, noise, signature; then judge again, and make it visible.

It never charges.  Rules:

* the charge was committed before this module reads a record; whatever fails here stays charged, and may be answered
  again under the same charge;
* the answer appears at a public instant, from the shape of the question, and not before; later is a constant failure,
  and so is whatever goes wrong while records are read;
* a question has one answer, whoever computes it, and however often;
* agreements are judged again in the transaction that makes the release visible: after a stop returned, nothing is
  released;
* what is signed is what was measured, for whom, under which agreements, on which snapshot.
"""

import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import NoReturn

from agreements import canonical, envelope
from agreements.errors import AgreementError
from hub.actions.actor import Actor
from hub.actions.ask import deadline_seconds, engine_seconds
from hub.actions.asked import Asked
from hub.actions.judge import Judged, Priced, judge, price
from hub.engine.aggregate import aggregate
from hub.engine.warehouse import VaultFile
from hub.errors import HubError, InvalidError, NotFoundError, UnavailableError
from hub.privacy import mechanism
from hub.privacy.noisy import NoisyVectors
from hub.privacy.release import AgreementNamed, Circumstances, make
from hub.query.digest import digest
from hub.store import clock, journal, ledger, questions, releases, snapshots
from hub.store.questions import Question
from hub.store.releases import Release
from hub.store.transaction import Reading, Transaction
from hub.wiring import Hub
from policies.errors import PolicyError

Sleep = Callable[[float], None]

_MOMENT = 0.01

FAILED = {
    "code": "no-answer",
    "title": "The question could not be answered in time",
    "detail": "What was charged stays charged. Send it again with its Idempotency-Key (or its id) to be answered.",
}
"""The one text of every failure after the charge, whatever its cause: a cause could tell something of the records."""

STOPPED = {
    "code": "stopped",
    "title": "An agreement no longer permits this",
    "detail": "A party stopped, or an agreement ended, while this was computed. What was charged stays charged.",
}


CHANGED = {
    "code": "changed",
    "title": "The question no longer means what was charged",
    "detail": "The catalogue or the hub's program changed since. What was charged stays charged. Ask it anew.",
}


class NotAnsweredError(UnavailableError):
    """A question that was charged has no answer."""

    title = "The question could not be answered"


@dataclass(frozen=True, slots=True)
class _Measured:
    snapshot: str
    noisy: NoisyVectors


@dataclass(frozen=True, slots=True)
class _Nothing:
    """No measurement; `kind` names what was raised, for the hub's own eyes, and never its text."""

    kind: str


def answer(hub: Hub, question: Question, *, priced: Priced | None = None, sleep: Sleep = time.sleep) -> str:
    """Answer a charged question and return the id of its release.

    Raises `NotAnsweredError` when it cannot be answered, or may no longer be; the charge stays either way.
    """
    with hub.store.read() as tx:
        ended = _end_of(tx, question)
        priced = priced or _priced(hub, tx, question)
    if ended is not None:
        return ended
    if priced is None or priced.calibrated.rho != question.rho:
        with hub.store.begin() as tx:
            _fail(hub, tx, question, CHANGED)
    due = hub.clock() + timedelta(seconds=deadline_seconds(hub, priced))
    due = max(due, question.visible_at or due)
    measured = _measure(hub, priced)
    if hub.clock() > due:
        measured = _Nothing("Late")
    _wait(hub, due, sleep)
    with hub.store.begin() as tx:
        return _end_of(tx, question) or _end(hub, tx, question, priced, measured)


def recover(hub: Hub, *, sleep: Sleep = time.sleep) -> int:
    """Answer what was charged before the hub stopped; returns how many questions got an end."""
    with hub.store.read() as tx:
        waiting = questions.unanswered(tx)
    for question in waiting:
        with contextlib.suppress(HubError, AgreementError, PolicyError):
            answer(hub, question, sleep=sleep)
    with hub.store.read() as tx:
        left = {question.id for question in questions.unanswered(tx)}
    return sum(question.id not in left for question in waiting)


def _end_of(tx: Reading, question: Question) -> str | None:
    """The release of a question that was answered already; None while it is charged and waits."""
    now = questions.get(tx, question.id, person=question.person, org=question.org)
    if now.problem is not None:
        raise NotAnsweredError(canonical.decode(now.problem)["detail"])
    return now.release_id


def _priced(hub: Hub, tx: Reading, question: Question) -> Priced | None:
    """The question as it was charged, read again; None when it cannot be read any more."""
    try:
        return price(hub, tx, _asker(question), Asked.from_bytes(question.request))
    except (InvalidError, NotFoundError):
        return None


def _measure(hub: Hub, priced: Priced) -> _Measured | _Nothing:
    """Exact aggregates, then noise; whatever is raised on the way is let go here, for its text may tell of records."""
    try:
        with hub.store.read() as tx:
            snapshot = snapshots.current(tx, clock.instant(tx, hub.clock()))
            if snapshot is None or snapshot.catalogue_sha256 != hub.catalogue.digest:
                return _Nothing("NoSnapshot")
            files = {
                each.custodian: VaultFile(hub.settings.snapshots / each.file, hub.vault.key(tx, each.key_name))
                for each in snapshot.files
                if each.custodian in priced.contributors
            }
        exact = aggregate(
            priced.calibrated.bounds,
            files=files,
            catalogue=hub.catalogue,
            workers=hub.workers,
            deadline_seconds=engine_seconds(hub, priced),
        )
        return _Measured(snapshot.id, mechanism.release(priced.calibrated, exact))
    except Exception as error:  # noqa: BLE001 - every cause is one and the same failure to those outside
        return _Nothing(type(error).__name__)


def _wait(hub: Hub, due: datetime, sleep: Sleep) -> None:
    """Until the public instant, to the hundredth: how long the measuring took must not show in the fraction."""
    while (left := (due - hub.clock()).total_seconds()) > 0:
        sleep(left - 1 if left > 1 else _MOMENT)


def _end(hub: Hub, tx: Transaction, question: Question, priced: Priced, measured: _Measured | _Nothing) -> str:
    """Judge again, and release; or note why not, and raise."""
    if isinstance(measured, _Nothing):
        at = clock.instant(tx, hub.clock())
        journal.append(tx, "question-unanswered", {"question": question.id}, private={"kind": measured.kind}, at=at)
        tx.refuse(NotAnsweredError(FAILED["detail"]))
    own = {charge.account: charge.rho for charge in ledger.charged(tx, question.id) or ()}
    judged = judge(hub, tx, _asker(question), priced, rho=question.rho, own=own)
    if not judged.decision.permitted:
        _fail(hub, tx, question, STOPPED)
    return _release(hub, tx, question, priced, judged, measured)


def _fail(hub: Hub, tx: Transaction, question: Question, problem: dict[str, str]) -> NoReturn:
    """End the question without an answer, commit that, and raise."""
    at = clock.instant(tx, hub.clock())
    questions.fail(tx, question.id, problem=canonical.encode(problem), visible_at=at)
    journal.append(tx, "question-failed", {"question": question.id, "code": problem["code"]}, at=at)
    tx.refuse(NotAnsweredError(problem["detail"]))


def _asker(question: Question) -> Actor:
    return Actor(question.client_id, question.person, question.org)


def _release(hub: Hub, tx: Transaction, question: Question, priced: Priced, judged: Judged, measured: _Measured) -> str:
    circumstances = Circumstances(
        question_sha256=digest(priced.question),
        snapshot=measured.snapshot,
        purpose=priced.asked.purpose,
        org=question.org,
        person=question.person,
        agreements=_named(judged, priced),
        contributors=tuple(sorted(priced.contributors)),
        code_version=version("learning-commons-hub"),
        at=judged.at,
    )
    document = make(priced.calibrated, measured.noisy, circumstances)
    signed = envelope.sign(envelope.RELEASE, document.to_bytes(), hub.signer)
    release_id = f"r{secrets.token_hex(8)}"
    releases.add(
        tx,
        Release(
            id=release_id,
            request_id=question.id,
            licence=question.licence,
            snapshot=measured.snapshot,
            measured_sha256=priced.measured_sha256,
            rho=question.rho,
            envelope=signed.to_bytes(),
            vectors=measured.noisy.to_bytes(),
            released_at=judged.at,
        ),
    )
    questions.release(tx, question.id, release_id=release_id, visible_at=judged.at)
    return release_id


def _named(judged: Judged, priced: Priced) -> tuple[AgreementNamed, ...]:
    """The licence, the memorandum and the data-sharing agreement of each contributor: who agreed."""
    found = judged.family
    kept = [found.standing, *(each for each in (found.memorandum,) if each is not None)]
    kept += [each for org in sorted(priced.contributors) if (each := found.sharing(org)) is not None]
    return tuple(AgreementNamed(each.terms.id, each.terms.version, each.digest) for each in kept)
