"""Sign in: which actor a client id and its secret stand for, and whether that actor may still act.

It issues nothing; `hub.web` does.  Rules: an unknown client id, a wrong secret and a disabled actor end in the same
error after the same time; a secret is compared and forgotten.
"""

from hub.actions.actor import Actor
from hub.store import actors
from hub.store.errors import ValueRefusedError, WrongSecretError
from hub.wiring import Hub

_LONGEST = 200


def verify(hub: Hub, client_id: str, *, secret: str) -> Actor:
    """The actor with this client id and secret, or `WrongSecretError`."""
    if not all(text.isprintable() and len(text) <= _LONGEST for text in (client_id, secret)):
        client_id = secret = ""
    with hub.store.read() as tx:
        try:
            found = actors.verify(tx, client_id, secret=secret)
        except ValueRefusedError:
            raise WrongSecretError("the client id or its secret is wrong") from None
    return Actor(client=found.client_id, person=found.person, org=found.org)


def is_active(hub: Hub, actor: Actor) -> bool:
    """Whether the actor may still act: asked at every request, for a token or a session outlives a change of mind."""
    with hub.store.read() as tx:
        return actors.is_active(tx, actor.client)
