"""Questions: who asked what under which licence, what it was charged, and what became of it.

It judges nothing and answers nothing.  Rules:

* an idempotency key belongs to one person of one organisation; with the same request it finds the earlier question,
  with another it is an error;
* a question is charged, refused, or released at once (the same question again); a charged one ends once, released or
  failed, and never goes back; the charge stays either way;
* what was charged and has no end yet, after a crash too, is in `unanswered` and may be answered under its charge;
* whoever asks for a question of somebody else learns nothing, not even that it exists.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from hub.store.columns import values_of
from hub.store.errors import AlreadyThereError, DifferentRequestError, UnknownError, ValueRefusedError
from hub.store.tables import questions
from hub.store.transaction import Reading, Transaction


class State(StrEnum):
    """What became of a question."""

    CHARGED = "charged"
    RELEASED = "released"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of one actor; `id` is also the request id of its charge.

    `request` is what was asked, as canonical JSON, enough to answer it after a restart; `request_sha256` is its digest
    as the caller computes it.  `visible_at` is when its end may be shown; `problem` is the refusal or failure as
    canonical JSON.
    """

    id: str
    client_id: str
    person: str
    org: str
    idempotency_key: str
    licence: str
    request_sha256: str
    request: bytes = field(repr=False)
    state: State
    rho: int
    asked_at: datetime
    visible_at: datetime | None = None
    release_id: str | None = None
    problem: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not (self.id and self.client_id and self.person and self.org and self.idempotency_key):
            raise ValueRefusedError("a question needs an id, an actor and an idempotency key")
        if (self.state is State.RELEASED) != (self.release_id is not None):
            raise ValueRefusedError("a released question names its release, and no other does")
        if (self.state in {State.REFUSED, State.FAILED}) != (self.problem is not None):
            raise ValueRefusedError("a refused or failed question says why, and no other does")


def earlier(tx: Reading, person: str, org: str, *, idempotency_key: str, request_sha256: str) -> Question | None:
    """The question that this person asked before with this key; another request under the key is an error."""
    found = _one(
        tx,
        questions.c.person == person,
        questions.c.org == org,
        questions.c.idempotency_key == idempotency_key,
    )
    if found is not None and found.request_sha256 != request_sha256:
        raise DifferentRequestError("this idempotency key was used for another question: send a key of its own")
    return found


def add(tx: Transaction, question: Question) -> None:
    """Keep a new question; look for an earlier one under the same lock first."""
    if question.state is State.FAILED:
        raise ValueRefusedError("a question fails after it was charged: keep it as charged, then end it")
    if _one(tx, questions.c.id == question.id) is not None:
        raise AlreadyThereError("a question with this id is there already")
    tx.connection.execute(
        sa.insert(questions).values({**values_of(question, questions), "state": question.state.value})
    )


def release(tx: Transaction, question_id: str, *, release_id: str, visible_at: datetime) -> None:
    """End a charged question with its release."""
    _end(tx, question_id, state=State.RELEASED, release_id=release_id, visible_at=visible_at)


def fail(tx: Transaction, question_id: str, *, problem: bytes, visible_at: datetime) -> None:
    """End a charged question without an answer; its charge stays."""
    _end(tx, question_id, state=State.FAILED, problem=problem, visible_at=visible_at)


def get(tx: Reading, question_id: str, *, person: str, org: str) -> Question:
    """A question of this person; `UnknownError` when it does not exist or is somebody else's."""
    found = _one(tx, questions.c.id == question_id, questions.c.person == person, questions.c.org == org)
    if found is None:
        raise UnknownError("there is no such question of yours")
    return found


def unanswered(tx: Reading) -> tuple[Question, ...]:
    """Every question that was charged and has no end yet, oldest first."""
    rows = tx.connection.execute(
        sa.select(questions).where(questions.c.state == State.CHARGED.value).order_by(questions.c.asked_at)
    )
    return tuple(_question(row) for row in rows.mappings())


def _end(tx: Transaction, question_id: str, *, state: State, **values: Any) -> None:
    done = tx.connection.execute(
        sa.update(questions)
        .where(questions.c.id == question_id, questions.c.state == State.CHARGED.value)
        .values(state=state.value, **values)
    )
    if done.rowcount != 1:
        raise AlreadyThereError("only a charged question can be ended, and only once")


def _one(tx: Reading, *where: sa.ColumnElement[bool]) -> Question | None:
    row = tx.connection.execute(sa.select(questions).where(*where)).mappings().one_or_none()
    return None if row is None else _question(row)


def _question(row: sa.RowMapping) -> Question:
    return Question(**{**row, "state": State(row["state"])})
