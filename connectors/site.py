"""A custodian's site: one folder with its settings, keys, agreement and outbox.

It reads no export.  Rules:

* every file is read and checked before a record is; whatever is missing is named with what puts it there;
* private keys are written for their owner alone, and no representation shows one;
* the number of the last delivery stands in the site, so that it grows even when deliveries have been carried away.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from agreements.bundle import Bundle
from agreements.catalogue import Catalogue
from agreements.errors import AgreementError
from agreements.keys import Keyring, KeyUse, Signer
from connectors import configuration
from connectors.configuration import Configuration
from connectors.errors import SiteError

Read = TypeVar("Read")

SIGNING_KEY = "keys/connector.pem"
RECORD_KEY = "keys/record.key"
LINKAGE_SECRET = "linkage.secret"  # noqa: S105 - the name of a file
TRUST = "trust.json"
CATALOGUE = "catalogue.json"
AGREEMENT = "agreement.bundle"
OUTBOX = "outbox"

_SECRET_BYTES = 32
_OTHERS = 0o077
_WHENCE = {
    SIGNING_KEY: "`connectors init` makes it",
    RECORD_KEY: "`connectors init` makes it",
    LINKAGE_SECRET: "the memorandum's parties share it",
    TRUST: "it is the keyring that the hub publishes",
    CATALOGUE: "it is the catalogue that the agreement names",
    AGREEMENT: "it is the signed data-sharing agreement, with the memorandum above it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that a pull needs but the export itself."""

    folder: Path = field(repr=False)
    configuration: Configuration
    signer: Signer
    record_key: bytes = field(repr=False)
    linkage_secret: bytes = field(repr=False)
    trust: Keyring = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    bundle: Bundle = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of another length, and a custodian or signing key that the others do not know."""
        for name, secret in ((RECORD_KEY, self.record_key), (LINKAGE_SECRET, self.linkage_secret)):
            if len(secret) != _SECRET_BYTES:
                raise SiteError(f"{name} holds {_SECRET_BYTES} random bytes and nothing else")
        custodian = self.configuration.custodian
        if custodian not in self.catalogue.custodians:
            raise SiteError(f"{configuration.FILE}: the catalogue knows no custodian {custodian}")
        entry = self.trust.entry(self.signer.key_id)
        if entry.party != custodian or KeyUse.DELIVER not in entry.uses:
            raise SiteError(f"{TRUST}: {SIGNING_KEY} is not entered there for deliveries of {custodian}; enrol it")

    @property
    def export(self) -> Path:
        """Where the export lies."""
        return self.configuration.place(self.folder)

    @property
    def outbox(self) -> Path:
        """Where deliveries are left."""
        return self.folder / OUTBOX

    @classmethod
    def read(cls, folder: Path) -> "Site":
        """Read a site's folder."""
        settings = configuration.read(folder)
        missing = [name for name in _WHENCE if not (folder / name).is_file()]
        if missing:
            raise SiteError("; ".join(f"{name} is missing: {_WHENCE[name]}" for name in missing))
        return cls(
            folder=folder,
            configuration=settings,
            signer=_named(folder, SIGNING_KEY, Signer.from_pem),
            record_key=(folder / RECORD_KEY).read_bytes(),
            linkage_secret=(folder / LINKAGE_SECRET).read_bytes(),
            trust=_named(folder, TRUST, Keyring.from_bytes),
            catalogue=_named(folder, CATALOGUE, Catalogue.from_bytes),
            bundle=_named(folder, AGREEMENT, Bundle.from_bytes),
        )


def create(folder: Path, settings: Configuration, *, signer: Signer, random: Callable[[int], bytes]) -> None:
    """Make a new site: settings, keys and an empty outbox.  An existing one is never overwritten."""
    if (folder / configuration.FILE).exists():
        raise SiteError("there is a site in this folder already; choose another folder")
    (folder / OUTBOX).mkdir(parents=True, exist_ok=True)
    write_private(folder / SIGNING_KEY, signer.to_pem())
    write_private(folder / RECORD_KEY, random(_SECRET_BYTES))
    (folder / configuration.FILE).write_text(settings.to_toml(), encoding="utf-8")


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def exposed(folder: Path) -> tuple[str, ...]:
    """The private files of a site that others than their owner may read or write."""
    return tuple(
        name
        for name in (SIGNING_KEY, RECORD_KEY, LINKAGE_SECRET)
        if (folder / name).is_file() and (folder / name).stat().st_mode & _OTHERS
    )


def _named(folder: Path, name: str, read: Callable[[bytes], Read]) -> Read:
    try:
        return read((folder / name).read_bytes())
    except AgreementError as error:
        raise SiteError(f"{name}: {error}") from error
