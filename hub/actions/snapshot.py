"""Build the snapshot that questions run on, from the latest delivery of every custodian.

It reads no identity, because none ever arrived.  Rules:

* linkage reads tokens and writes persons in files of their own, apart from what questions read;
* a record that was linked before keeps its person;
* files are complete before the row that names them, so a crash leaves the earlier snapshot in use; what fails leaves
  neither files nor keys;
* a snapshot that was overtaken, by a delivery or by another snapshot, does not come into use;
* the journal says that a snapshot came into use, never how many persons it holds; what the linkage counted is kept
  sealed.
"""

import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agreements import canonical, sealing
from agreements.standing import State
from hub.actions.discard import destroy_keys
from hub.actions.standings import family
from hub.engine import linkage_file
from hub.engine.linkage_file import Persons
from hub.engine.snapshot import build
from hub.engine.warehouse import VaultFile
from hub.errors import ConflictError
from hub.linkage.match import Linkage, Tokens, link
from hub.store import clock, deliveries, journal, snapshots
from hub.store.deliveries import Delivery
from hub.store.snapshots import Snapshot, SnapshotFile
from hub.store.transaction import Reading
from hub.wiring import Hub

_PERSON_BITS = 62

_HELD = frozenset({State.IN_FORCE, State.SUSPENDED})
"""A suspension may be lifted, and refuses meanwhile; what ended is not linked again."""

Progress = Callable[[str], None]


class NothingDeliveredError(ConflictError):
    """There is nothing to build a snapshot from."""

    title = "Nothing was delivered yet"


class OvertakenError(ConflictError):
    """Something newer came while the snapshot was built."""

    title = "The snapshot was overtaken"


@dataclass(frozen=True, slots=True, repr=False)
class _Basis:
    """What a snapshot is built from: the latest deliveries and their files, and the snapshot before it."""

    deliveries: Mapping[str, Delivery]
    files: Mapping[str, VaultFile]
    before: str | None


@dataclass(frozen=True, slots=True)
class _Names:
    """How the keys and files of one new snapshot are called."""

    snapshot: str
    custodians: tuple[str, ...]

    def key(self, custodian: str) -> str:
        return f"snapshot/{self.snapshot}/{custodian}"

    @property
    def persons_key(self) -> str:
        return f"persons/{self.snapshot}"

    @property
    def persons_file(self) -> str:
        return f"persons-{self.snapshot}.duckdb"

    @property
    def keys(self) -> tuple[str, ...]:
        return (*map(self.key, self.custodians), self.persons_key)


@dataclass(frozen=True, slots=True)
class Built:
    """A snapshot that came into use, and what the linkage says of itself."""

    id: str
    custodians: tuple[str, ...]
    linkage: Linkage


def refresh(hub: Hub, *, progress: Progress = lambda _: None) -> Built:
    """Link all records that were delivered, build a snapshot and bring it into use."""
    with hub.store.read() as tx:
        at = clock.instant(tx, hub.clock())
        held = _held(hub, tx, at)
        tokens = {custodian: _tokens(hub, tx, delivery) for custodian, delivery in held.items()}
        data = {
            custodian: VaultFile(hub.settings.vault / delivery.file, hub.vault.key(tx, delivery.key_name))
            for custodian, delivery in held.items()
        }
        current = snapshots.current(tx, at)
        known = None if current is None else _known(hub, tx, current)
    if not held:
        raise NothingDeliveredError(
            "no custodian has delivered under an agreement that stands: run `connectors pull`, then `hub receive FILE`"
        )
    progress("linking records")
    linkage = link(
        {custodian: Tokens(**columns) for custodian, columns in tokens.items()},
        known=known,
        random=lambda: secrets.randbits(_PERSON_BITS),
    )
    progress("building the snapshot")
    names = _Names(f"s{secrets.token_hex(6)}", tuple(sorted(held)))
    try:
        _build(hub, names, _Basis(held, data, None if current is None else current.id), linkage)
    except BaseException:
        _discard(hub, names)
        raise
    return Built(names.snapshot, names.custodians, linkage)


def _held(hub: Hub, tx: Reading, at: datetime) -> Mapping[str, Delivery]:
    """The latest delivery of every custodian whose agreement has not ended."""
    return {
        custodian: delivery
        for custodian, delivery in deliveries.latest(tx).items()
        if family(tx, delivery.agreement, keyring=hub.keyring, at=at).standing.state in _HELD
    }


def _tokens(hub: Hub, tx: Reading, delivery: Delivery) -> dict[str, list[int]]:
    name = delivery.file
    return linkage_file.read_tokens(VaultFile(hub.settings.linkage / name, hub.vault.key(tx, f"linkage/{name}")))


def _known(hub: Hub, tx: Reading, current: Snapshot) -> Persons:
    file = VaultFile(hub.settings.linkage / current.persons_file, hub.vault.key(tx, current.persons_key_name))
    return linkage_file.read_persons(file)


def _build(hub: Hub, names: _Names, basis: _Basis, linkage: Linkage) -> None:
    with hub.store.begin() as tx:
        keys = [hub.vault.new_key(tx, names.key(custodian)) for custodian in names.custodians]
        apart = VaultFile(hub.settings.linkage / names.persons_file, hub.vault.new_key(tx, names.persons_key))
    linkage_file.write_persons(apart, linkage.persons)
    in_order = iter(keys)
    files = build(
        basis.files,
        linkage.persons,
        hub.catalogue,
        secret=hub.order_secret,
        directory=hub.settings.snapshots / names.snapshot,
        new_key=lambda: next(in_order),
        threads=hub.settings.threads,
    )
    with hub.store.begin() as tx:
        at = clock.instant(tx, hub.clock())
        _check_latest(hub, tx, basis, at)
        kept = Snapshot(
            id=names.snapshot,
            valid_from=at,
            catalogue_sha256=hub.catalogue.digest,
            linkage=sealing.seal(canonical.encode(linkage.summary.to_json()), hub.unsealer.public),
            persons_file=names.persons_file,
            persons_key_name=names.persons_key,
            files=tuple(
                SnapshotFile(
                    custodian=custodian,
                    delivery=basis.deliveries[custodian].number,
                    file=f"{names.snapshot}/{file.path.name}",
                    key_name=names.key(custodian),
                )
                for custodian, file in files.items()
            ),
        )
        snapshots.add(tx, kept)
        journal.append(tx, "snapshot", {"snapshot": names.snapshot, "custodians": sorted(files)}, at=at)


def _check_latest(hub: Hub, tx: Reading, basis: _Basis, at: datetime) -> None:
    current = snapshots.current(tx, at)
    if _held(hub, tx, at) != basis.deliveries or (None if current is None else current.id) != basis.before:
        raise OvertakenError("a delivery or another snapshot came while this one was built: build it again")


def _discard(hub: Hub, names: _Names) -> None:
    """Leave nothing of a snapshot that did not come into use: neither files nor keys."""
    shutil.rmtree(hub.settings.snapshots / names.snapshot, ignore_errors=True)
    (hub.settings.linkage / names.persons_file).unlink(missing_ok=True)
    destroy_keys(hub, names.keys)
