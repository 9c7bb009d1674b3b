"""The hub that is timed: eleven custodians, signed agreements, ten million events.  Made once and kept."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agreements import canonical
from agreements.keys import Signer
from hub import wiring
from hub.actions import agree
from hub.engine.warehouse import VaultFile
from hub.settings import Settings
from hub.store import clock as guard
from hub.store import deliveries, journal, snapshots
from hub.wiring import Clock, Hub
from tests.benchmark import events
from tests.benchmark.signed import signed

_SNAPSHOT = "benchmark"


@contextmanager
def opened(directory: Path, *, threads: int, clock: Clock) -> Iterator[Hub]:
    """The benchmark's hub, its workers warm."""
    settings = Settings(directory=directory, operator="commons", threads=threads, memory="4GB", answer_seconds=10)
    if not (directory / "hub.toml").exists():
        _make(settings)
    with wiring.opened(settings, clock=clock) as hub:
        hub.workers.wait_until_ready(60)
        yield hub


def files(hub: Hub) -> dict[str, VaultFile]:
    """The snapshot's files, by custodian."""
    with hub.store.read() as tx:
        kept = snapshots.get(tx, _SNAPSHOT)
        return {
            each.custodian: VaultFile(hub.settings.snapshots / each.file, hub.vault.key(tx, each.key_name))
            for each in kept.files
        }


def _make(settings: Settings) -> None:
    wiring.found(settings, events.catalogue())
    signer = Signer.from_pem((settings.keys / "release.pem").read_bytes())
    made = signed(signer, at=wiring.wall_clock())
    settings.trust.write_bytes(made.keyring.to_bytes())
    with wiring.opened(settings, answering=False) as hub:
        agree.propose(hub, [terms.to_bytes() for terms in made.terms[:-1]], made.statements[0])
        half = 2 + len(events.CUSTODIANS)  # the proposal, each custodian and the recipient; then the licence
        for statement in made.statements[1:half]:
            agree.add_statement(hub, statement)
        agree.propose(hub, [made.terms[-1].to_bytes()], made.statements[half])
        for statement in made.statements[half + 1 :]:
            agree.add_statement(hub, statement)
        _fill(hub)


def _fill(hub: Hub) -> None:
    """Build the snapshot's files and bring them into use."""
    names = iter([f"snapshot/{_SNAPSHOT}/{custodian}" for custodian in sorted(events.CUSTODIANS)])
    with hub.store.begin() as tx:
        keys = {name: hub.vault.new_key(tx, name) for name in names}
    fresh = iter(keys.values())
    built = events.build(hub.settings.snapshots / _SNAPSHOT, new_key=lambda: next(fresh))
    with hub.store.begin() as tx:
        at = guard.instant(tx, hub.clock())
        for custodian in sorted(built):
            deliveries.add(
                tx,
                deliveries.Delivery(
                    custodian=custodian,
                    number=1,
                    sha256=secrets.token_hex(32),
                    agreement=f"sharing-{custodian}",
                    manifest=b"{}",
                    account=canonical.encode({}),
                    file=f"{custodian}-000001",
                    key_name="none",
                    received_at=at,
                ),
            )
        snapshots.add(
            tx,
            snapshots.Snapshot(
                id=_SNAPSHOT,
                valid_from=at,
                catalogue_sha256=hub.catalogue.digest,
                linkage=canonical.encode({}),
                persons_file="none",
                persons_key_name="none",
                files=tuple(
                    snapshots.SnapshotFile(
                        custodian=custodian,
                        delivery=1,
                        file=f"{_SNAPSHOT}/{file.path.name}",
                        key_name=f"snapshot/{_SNAPSHOT}/{custodian}",
                    )
                    for custodian, file in sorted(built.items())
                ),
            ),
        )
        journal.append(tx, "snapshot", {"snapshot": _SNAPSHOT, "custodians": sorted(built)}, at=at)
