"""The signing ceremony: keys at each organisation, a keyring, and agreements that the heads really sign.

The hub is handed signed bytes and nothing else.  Rules: every head's key is made in the head's own folder; the
memorandum and all data-sharing agreements are proposed in one act, and each head signs both of theirs in one act.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from agreements.catalogue import Catalogue
from agreements.exhibit import fill
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.parties import Role, Signatory
from agreements.statement import Act
from agreements.terms import Terms
from hub.actions.sign import sign
from hub.demo.organisations import (
    CONTRIBUTORS,
    LICENCE,
    MEMORANDUM,
    OPERATOR,
    RECIPIENT,
    RESEARCHER,
    Organisation,
    sharing_of,
)
from hub.demo.places import Places

_TERM = timedelta(days=365)
_DELTA = {"delta_e12": 1_000}
_COMMUNITY = {"contributor_epsilon_total_micro": 10_000_000, "community_epsilon_total_micro": 10_000_000}
_LIMITS = {
    "memorandum": {**_DELTA, **_COMMUNITY, "epsilon_total_micro": 10_000_000, "epsilon_query_max_micro": 2_000_000},
    "sharing": {**_DELTA, "epsilon_total_micro": 8_000_000, "epsilon_query_max_micro": 2_000_000},
    "licence": {**_DELTA, "epsilon_total_micro": 5_000_000, "epsilon_query_max_micro": 1_000_000},
}
"""The privacy limits that these parties agreed on, at one δ of 10^-9."""

_EVERYONE = (*CONTRIBUTORS, RECIPIENT, OPERATOR)


def template(name: str) -> Mapping[str, Any]:
    """One of the templates that the product ships."""
    return tomllib.loads(resources.files("agreements").joinpath(f"templates/{name}.toml").read_text("utf-8"))


def catalogue() -> Catalogue:
    """The catalogue of the first tables."""
    return Catalogue.from_json(template("catalogue"))


def make_head_keys(places: Places) -> None:
    """Give every head a key, in the head's own folder."""
    for each in _EVERYONE:
        folder = (places.site(each.id) if each in CONTRIBUTORS else places.directory / each.id) / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / "head.pem", Signer.generate().to_pem())


def keyring(places: Places, others: Iterable[KeyEntry], *, at: datetime) -> Keyring:
    """The heads' public keys, and those of connectors and the hub."""
    heads = [
        KeyEntry(
            key=_signer(places, each).public_key,
            party=each.id,
            person=each.head_id,
            title=each.title,
            uses=frozenset({KeyUse.AGREE}),
            valid_from=at,
            retired_at=None,
        )
        for each in _EVERYONE
    ]
    return Keyring((*heads, *others))


def drafts(places: Places, *, at: datetime) -> tuple[Terms, tuple[Terms, ...], Terms]:
    """The memorandum, a data-sharing agreement for each contributor from one exhibit, and the licence."""
    known = catalogue()
    term = {"effective_from": at, "effective_until": at + _TERM}
    contributing = [each.party(Role.CONTRIBUTOR) for each in CONTRIBUTORS]
    operator = OPERATOR.party(Role.CUSTODIAN, Role.LINKAGE_AGENT)
    recipient = RECIPIENT.party(Role.RECIPIENT)
    everyone = {
        **term,
        "parties": (*contributing, recipient, operator),
        "signatories": tuple(_signatory(places, each) for each in _EVERYONE),
    }
    memorandum = fill(template("memorandum"), {**everyone, "id": MEMORANDUM, "privacy": _LIMITS["memorandum"]})
    sharing = tuple(
        fill(
            template("data_sharing_exhibit"),
            {
                **term,
                "id": sharing_of(each.id),
                "parent_ids": (MEMORANDUM,),
                "parties": (each.party(Role.CONTRIBUTOR), operator),
                "signatories": (_signatory(places, each), _signatory(places, OPERATOR)),
                "catalogue": known,
                "privacy": _LIMITS["sharing"],
            },
        )
        for each in CONTRIBUTORS
    )
    licence = fill(
        template("data_use_licence"),
        {
            **everyone,
            "id": LICENCE,
            "parent_ids": (MEMORANDUM, *(terms.id for terms in sharing)),
            "permitted_users": frozenset({RESEARCHER}),
            "catalogue": known,
            "privacy": _LIMITS["licence"],
        },
    )
    return memorandum, sharing, licence


def act(
    places: Places, who: Organisation, what: Act, about: Iterable[Terms], *, at: datetime, reason: str = ""
) -> bytes:
    """One act of a head, signed with the key in the head's own folder: the bytes of its envelope."""
    return sign(tuple(about), what, _signer(places, who), at=at, reason=reason)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _signer(places: Places, who: Organisation) -> Signer:
    return Signer.from_pem(places.head_key(who.id).read_bytes())


def _signatory(places: Places, who: Organisation) -> Signatory:
    return Signatory(who.head_id, who.id, who.head, who.title, (_signer(places, who).key_id,))
