"""A passkey's signature: a WebAuthn assertion over a signed message, checked offline.  The door to webauthn.

It asks no browser and keeps no challenge.  Rules:

* the challenge is SHA-256 of the message, so an assertion fits one message and no other;
* the person was present and verified (PIN or biometrics), on the site and origin that the keyring names, in a page of
  that origin and not in a frame inside another;
* the algorithm is ES256 on P-256 or Ed25519, and it is the enrolled key that says which;
* the counter is not judged: synced passkeys report 0 for ever.  The nonce in the statement stops replays.
"""

import hashlib
import json
from typing import Any, Protocol

from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSECRV, COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey, DecodedOKPPublicKey
from webauthn.helpers.exceptions import WebAuthnException

from agreements.errors import AgreementError

_UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError)
_RAW_POINT = b"\x04"  # how a bare elliptic-curve point starts; it names no algorithm


class PasskeyError(AgreementError):
    """An assertion or an enrolled passkey cannot be accepted."""


class Passkey(Protocol):
    """An enrolled passkey: its COSE key, its site (`localhost`) and its origin (`http://localhost:8080`)."""

    @property
    def public(self) -> bytes:
        """The COSE key."""

    @property
    def rp_id(self) -> str:
        """The site."""

    @property
    def origin(self) -> str:
        """The origin of the pages that may ask for a signature."""


def check_key(public: bytes) -> None:
    """Refuse bytes that are no COSE key of ES256 on P-256 or of Ed25519."""
    if public[:1] == _RAW_POINT:
        raise PasskeyError("give the passkey's public key as a COSE key, which names its algorithm")
    try:
        key = decode_credential_public_key(public)
        known = (isinstance(key, DecodedEC2PublicKey) and _is_es256(key)) or isinstance(key, DecodedOKPPublicKey)
        if known:
            decoded_public_key_to_cryptography(key)
    except _UNREADABLE as error:
        raise PasskeyError("the passkey's public key is not a COSE key that can be used") from error
    if not known:
        raise PasskeyError("a passkey signs with ES256 on P-256, or with Ed25519")


def verify(public: Passkey, *, message: bytes, assertion: bytes) -> None:
    """Refuse unless `assertion` (the UTF-8 JSON of the browser's `toJSON()`) is this passkey's over `message`."""
    check_key(public.public)
    try:
        credential = json.loads(assertion.decode("utf-8"))
        client = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        _refuse_frames(client)
        verify_authentication_response(
            credential=credential,
            expected_challenge=hashlib.sha256(message).digest(),
            expected_rp_id=public.rp_id,
            expected_origin=public.origin,
            credential_public_key=public.public,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except PasskeyError:
        raise
    except _UNREADABLE as error:
        raise PasskeyError("the passkey's assertion is not a signature of this message by this key") from error


def _is_es256(key: DecodedEC2PublicKey) -> bool:
    return key.alg == COSEAlgorithmIdentifier.ECDSA_SHA_256 and key.crv == COSECRV.P256


def _refuse_frames(client: Any) -> None:
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise PasskeyError("the passkey was used in a frame inside a page of another origin")
