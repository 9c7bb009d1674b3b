"""Hand out releases: the document, the signed envelope, and the proof of who agreed.

It computes nothing new: every rendering shows the same numbers.  Rules: a release is shown to people of the licence's
parties, and is as unknown to others as if it did not exist; the proof holds only what was signed.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from agreements import canonical
from agreements.bundle import Bundle
from agreements.envelope import Envelope
from agreements.terms import Terms
from hub.actions.actor import Actor
from hub.actions.standings import family
from hub.errors import NotFoundError
from hub.privacy.release import Release
from hub.store import agreements, clock, releases
from hub.store.transaction import Reading
from hub.wiring import Hub

PROOF_SCHEMA = "hub.release-proof/1"


@dataclass(frozen=True, slots=True)
class Published:
    """A release as it is handed out: `document` is what `envelope` signs."""

    id: str
    licence: str
    released_at: datetime
    document: Release
    envelope: bytes


def get(hub: Hub, actor: Actor, release_id: str) -> Published:
    """One release; `NotFoundError` when there is none or the actor's organisation is not a party of its licence."""
    with hub.store.read() as tx:
        kept = _kept(tx, actor, release_id)
    return _published(kept)


def of_licence(hub: Hub, actor: Actor, licence: str) -> tuple[Published, ...]:
    """Every release under a licence, oldest first."""
    with hub.store.read() as tx:
        _check_party(tx, actor, licence)
        kept = releases.of_licence(tx, licence)
    return tuple(map(_published, kept))


def proof(hub: Hub, actor: Actor, release_id: str) -> bytes:
    """A file that anybody can verify offline: the signed release and every signed agreement behind it."""
    with hub.store.read() as tx:
        kept = _kept(tx, actor, release_id)
        found = family(tx, kept.licence, keyring=hub.keyring, at=clock.instant(tx, hub.clock()))
    bundle = Bundle.of(kept.licence, found.evidence.values())
    return canonical.encode(
        {
            "schema": PROOF_SCHEMA,
            "release": base64.b64encode(kept.envelope).decode("ascii"),
            "agreements": canonical.decode(bundle.to_bytes()),
        }
    )


def _kept(tx: Reading, actor: Actor, release_id: str) -> releases.Release:
    try:
        kept = releases.get(tx, release_id)
    except NotFoundError:
        raise _unknown() from None
    _check_party(tx, actor, kept.licence)
    return kept


def _check_party(tx: Reading, actor: Actor, licence: str) -> None:
    evidence = agreements.evidence(tx, licence)
    parties = Terms.from_bytes(evidence.terms).parties if evidence else ()
    if actor.org not in {party.org_id for party in parties}:
        raise _unknown()


def _unknown() -> NotFoundError:
    return NotFoundError("there is no such release of yours")


def _published(kept: releases.Release) -> Published:
    signed = Envelope.from_bytes(kept.envelope)
    return Published(
        id=kept.id,
        licence=kept.licence,
        released_at=kept.released_at,
        document=Release.from_bytes(signed.payload),
        envelope=kept.envelope,
    )
