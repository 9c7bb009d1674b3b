"""One pull: read the export, keep what was agreed, replace identities by tokens, seal, sign, leave in the outbox.

It maps no record and prints nothing.  Rules:

* before a record is read, the data-sharing agreement is in force now, is this custodian's, and names this catalogue;
* the account adds up, or nothing is delivered; on any error the outbox stays as it was;
* every person in the export is delivered with tokens, with or without rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agreements.standing import Standing, State
from agreements.terms import Tier
from connectors import contents as delivered
from connectors import delivery, minimise, outbox, pseudonym
from connectors.account import Account
from connectors.configuration import Connector
from connectors.contents import Contents, Tokens
from connectors.delivery import Manifest
from connectors.errors import DeliveryError, StandingError
from connectors.fhir import FhirExport
from connectors.oneroster import OneRosterSet
from connectors.records import Identity
from connectors.site import Site
from connectors.source import Reading, Source, Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull left: the delivery's file and manifest, the account, and how much is in it."""

    path: Path = field(repr=False)
    manifest: Manifest
    account: Account
    persons: int
    rows: Mapping[str, int]
    dropped: Mapping[str, int]


def pull(site: Site, *, now: datetime, random: Callable[[int], bytes], tell: Tell = lambda _: None) -> Pulled:
    """Pull the site's export into one delivery; `random` gives that many random bytes."""
    with outbox.only_pull(site.folder):
        standing = permitted(site, now)
        reading = source(site).read(tell)
        reading.account.check(broken_share=site.configuration.broken_share)
        contents, dropped = _contents(site, standing, reading, random=random, tell=tell)
        manifest = _manifest(site, standing, now)
        delivered.check(contents, custodian=manifest.custodian, agreed=manifest.elements, catalogue=site.catalogue)
        tell("sealing and signing")
        data = delivery.pack(contents, manifest, signer=site.signer, hub_public=site.configuration.hub_sealing_public)
        manifest = delivery.read_manifest(data, site.trust, now)
        path = outbox.leave(site.folder, site.outbox, custodian=manifest.custodian, number=manifest.number, data=data)
    return Pulled(
        path=path,
        manifest=manifest,
        account=reading.account,
        persons=len(reading.identities),
        rows=delivered.counts(contents),
        dropped=dropped,
    )


def permitted(site: Site, now: datetime) -> Standing:
    """The standing of the agreement that lets this custodian deliver now, or `StandingError`."""
    standing = site.bundle.standing(keyring=site.trust, at=now)
    terms = standing.terms
    custodian = site.configuration.custodian
    if terms.tier is not Tier.DSA or terms.contributors != {custodian}:
        raise StandingError(f"{terms.id} is not the data-sharing agreement of {custodian}; put that one in the bundle")
    if standing.state is not State.IN_FORCE or custodian in standing.suspended_by:
        raise StandingError(f"{terms.id} is {standing.state.value}, not in force. {standing.next_step}")
    if terms.catalogue_digest != site.catalogue.digest:
        raise StandingError(f"{terms.id} names another catalogue than catalogue.json; fetch the one that was signed")
    return standing


def source(site: Site) -> Source:
    """The site's export, unread."""
    if site.configuration.connector is Connector.FHIR:
        return FhirExport(site.export, local_codes=site.configuration.codes)
    return OneRosterSet(site.export, date_order=site.configuration.dates)


def _contents(
    site: Site, standing: Standing, reading: Reading, *, random: Callable[[int], bytes], tell: Tell
) -> tuple[Contents, Mapping[str, int]]:
    tell(f"tokenising {len(reading.identities):,} persons")
    numbers = _numbers(reading.identities, site.record_key)
    agreed = minimise.named(standing.terms.elements, site.configuration.custodian)
    kept = minimise.minimise(reading.rows, catalogue=site.catalogue, agreed=agreed, numbers=numbers)
    account = {
        **reading.account.to_delivery(),
        "persons": len(reading.identities),
        "rows_over_bound": dict(kept.dropped),
    }
    tokens = _tokens(
        reading.identities, numbers, secret=site.linkage_secret, agreement=_linkage(standing), random=random
    )
    return Contents(account, {name: dict(columns) for name, columns in kept.tables.items()}, tokens), kept.dropped


def _linkage(standing: Standing) -> str:
    """The memorandum's id: the linkage secret belongs to it, so tokens of all its custodians agree."""
    return standing.terms.parent_ids[0]


def _numbers(persons: Iterable[str], key: bytes) -> dict[str, int]:
    numbers = {person: pseudonym.record_number(person, key=key) for person in persons}
    if len(set(numbers.values())) != len(numbers):
        raise DeliveryError("two persons have one number under this record key; make another key")
    return numbers


def _tokens(
    identities: Mapping[str, Identity],
    numbers: Mapping[str, int],
    *,
    secret: bytes,
    agreement: str,
    random: Callable[[int], bytes],
) -> Tokens:
    record: list[int] = []
    kinds: list[int] = []
    tokens: list[int] = []
    for person in sorted(identities, key=numbers.__getitem__):
        made = pseudonym.tokens(identities[person], secret=secret, agreement=agreement, random=random)
        for kind, token in sorted(made):
            record.append(numbers[person])
            kinds.append(kind)
            tokens.append(token)
    return Tokens(record, kinds, tokens)


def _manifest(site: Site, standing: Standing, now: datetime) -> Manifest:
    return Manifest(
        custodian=site.configuration.custodian,
        agreement=standing.terms.id,
        agreement_sha256=standing.digest,
        catalogue_sha256=site.catalogue.digest,
        number=outbox.next_number(site.folder, site.outbox),
        created_at=now,
        tokens_version=pseudonym.TOKENS_VERSION,
        elements=standing.terms.elements,
    )
