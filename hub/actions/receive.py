"""Receive a sealed delivery: verify, judge, check against the catalogue, and rest it in the vault.

It links and builds nothing; `hub.actions.snapshot` does.  Rules:

* the signature is checked before anything is opened; the agreement is asked before anything is opened, and again under
  the lock under which the delivery is kept;
* data and tokens go into two encrypted files, each under a data key of its own; nothing is ever written in the clear;
* the same bytes again change nothing; a file is written before the row that names it, and removed if that row fails;
* the journal says that a delivery came, and the digest of its ciphertext, never how many records it holds; the
  account, which does, is kept sealed.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agreements import canonical, sealing
from agreements.errors import AgreementError
from agreements.keys import Keyring
from agreements.terms import Tier
from connectors import contents as delivered
from connectors.contents import Contents
from connectors.delivery import Manifest, open_delivery, read_manifest, signed_manifest
from connectors.errors import ConnectorError
from connectors.token_kinds import TOKENS_VERSION
from hub.actions.discard import destroy_keys
from hub.actions.facts import facts
from hub.actions.refusals import RefusedError
from hub.actions.standings import family
from hub.engine import linkage_file, vault_file
from hub.engine.warehouse import VaultFile
from hub.errors import InvalidError
from hub.linkage.errors import TokensError
from hub.linkage.match import Tokens
from hub.store import clock, deliveries, journal
from hub.store.transaction import Transaction
from hub.wiring import Hub
from policies.decision import decide_delivery
from policies.request import DeliverRequest


class DeliveryError(InvalidError):
    """A delivery is not what its signature says, or does not fit the catalogue; nothing was kept."""

    title = "The delivery cannot be accepted"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery: `again` when these very bytes had come before."""

    custodian: str
    number: int
    sha256: str
    again: bool


@dataclass(frozen=True, slots=True, repr=False)
class _Bytes:
    """The delivery as it came; its account holds exact counts, and is kept sealed."""

    data: bytes
    sha256: str
    account: Mapping[str, Any]


def receive(hub: Hub, data: bytes) -> Received:
    """Keep a sealed delivery (the bytes of a file from a custodian's outbox)."""
    if len(data) > hub.settings.largest_delivery_megabytes * 1_000_000:
        raise DeliveryError(
            f"the delivery is larger than {hub.settings.largest_delivery_megabytes} MB: deliver it in parts, or raise "
            "largest_delivery_megabytes in hub.toml"
        )
    sha256 = canonical.digest(data)
    with hub.store.read() as tx:
        at = clock.instant(tx, hub.clock())
        known = deliveries.find(tx, sha256)
    if known is not None:
        return Received(known.custodian, known.number, sha256, again=True)
    manifest = _manifest(data, keyring=hub.keyring, at=at)
    with hub.store.begin() as tx:
        _judge(hub, tx, manifest, sha256)
    contents = _opened(hub, data, manifest, at)
    # A new name at each try, so that a data key never serves two contents.
    name = f"{manifest.custodian}-{manifest.number:06d}-{secrets.token_hex(4)}.duckdb"
    try:
        _write(hub, name, manifest, contents)
        with hub.store.begin() as tx:
            # Once more, under the lock: meanwhile a party may have stopped, or the same bytes may have come.
            _judge(hub, tx, manifest, sha256)
            kept = _note(tx, hub, name, manifest, delivered_as=_Bytes(data, sha256, contents.account))
    except BaseException:
        _discard(hub, name)
        raise
    if not kept:
        _discard(hub, name)
    return Received(manifest.custodian, manifest.number, sha256, again=not kept)


def _manifest(data: bytes, *, keyring: Keyring, at: datetime) -> Manifest:
    try:
        return read_manifest(data, keyring, at)
    except (AgreementError, ConnectorError) as error:
        raise DeliveryError(str(error)) from error


def _opened(hub: Hub, data: bytes, manifest: Manifest, at: datetime) -> Contents:
    try:
        _, contents = open_delivery(data, keyring=hub.keyring, unsealer=hub.unsealer, at=at)
        delivered.check(contents, custodian=manifest.custodian, agreed=manifest.elements, catalogue=hub.catalogue)
    except (AgreementError, ConnectorError) as error:
        raise DeliveryError(str(error)) from error
    except RecursionError:
        raise DeliveryError(
            "the sealed part of the delivery does not have the form of a delivery: deliver again"
        ) from None
    if manifest.tokens_version != TOKENS_VERSION or not _are_tokens(contents):
        raise DeliveryError(
            f"the delivery's linkage tokens are not all {TOKENS_VERSION}: update the connector, pull again"
        )
    if not _is_account(contents):
        raise DeliveryError("the delivery's account is not one of text and whole numbers: deliver again")
    return contents


