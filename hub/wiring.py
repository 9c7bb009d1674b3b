"""One hub, put together from its folder: keys, keyring, catalogue, store, vault, workers and the clock.

It decides nothing.  Rules: everything that is read from the machine is read here; the keyring and the catalogue are
read anew at each opening; no custodian's key is ever among what is opened.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from agreements.catalogue import Catalogue
from agreements.errors import AgreementError
from agreements.keys import Keyring, Signer
from agreements.sealing import SealingKey
from hub.engine.workers import Workers
from hub.settings import Settings, SettingsError
from hub.store import journal
from hub.store.store import Store
from hub.store.vault import MasterKey, Vault, new_token_key

Clock = Callable[[], datetime]
_Read = TypeVar("_Read")
_LEAST_SECRET = 32


def wall_clock() -> datetime:
    """Now, in whole seconds of UTC: the form in which instants are signed."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything that an action needs.

    `order_secret` fixes the order of each person's rows in snapshots; `token_key` (a JWK) signs access tokens.
    """

    settings: Settings
    catalogue: Catalogue
    keyring: Keyring
    signer: Signer
    unsealer: SealingKey
    vault: Vault
    store: Store
    workers: Workers
    order_secret: bytes = field(repr=False)
    token_key: bytes = field(repr=False)
    clock: Clock


def found(settings: Settings, catalogue: Catalogue) -> None:
    """Make a new hub's folder: settings, keys, an empty keyring and the catalogue; an existing hub is left alone."""
    if (settings.directory / "hub.toml").exists():
        raise SettingsError(f"there is a hub in {settings.directory} already: choose another folder")
    for folder in (settings.keys, settings.vault, settings.linkage, settings.snapshots, settings.inbox, settings.spill):
        folder.mkdir(parents=True, exist_ok=True)
    settings.keys.chmod(0o700)
    MasterKey.create(settings.keys / "master.key")
    _write_secret(settings.keys / "release.pem", Signer.generate().to_pem())
    _write_secret(settings.keys / "sealing.pem", SealingKey.generate().to_pem())
    _write_secret(settings.keys / "order.key", secrets.token_hex(32).encode())
    _write_secret(settings.keys / "tokens.jwk", new_token_key())
    settings.trust.write_bytes(Keyring().to_bytes())
    settings.catalogue.write_bytes(catalogue.to_bytes())
    settings.save()
    store = Store(settings.database_address)
    try:
        store.migrate()
    finally:
        store.close()


@contextmanager
def opened(settings: Settings, *, clock: Clock = wall_clock, answering: bool = True) -> Iterator[Hub]:
    """The hub in its folder; `answering` starts the workers that questions need."""
    store = Store(settings.database_address)
    try:
        store.migrate()
        if answering:
            with store.read() as tx:
                journal.verify(tx)
        with Workers(
            ready=settings.workers if answering else 0,
            directory=settings.spill,
            threads=settings.threads,
            memory=settings.memory,
        ) as workers:
            yield Hub(
                settings=settings,
                catalogue=_read(settings.catalogue, Catalogue.from_bytes),
                keyring=_read(settings.trust, Keyring.from_bytes),
                signer=_read(settings.keys / "release.pem", Signer.from_pem),
                unsealer=_read(settings.keys / "sealing.pem", SealingKey.from_pem),
                vault=Vault(MasterKey.load(settings.keys / "master.key")),
                store=store,
                workers=workers,
                order_secret=_read(settings.keys / "order.key", _secret),
                token_key=_read(settings.keys / "tokens.jwk", bytes),
                clock=clock,
            )
    finally:
        store.close()


def _read(path: Path, reader: Callable[[bytes], _Read]) -> _Read:
    try:
        return reader(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: restore it from your backup, or found a new hub") from error
    except AgreementError as error:
        raise SettingsError(f"{path}: {error}") from error


def _secret(content: bytes) -> bytes:
    if len(content) < _LEAST_SECRET:
        raise SettingsError("order.key is not whole: restore it from your backup")
    return content


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
