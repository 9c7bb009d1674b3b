"""Which key speaks for whom, for what, and when.  The door to cryptography for signatures.

It keeps no file and asks no clock.  Rules:

* a key's id is the first 32 hexadecimal digits of SHA-256 of its public bytes, so no other key can take the id;
* an entry names one party, one person and what the key may sign; a key has one entry in a keyring;
* a key is good from `valid_from` until `retired_at`; at `retired_at` itself it is refused;
* what does not verify raises; nothing returns False.
"""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agreements import document, instants, passkey, wording
from agreements.errors import AgreementError

_KEY_ID_LENGTH = 32
_ED25519_LENGTH = 32
_SCHEMA = "hub.keyring/1"


class SigningKeyError(AgreementError):
    """A key or a keyring cannot be accepted; the base of what can be wrong with a signature's key."""


class UnknownKeyError(SigningKeyError):
    """The keyring does not know the key."""


class RetiredKeyError(SigningKeyError):
    """The key was not valid at that instant."""


class WrongUseError(SigningKeyError):
    """The key may not sign this kind of document."""


class BadSignatureError(SigningKeyError):
    """The signature is not this key's over these bytes."""


class KeyUse(StrEnum):
    """What a key may sign."""

    AGREE = "agree"  # statements about agreements
    DELIVER = "deliver"  # deliveries of a custodian's connector
    RELEASE = "release"  # releases of the hub


class Algorithm(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"  # a key in a file
    PASSKEY = "passkey"  # a WebAuthn authenticator in a person's hand


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: 32 bytes of Ed25519, or a passkey's COSE key with its site and origin."""

    key_id: str
    algorithm: Algorithm
    public: bytes
    rp_id: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        """Refuse an id that is not the key's own, and a key that its algorithm cannot use."""
        if self.key_id != key_id(self.public):
            raise SigningKeyError(f"{self.key_id}: the id of this key is {key_id(self.public)}")
        if self.algorithm is Algorithm.PASSKEY:
            passkey.check_key(self.public)
            wording.check_text(self.rp_id, "rp_id")
            wording.check_text(self.origin, "origin")
        elif len(self.public) != _ED25519_LENGTH or self.rp_id or self.origin:
            raise SigningKeyError(f"{self.key_id}: an Ed25519 key has {_ED25519_LENGTH} bytes, and no site or origin")


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """Whose key it is, what it may sign, and when it was valid."""

    key: PublicKey
    party: str
    person: str
    title: str
    uses: frozenset[KeyUse]
    valid_from: datetime
    retired_at: datetime | None

    def __post_init__(self) -> None:
        """Refuse an entry without a use, a person or a time."""
        wording.check_id(self.party, "party")
        wording.check_id(self.person, "person")
        wording.check_text(self.title, "title")
        if not self.uses:
            raise SigningKeyError(f"{self.key.key_id}: say what the key may sign")
        instants.check(self.valid_from, "valid_from")
        if self.retired_at is not None:
            instants.check(self.retired_at, "retired_at")
            if self.retired_at <= self.valid_from:
                raise SigningKeyError(f"{self.key.key_id}: a key is retired after it becomes valid")


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key that is known, sorted by id whatever the order given."""

    entries: tuple[KeyEntry, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a key with two entries."""
        ordered = tuple(sorted(self.entries, key=lambda entry: entry.key.key_id))
        for before, after in itertools.pairwise(ordered):
            if before.key.key_id == after.key.key_id:
                raise SigningKeyError(f"{after.key.key_id}: a key has one entry in a keyring")
        object.__setattr__(self, "entries", ordered)

    def entry(self, key_id: str) -> KeyEntry:
        """The entry of the key, or `UnknownKeyError`."""
        for entry in self.entries:
            if entry.key.key_id == key_id:
                return entry
        raise UnknownKeyError(f"the key {key_id} is not in the keyring; enrol it, or sign with a key that is")

    def verify(self, key_id: str, message: bytes, signature: bytes, *, use: KeyUse, at: datetime) -> KeyEntry:
        """Whose signature of `message` this is; refuses a key of another use, or one not valid at `at`."""
        entry = self.entry(key_id)
        if use not in entry.uses:
            raise WrongUseError(f"the key {key_id} may sign for {_words(entry.uses)}, not for {use.value}")
        if at < entry.valid_from or (entry.retired_at is not None and at >= entry.retired_at):
            raise RetiredKeyError(f"the key {key_id} was not valid at {at.isoformat()}; sign with a current key")
        _check_signature(entry.key, message, signature)
        return entry

    def with_entry(self, entry: KeyEntry) -> "Keyring":
        """The same keyring with one more key."""
        return Keyring((*self.entries, entry))

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        return document.to_bytes(self, schema=_SCHEMA)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Keyring":
        """Read canonical bytes; an unknown field refuses."""
        return document.from_bytes(cls, data, schema=_SCHEMA)


class Signer:
    """An Ed25519 key that signs.  Its repr and its copies tell nothing of the private part."""

    __slots__ = ("_private", "public_key")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.public_key = PublicKey(key_id(public), Algorithm.ED25519, public)

    @classmethod
    def generate(cls) -> "Signer":
        """A new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes) -> "Signer":
        """Read an unencrypted PKCS #8 PEM."""
        try:
            private = serialization.load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SigningKeyError("the signing key is not an unencrypted PKCS #8 PEM") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise SigningKeyError("the signing key is not an Ed25519 key")
        return cls(private)

    def to_pem(self) -> bytes:
        """Unencrypted PKCS #8 PEM: keep it in a file that only its owner may read."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def key_id(self) -> str:
        """The id of the public key."""
        return self.public_key.key_id

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"Signer({self.key_id})"


def key_id(public: bytes) -> str:
    """The id of a public key: the first 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:_KEY_ID_LENGTH]


def _check_signature(key: PublicKey, message: bytes, signature: bytes) -> None:
    try:
        if key.algorithm is Algorithm.PASSKEY:
            passkey.verify(key, message=message, assertion=signature)
        else:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, passkey.PasskeyError) as error:
        raise BadSignatureError(f"the signature is not that of the key {key.key_id} over this document") from error


def _words(uses: frozenset[KeyUse]) -> str:
    return " and ".join(sorted(use.value for use in uses))
