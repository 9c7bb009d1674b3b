"""The file that goes from a custodian to the hub: a signed manifest, and contents that only the hub can open.

It keeps no file and asks no clock.  Format: `hub-delivery/1` and a line feed, the length of the envelope (8 bytes, big
end first), the DSSE envelope of the manifest, the sealed contents.  Rules:

* the manifest names the digest of the sealed bytes, so the signature covers both;
* whoever signs is entered in the keyring for the custodian that the manifest names, for deliveries;
* contents are unpacked to a limit, and nothing of them is repeated in an error.
"""

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from agreements import canonical, document, envelope, instants, sealing, wording
from agreements.envelope import Envelope
from agreements.keys import Keyring, KeyUse, Signer
from connectors import contents as delivered
from connectors.contents import Contents
from connectors.errors import DeliveryError

_MAGIC = b"hub-delivery/1\n"
_LENGTH_BYTES = 8
_LARGEST_ENVELOPE = 16 * 1024**2
_LARGEST_CONTENTS = 1024**3
_SCHEMA = "hub.delivery/1"
_DIGEST_LENGTH = 64
_CLOCKS_DIFFER = timedelta(minutes=5)


class Unsealer(Protocol):
    """Whatever can open bytes that were sealed to the hub."""

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a delivery is, in the open: whose, under which agreement and catalogue, its number, what it may hold."""

    custodian: str
    agreement: str
    agreement_sha256: str
    catalogue_sha256: str
    number: int
    created_at: datetime
    tokens_version: str
    elements: frozenset[str]
    sealed_sha256: str = ""

    def __post_init__(self) -> None:
        """Refuse names, digests, numbers and instants that are none."""
        wording.check_id(self.custodian, "custodian")
        wording.check_id(self.agreement, "agreement")
        wording.check_text(self.tokens_version, "tokens_version")
        instants.check(self.created_at, "created_at")
        wording.check_hex(self.agreement_sha256, "agreement_sha256", length=_DIGEST_LENGTH)
        wording.check_hex(self.catalogue_sha256, "catalogue_sha256", length=_DIGEST_LENGTH)
        if self.sealed_sha256:
            wording.check_hex(self.sealed_sha256, "sealed_sha256", length=_DIGEST_LENGTH)
        if self.number < 1:
            raise DeliveryError("number: deliveries are numbered from 1")

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        return document.to_bytes(self, schema=_SCHEMA)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read canonical bytes; an unknown or missing field refuses."""
        return document.from_bytes(cls, data, schema=_SCHEMA)


def pack(contents: Contents, manifest: Manifest, *, signer: Signer, hub_public: bytes) -> bytes:
    """The delivery's bytes; `hub_public` is the hub's sealing key, and the manifest's `sealed_sha256` is filled in."""
    sealed = sealing.seal(zlib.compress(contents.to_bytes(), zlib.Z_BEST_SPEED), hub_public)
    signed = replace(manifest, sealed_sha256=canonical.digest(sealed))
    head = envelope.sign(envelope.DELIVERY, signed.to_bytes(), signer).to_bytes()
    return _MAGIC + len(head).to_bytes(_LENGTH_BYTES, "big") + head + sealed


def read_manifest(data: bytes, keyring: Keyring, at: datetime) -> Manifest:
    """The manifest of a delivery, once its signature and the digest of its sealed part hold."""
    head, sealed = _split(data)
    signed = Envelope.from_bytes(head)
    signers = envelope.verify(signed, keyring, payload_type=envelope.DELIVERY, use=KeyUse.DELIVER, at=at)
    manifest = Manifest.from_bytes(signed.payload)
    if any(signer.party != manifest.custodian for signer in signers):
        raise DeliveryError(f"the delivery is not signed by {manifest.custodian}, whose records it says it holds")
    if manifest.created_at > at + _CLOCKS_DIFFER:
        raise DeliveryError("the delivery is dated in the future; check the clocks and deliver again")
    if canonical.digest(sealed) != manifest.sealed_sha256:
        raise DeliveryError("the sealed part is not the one that was signed; carry the file again")
    return manifest


def signed_manifest(data: bytes) -> bytes:
    """The envelope of the manifest, as it came: what proves later who delivered."""
    return _split(data)[0]


def open_delivery(data: bytes, *, keyring: Keyring, unsealer: Unsealer, at: datetime) -> tuple[Manifest, Contents]:
    """The manifest and contents of a delivery whose signature holds; `contents.check` says whether they may stay."""
    manifest = read_manifest(data, keyring, at)
    packed = unsealer.open(_split(data)[1])
    plain = _unpacked(packed)
    if plain is None:
        raise DeliveryError("the sealed part of the delivery cannot be unpacked; deliver again")
    return manifest, delivered.from_bytes(plain)


def _split(data: bytes) -> tuple[bytes, bytes]:
    start = len(_MAGIC) + _LENGTH_BYTES
    if not data.startswith(_MAGIC) or len(data) < start:
        raise DeliveryError("this is not a delivery of a format that is known here")
    length = int.from_bytes(data[len(_MAGIC) : start], "big")
    if length > _LARGEST_ENVELOPE or start + length > len(data):
        raise DeliveryError("the delivery is cut short; carry the file again")
    return data[start : start + length], data[start + length :]


def _unpacked(packed: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, _LARGEST_CONTENTS)
    except zlib.error:
        return None
    return plain if unpacker.eof and not unpacker.unused_data else None
