"""Actors: the client ids that may sign in, for which person of which organisation, and the hashes of their secrets.

It issues no token.  Rules:

* a secret is made here, from 32 random bytes, told once and kept as scrypt's hash with a salt of its own;
* secrets are compared in constant time, and a client id that is unknown or disabled takes as long as a wrong secret and
  ends in the same error;
* a client id is never given twice.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.store.errors import AlreadyThereError, UnknownError, ValueRefusedError, WrongSecretError
from hub.store.tables import actors
from hub.store.transaction import Reading, Transaction

_SECRET_BYTES = 32
_SALT_BYTES = 16
_COST = 2**14
_BLOCK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person for an organisation."""

    client_id: str
    person: str
    org: str
    created_at: datetime
    disabled_at: datetime | None = None

    def __post_init__(self) -> None:
        if not (self.client_id and self.person and self.org):
            raise ValueRefusedError("an actor has a client id, a person and an organisation")
        if not all(each == each.strip() and each.isprintable() for each in (self.client_id, self.person, self.org)):
            raise ValueRefusedError("a client id, a person and an organisation are names in printable characters")


def add(tx: Transaction, actor: Actor) -> str:
    """Keep an actor; returns the secret, which is told this once."""
    if _row(tx, actor.client_id) is not None:
        raise AlreadyThereError("this client id is taken: give the actor another")
    secret = base64.urlsafe_b64encode(tx.random(_SECRET_BYTES)).rstrip(b"=").decode()
    salt = tx.random(_SALT_BYTES)
    tx.connection.execute(
        sa.insert(actors).values(
            client_id=actor.client_id,
            person=actor.person,
            org=actor.org,
            salt=salt,
            secret_hash=_hash(secret, salt),
            created_at=actor.created_at,
        )
    )
    return secret


def verify(tx: Reading, client_id: str, *, secret: str) -> Actor:
    """The actor with this client id and secret, or `WrongSecretError`."""
    row = _row(tx, client_id)
    salt, expected = (bytes(_SALT_BYTES), b"") if row is None else (row.salt, row.secret_hash)
    right = hmac.compare_digest(_hash(secret, salt), expected)
    if row is None or not right or row.disabled_at is not None:
        raise WrongSecretError("the client id or its secret is wrong: check both, or ask the operator for a new one")
    return _actor(row)


def disable(tx: Transaction, client_id: str, *, at: datetime) -> None:
    """Let an actor sign in no more."""
    done = tx.connection.execute(
        sa.update(actors).where(actors.c.client_id == client_id, actors.c.disabled_at.is_(None)).values(disabled_at=at)
    )
    if done.rowcount != 1:
        raise UnknownError("there is no actor with this client id who could be disabled")


def is_active(tx: Reading, client_id: str) -> bool:
    """Whether the actor exists and was not disabled: asked again while a token is still valid."""
    row = _row(tx, client_id)
    return row is not None and row.disabled_at is None


def everyone(tx: Reading) -> tuple[Actor, ...]:
    """Every actor, by client id."""
    rows = tx.connection.execute(sa.select(actors)).all()
    return tuple(sorted((_actor(row) for row in rows), key=lambda actor: actor.client_id))


def _hash(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=1)


def _row(tx: Reading, client_id: str) -> sa.Row[Any] | None:
    return tx.connection.execute(sa.select(actors).where(actors.c.client_id == client_id)).one_or_none()


def _actor(row: sa.Row[Any]) -> Actor:
    return Actor(
        client_id=row.client_id,
        person=row.person,
        org=row.org,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
