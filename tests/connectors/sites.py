"""A custodian's site as it stands after everybody has signed, made from the community of the agreements' tests."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agreements.bundle import Bundle
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.sealing import SealingKey
from agreements.standing import Evidence
from connectors import site as sites
from connectors.configuration import Configuration, Connector
from connectors.site import Site
from tests.agreements import community

HUB = SealingKey.generate()
NOW = community.NOW


@dataclass(frozen=True, slots=True)
class Random:
    """Randomness that repeats: the same seed gives the same bytes, in the same order."""

    seed: str = "seed"
    _count: list[int] = field(default_factory=lambda: [0])

    def __call__(self, length: int) -> bytes:
        self._count[0] += 1
        return hashlib.shake_256(f"{self.seed}/{self._count[0]}".encode()).digest(length)


def keyring(custodian: str, signer: Signer) -> Keyring:
    uses = frozenset({KeyUse.DELIVER})
    entry = KeyEntry(
        signer.public_key, custodian, f"connector-{custodian}", "Connector", uses, community.ENROLLED, None
    )
    return community.keyring().with_entry(entry)


def bundle(custodian: str, script: str = "", *, until: datetime = community.END) -> Bundle:
    """The custodian's data-sharing agreement, signed by all; `script` are further acts on it."""
    above = community.memorandum(effective_until=until)
    terms = community.sharing(custodian, effective_until=until)
    acts = ", ".join(filter(None, [community.all_sign(terms), script]))
    evidence: list[Evidence] = [community.acts(above, community.all_sign(above)), community.acts(terms, acts)]
    return Bundle.of(terms.id, evidence)


def make(
    folder: Path,
    custodian: str,
    export: Path,
    *,
    connector: Connector = Connector.ONEROSTER,
    until: datetime = community.END,
    change: Callable[[Path], object] = lambda _: None,
) -> Path:
    """A site in `folder` that can pull; `change` may then spoil it."""
    signer = community.signer(f"connector-{custodian}")
    settings = Configuration(
        custodian=custodian, connector=connector, export=str(export), hub_sealing_public=HUB.public
    )
    sites.create(folder, settings, signer=signer, random=Random("keys"))
    sites.write_private(folder / sites.LINKAGE_SECRET, b"s" * 32)
    (folder / sites.TRUST).write_bytes(keyring(custodian, signer).to_bytes())
    (folder / sites.CATALOGUE).write_bytes(community.catalogue().to_bytes())
    (folder / sites.AGREEMENT).write_bytes(bundle(custodian, until=until).to_bytes())
    change(folder)
    return folder


def school_site(folder: Path, export: Path) -> Site:
    return Site.read(make(folder, "alder", export))


def health_site(folder: Path, export: Path) -> Site:
    return Site.read(make(folder, "prairie", export, connector=Connector.FHIR))


def everything(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, to be compared before and after."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
