"""Who may sign in, and which keys the hub trusts.

It makes no agreement: a key that is trusted here and not named in signed terms can sign none.  Rules: a secret is shown
once and kept as a hash; a key is added, never replaced; both are journaled.
"""

from agreements.errors import AgreementError
from agreements.keys import KeyEntry, Keyring
from hub.errors import InvalidError
from hub.store import actors, clock, journal
from hub.wiring import Hub


class KeyringRefusedError(InvalidError):
    """A keyring cannot be added to the hub's."""

    title = "The keys cannot be added"


def add_actor(hub: Hub, client_id: str, *, person: str, org: str) -> str:
    """Let a person sign in for an organisation; returns the secret, which nobody can show again."""
    with hub.store.begin() as tx:
        at = clock.instant(tx, hub.clock())
        actor = actors.Actor(client_id=client_id, person=person, org=org, created_at=at)
        secret = actors.add(tx, actor)
        journal.append(tx, "actor", {"org": org}, private={"client_id": client_id, "person": person}, at=at)
    return secret


def everyone(hub: Hub) -> tuple[actors.Actor, ...]:
    """Everybody who may sign in."""
    with hub.store.read() as tx:
        return actors.everyone(tx)


def trust_key(hub: Hub, keyring: bytes) -> tuple[KeyEntry, ...]:
    """Add the entries of a keyring file to the hub's keyring; the file is replaced in one step."""
    with hub.store.begin() as tx:
        at = clock.instant(tx, hub.clock())
        try:
            added = Keyring.from_bytes(keyring).entries
            # What lies on the disk now: another process may have added keys since this one was opened.
            merged = Keyring((*Keyring.from_bytes(hub.settings.trust.read_bytes()).entries, *added))
        except AgreementError as error:
            raise KeyringRefusedError(str(error)) from error
        for entry in added:
            journal.append(tx, "key", {"key": entry.key.key_id, "party": entry.party}, at=at)
        part = hub.settings.trust.with_suffix(".part")
        part.write_bytes(merged.to_bytes())
        part.replace(hub.settings.trust)
    return added
