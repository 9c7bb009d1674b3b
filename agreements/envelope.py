"""A DSSE envelope (version 1): bytes, what kind of bytes they are, and who signed them.

It does not read the payload.  Rules: signatures are over the pre-authentication encoding, so the kind is signed with
the bytes; every signature verifies, there is at least one, and no key signs twice; the envelope's own bytes are
canonical.
"""

from dataclasses import dataclass
from datetime import datetime

from agreements import canonical, document, wording
from agreements.errors import AgreementError
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer

STATEMENT = "application/vnd.hub.statement+json"
DELIVERY = "application/vnd.hub.delivery+json"
RELEASE = "application/vnd.hub.release+json"


class EnvelopeError(AgreementError):
    """An envelope cannot be read, or is not signed as it should be."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One key's signature."""

    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Signed bytes of a stated kind."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a blank kind and a key that signs twice."""
        wording.check_text(self.payload_type, "payload_type")
        if len({signature.key_id for signature in self.signatures}) != len(self.signatures):
            raise EnvelopeError("one key signs an envelope once")

    @property
    def pae(self) -> bytes:
        """The bytes that are signed."""
        return pae(self.payload_type, self.payload)

    def with_signature(self, key_id: str, signature: bytes) -> "Envelope":
        """The same envelope with one more signature, made elsewhere (a passkey's assertion, say)."""
        return Envelope(self.payload_type, self.payload, (*self.signatures, Signature(key_id, signature)))

    def to_bytes(self) -> bytes:
        """The envelope as canonical JSON, with DSSE's names of fields."""
        return canonical.encode(
            {
                "payloadType": self.payload_type,
                "payload": document.to_json(self.payload),
                "signatures": [
                    {"keyid": entry.key_id, "sig": document.to_json(entry.signature)} for entry in self.signatures
                ],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Envelope":
        """Read an envelope; an unknown field refuses, and nothing is verified yet."""
        read = document.from_json(_Envelope, canonical.decode(data))
        signatures = tuple(Signature(entry.keyid, entry.sig) for entry in read.signatures)
        return cls(read.payloadType, read.payload, signatures)


@dataclass(frozen=True, slots=True)
class _Signature:
    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class _Envelope:
    payloadType: str  # noqa: N815 - the name that DSSE gives
    payload: bytes
    signatures: tuple[_Signature, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding, version 1."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, *signers: Signer) -> Envelope:
    """An envelope that every signer signed."""
    message = pae(payload_type, payload)
    return Envelope(payload_type, payload, tuple(Signature(signer.key_id, signer.sign(message)) for signer in signers))


def verify(
    envelope: Envelope, keyring: Keyring, *, payload_type: str, use: KeyUse, at: datetime
) -> tuple[KeyEntry, ...]:
    """Who signed, in the envelope's order; refuses another kind, no signature, and any signature that fails."""
    if envelope.payload_type != payload_type:
        raise EnvelopeError(f"the envelope holds {envelope.payload_type}, not {payload_type}")
    if not envelope.signatures:
        raise EnvelopeError("the envelope is not signed")
    message = envelope.pae
    return tuple(
        keyring.verify(entry.key_id, message, entry.signature, use=use, at=at) for entry in envelope.signatures
    )
