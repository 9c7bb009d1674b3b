"""A software authenticator: what a phone does when a person touches it, with every step open to tampering."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from agreements.keys import Algorithm, PublicKey, key_id

RP_ID = "localhost"
ORIGIN = "http://localhost:8080"
PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP = 1, 4, 8, 16


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


@dataclass
class Authenticator:
    """One passkey, of ES256 or Ed25519."""

    algorithm: int = -7
    private: Any = field(init=False)

    def __post_init__(self) -> None:
        self.private = (
            ec.generate_private_key(ec.SECP256R1()) if self.algorithm == -7 else ed25519.Ed25519PrivateKey.generate()
        )

    @property
    def cose(self) -> bytes:
        if self.algorithm == -7:
            numbers = self.private.public_key().public_numbers()
            point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
            return cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.private.public_key().public_bytes_raw()})

    @property
    def public_key(self) -> PublicKey:
        return PublicKey(key_id(self.cose), Algorithm.PASSKEY, self.cose, RP_ID, ORIGIN)

    def sign(
        self,
        message: bytes,
        *,
        rp_id: str = RP_ID,
        flags: int = PRESENT | VERIFIED,
        counter: int = 0,
        **client: Any,
    ) -> bytes:
        """The UTF-8 JSON of `toJSON()`; `client` replaces fields of clientDataJSON."""
        data = {
            "type": "webauthn.get",
            "challenge": base64url(hashlib.sha256(message).digest()),
            "origin": ORIGIN,
            "crossOrigin": False,
            **client,
        }
        client_data = json.dumps({name: value for name, value in data.items() if value is not None}).encode()
        authenticator_data = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")
        base = authenticator_data + hashlib.sha256(client_data).digest()
        credential = base64url(hashlib.sha256(self.cose).digest())
        response = {
            "clientDataJSON": base64url(client_data),
            "authenticatorData": base64url(authenticator_data),
            "signature": base64url(self._signature(base)),
            "userHandle": None,
        }
        return json.dumps(
            {
                "id": credential,
                "rawId": credential,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        ).encode()

    def _signature(self, base: bytes) -> bytes:
        if self.algorithm == -7:
            signature: bytes = self.private.sign(base, ec.ECDSA(hashes.SHA256()))
        else:
            signature = self.private.sign(base)
        return signature
