"""Set the scene: a hub in its folder, and a site at each custodian with keys, secret and trust of its own.

The hub is never given a custodian's key, nor the linkage secret.  Rule: what one organisation needs of another is
copied as a file, as it would be carried.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from agreements.bundle import Bundle
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.sealing import SealingKey
from connectors import site
from connectors.configuration import Configuration, Connector
from hub import wiring
from hub.demo import ceremony
from hub.demo.organisations import CONTRIBUTORS, DISTRICTS, OPERATOR
from hub.demo.places import Places
from hub.settings import Settings

_SECRET_BYTES = 32


def settings(places: Places) -> Settings:
    """The demonstration's hub."""
    return Settings(directory=places.hub, operator=OPERATOR.id, name="Learning Commons (demonstration)")


def make_sites(places: Places) -> None:
    """Give each custodian a site with a connector's key, and all of them the linkage secret that they share."""
    hub_public = SealingKey.from_pem((places.hub / "keys" / "sealing.pem").read_bytes()).public
    secret = secrets.token_bytes(_SECRET_BYTES)
    for each in CONTRIBUTORS:
        kind = Connector.ONEROSTER if each in DISTRICTS else Connector.FHIR
        configured = Configuration(custodian=each.id, connector=kind, export="export", hub_sealing_public=hub_public)
        site.create(places.site(each.id), configured, signer=Signer.generate(), random=secrets.token_bytes)
        site.write_private(places.site(each.id) / site.LINKAGE_SECRET, secret)


def share_trust(places: Places, *, at: datetime) -> Keyring:
    """Gather everybody's public keys into one keyring, and give it to the hub and to each custodian."""
    keyring = ceremony.keyring(places, _machines(places, at), at=at)
    folders = (places.hub, *(places.site(each.id) for each in CONTRIBUTORS))
    for folder in folders:
        (folder / site.TRUST).write_bytes(keyring.to_bytes())
    for each in CONTRIBUTORS:
        (places.site(each.id) / site.CATALOGUE).write_bytes(ceremony.catalogue().to_bytes())
    return keyring


def found_hub(places: Places) -> None:
    """Make the hub's folder."""
    wiring.found(settings(places), ceremony.catalogue())


def hand_out(places: Places, custodian: str, bundle: Bundle) -> None:
    """Give a custodian its signed agreement, with the memorandum above it."""
    (places.site(custodian) / site.AGREEMENT).write_bytes(bundle.to_bytes())


def _machines(places: Places, at: datetime) -> Iterable[KeyEntry]:
    """The keys of connectors, which sign deliveries, and of the hub, which signs releases."""
    for each in CONTRIBUTORS:
        signer = Signer.from_pem((places.site(each.id) / site.SIGNING_KEY).read_bytes())
        yield _machine(signer, each.id, f"{each.id}-connector", "Connector", KeyUse.DELIVER, at)
    signer = Signer.from_pem((places.hub / "keys" / "release.pem").read_bytes())
    yield _machine(signer, OPERATOR.id, "hub", "Hub", KeyUse.RELEASE, at)


def _machine(signer: Signer, party: str, person: str, title: str, use: KeyUse, at: datetime) -> KeyEntry:
    return KeyEntry(
        key=signer.public_key,
        party=party,
        person=person,
        title=title,
        uses=frozenset({use}),
        valid_from=at,
        retired_at=None,
    )
