"""Bytes sealed to one reader: whoever holds the reader's public key can seal, only the reader can open.

It tells nothing of who sealed; deliveries are signed for that.  A door to cryptography.  Rules:

* X25519 with a fresh ephemeral key, HKDF-SHA256 over the shared secret and both public keys, then AES-256-GCM;
* the format's name and both public keys are authenticated with the data; any changed byte refuses;
* a key derived for one sealing is used once, so its nonce can be constant.
"""

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agreements.errors import AgreementError

_MAGIC = b"hub-sealed/1\n"
_PUBLIC_LENGTH = 32
_TAG_LENGTH = 16
_NONCE = bytes(12)


class SealError(AgreementError):
    """Bytes cannot be sealed or opened."""


class SealingKey:
    """The reader's X25519 key.  Its repr tells nothing of the private part."""

    __slots__ = ("_private", "public")

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "SealingKey":
        """A new key from the operating system's randomness."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes) -> "SealingKey":
        """Read an unencrypted PKCS #8 PEM."""
        try:
            private = serialization.load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SealError("the sealing key is not an unencrypted PKCS #8 PEM") from error
        if not isinstance(private, X25519PrivateKey):
            raise SealError("the sealing key is not an X25519 key")
        return cls(private)

    def to_pem(self) -> bytes:
        """Unencrypted PKCS #8 PEM: keep it in a file that only its owner may read."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed to this key."""
        head = len(_MAGIC) + _PUBLIC_LENGTH
        if not sealed.startswith(_MAGIC) or len(sealed) < head + _TAG_LENGTH:
            raise SealError("these are not sealed bytes of a format that is known here")
        ephemeral = sealed[len(_MAGIC) : head]
        context = _MAGIC + ephemeral + self.public
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
            return AESGCM(_key(shared, context)).decrypt(_NONCE, sealed[head:], context)
        except (InvalidTag, ValueError) as error:
            raise SealError("the sealed bytes were changed, or were sealed to another key") from error

    def __repr__(self) -> str:
        return f"SealingKey({self.public.hex()})"


def seal(data: bytes, recipient_public: bytes) -> bytes:
    """`data` sealed to the reader whose X25519 public key (32 bytes) is given; at most 2^31 - 1 bytes."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    context = _MAGIC + public + recipient_public
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient_public))
        return _MAGIC + public + AESGCM(_key(shared, context)).encrypt(_NONCE, data, context)
    except (ValueError, OverflowError) as error:
        raise SealError("the reader's public key is no X25519 key, or the data are too large to seal") from error


def _key(shared: bytes, context: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=context).derive(shared)