def _are_tokens(contents: Contents) -> bool:
    try:
        Tokens(**_tokens(contents))
    except TokensError:
        return False
    return True


def _tokens(contents: Contents) -> dict[str, list[int]]:
    return {"record": contents.tokens.record, "kind": contents.tokens.kind, "token": contents.tokens.token}


def _is_account(contents: Contents) -> bool:
    try:
        canonical.encode(contents.account)
    except (AgreementError, RecursionError):
        return False
    return True


def _judge(hub: Hub, tx: Transaction, manifest: Manifest, sha256: str) -> None:
    """Ask the agreement that the delivery names; a refusal is journaled and committed before it is raised."""
    if deliveries.find(tx, sha256) is not None:
        return
    at = clock.instant(tx, hub.clock())
    standing = family(tx, manifest.agreement, keyring=hub.keyring, at=at).standing
    if standing.terms.tier is not Tier.DSA:
        raise DeliveryError(f"{manifest.agreement} is no data-sharing agreement: deliver under the one that was signed")
    if standing.digest != manifest.agreement_sha256:
        raise DeliveryError(f"the delivery was made under other terms of {manifest.agreement} than those in force")
    decision = decide_delivery(
        DeliverRequest(
            custodian=manifest.custodian,
            elements=manifest.elements,
            at=at,
            catalogue_digest=manifest.catalogue_sha256,
            agreement=facts(standing),
        )
    )
    if not decision.permitted:
        public = {"custodian": manifest.custodian, "rules": [reason.rule for reason in decision.reasons]}
        journal.append(tx, "delivery-refused", public, at=at)
        tx.refuse(RefusedError(decision.reasons, next_step="Deliver what the agreement names, under terms in force."))
    if manifest.catalogue_sha256 != hub.catalogue.digest:
        raise DeliveryError("the delivery was made for another catalogue than the hub works with; pull again")
    last = max((each.number for each in deliveries.of_custodian(tx, manifest.custodian)), default=0)
    if manifest.number <= last:
        raise DeliveryError(f"{manifest.custodian} delivered number {last} before: pull again, for a later number")


def _write(hub: Hub, name: str, manifest: Manifest, contents: Contents) -> None:
    """Write rows and tokens into two new encrypted files whose keys are kept first."""
    with hub.store.begin() as tx:
        held = VaultFile(hub.settings.vault / name, hub.vault.new_key(tx, f"vault/{name}"))
        apart = VaultFile(hub.settings.linkage / name, hub.vault.new_key(tx, f"linkage/{name}"))
    vault_file.write(held, contents.tables, catalogue=hub.catalogue, custodian=manifest.custodian)
    linkage_file.write_tokens(apart, _tokens(contents))


def _discard(hub: Hub, name: str) -> None:
    """Leave nothing of a delivery that was not kept: neither files nor keys."""
    for folder in (hub.settings.vault, hub.settings.linkage):
        (folder / name).unlink(missing_ok=True)
    destroy_keys(hub, (f"vault/{name}", f"linkage/{name}"))


def _note(tx: Transaction, hub: Hub, name: str, manifest: Manifest, *, delivered_as: _Bytes) -> bool:
    """Keep the row that names the files; False when these very bytes came meanwhile."""
    at = clock.instant(tx, hub.clock())
    kept = deliveries.add(
        tx,
        deliveries.Delivery(
            custodian=manifest.custodian,
            number=manifest.number,
            sha256=delivered_as.sha256,
            agreement=manifest.agreement,
            manifest=signed_manifest(delivered_as.data),
            account=sealing.seal(canonical.encode(delivered_as.account), hub.unsealer.public),
            file=name,
            key_name=f"vault/{name}",
            received_at=at,
        ),
    )
    if kept:
        public = {"custodian": manifest.custodian, "number": manifest.number, "sealed_sha256": manifest.sealed_sha256}
        journal.append(tx, "delivery", public, at=at)
    return kept
