"""Data keys: one for each encrypted file of the vault, kept wrapped by the master key.  A door to cryptography.

It encrypts no data; the engine does, with the keys it is given.  Rules:

* a data key is 32 random bytes; it is wrapped with AES-256-GCM, and its name is authenticated with it, so that a
  wrapped key cannot stand under another name;
* the master key is a file that only its owner can read; it is never in the database, and never shown;
* destroying a key overwrites and deletes its row; after the commit, `Store.scrub` overwrites what the database's files
  still hold of it.  Its name stays as destroyed and is never used again.
"""

import base64
import json
import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.store.errors import AlreadyThereError, KeyDestroyedError, MasterKeyError, UnknownError, ValueRefusedError
from hub.store.tables import destroyed_keys, vault_keys
from hub.store.transaction import Reading, Transaction

_HEADER = b"hub-master-key/1\n"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKey:
    """The key that wraps every data key."""

    __slots__ = ("_cipher",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise MasterKeyError("a master key has 32 bytes")
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return "MasterKey(…)"

    def __reduce__(self) -> str:
        raise MasterKeyError("a master key is not copied or written down")

    @classmethod
    def create(cls, path: Path) -> "MasterKey":
        """A new key in a new file that only its owner can read; an existing file is left alone."""
        secret = secrets.token_bytes(_KEY_BYTES)
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise MasterKeyError(
                f"{path.name} is there already: a second master key could not open the vault"
            ) from None
        except OSError:
            raise MasterKeyError(f"{path.name} cannot be created: check its folder and its owner") from None
        with os.fdopen(file, "wb") as stream:
            stream.write(_HEADER + secret.hex().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> "MasterKey":
        """The key in a file that `create` made."""
        try:
            mode, content = path.stat().st_mode, path.read_bytes()
        except OSError:
            raise MasterKeyError(f"{path.name} cannot be read: check that it is there and whose it is") from None
        if stat.S_IMODE(mode) & 0o077:
            raise MasterKeyError(f"{path.name} can be read by others: give it the mode 0600 (chmod 600)")
        try:
            secret = bytes.fromhex(content.removeprefix(_HEADER).decode("ascii"))
        except ValueError:
            secret = b""
        if not content.startswith(_HEADER) or len(secret) != _KEY_BYTES:
            raise MasterKeyError(f"{path.name} is not a master key: restore it from its backup")
        return cls(secret)

    def wrap(self, key: bytes, *, name: str, nonce: bytes) -> bytes:
        """The nonce, then the encrypted key; a nonce is random and used once."""
        return nonce + self._cipher.encrypt(nonce, key, name.encode())

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """The key that was wrapped under this name."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise MasterKeyError(
                "the master key does not open this data key: it is another vault's, or the key was changed"
            ) from None


class Vault:
    """The data keys of one hub."""

    __slots__ = ("_master",)

    def __init__(self, master: MasterKey) -> None:
        self._master = master

    def __repr__(self) -> str:
        return "Vault(…)"

    def new_key(self, tx: Transaction, name: str) -> str:
        """Make and keep a data key under a name that was never used; 64 hexadecimal digits."""
        if not name:
            raise ValueRefusedError("a data key needs a name")
        if _wrapped(tx, name) is not None or _is_destroyed(tx, name):
            raise AlreadyThereError("a data key had this name before: give the new one another")
        key = tx.random(_KEY_BYTES)
        wrapped = self._master.wrap(key, name=name, nonce=tx.random(_NONCE_BYTES))
        tx.connection.execute(sa.insert(vault_keys).values(name=name, wrapped=wrapped))
        return key.hex()

    def key(self, tx: Reading, name: str) -> str:
        """The data key of this name, as 64 hexadecimal digits."""
        wrapped = _wrapped(tx, name)
        if wrapped is None:
            if _is_destroyed(tx, name):
                raise KeyDestroyedError("the data key was destroyed, and the data with it")
            raise UnknownError("there is no data key of this name")
        return self._master.unwrap(wrapped, name=name).hex()

    def destroy(self, tx: Transaction, name: str, *, at: datetime) -> None:
        """Overwrite and delete a data key for ever; call `Store.scrub` after the commit."""
        wrapped = _wrapped(tx, name)
        if wrapped is None:
            raise UnknownError("there is no data key of this name, or it was destroyed before")
        here = vault_keys.c.name == name
        tx.connection.execute(sa.update(vault_keys).where(here).values(wrapped=bytes(len(wrapped))))
        tx.connection.execute(sa.delete(vault_keys).where(here))
        tx.connection.execute(sa.insert(destroyed_keys).values(name=name, destroyed_at=at))


def _wrapped(tx: Reading, name: str) -> bytes | None:
    found = tx.connection.execute(sa.select(vault_keys.c.wrapped).where(vault_keys.c.name == name))
    return found.scalar_one_or_none()


def _is_destroyed(tx: Reading, name: str) -> bool:
    return bool(tx.connection.execute(sa.select(destroyed_keys.c.name).where(destroyed_keys.c.name == name)).all())


def new_token_key() -> bytes:
    """A private P-256 key as a JWK: what the hub signs access tokens with; it is no data key and opens nothing."""
    private = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = private.public_numbers
    parts = {"x": public.x, "y": public.y, "d": private.private_value}
    key = {name: base64.urlsafe_b64encode(part.to_bytes(32)).rstrip(b"=").decode() for name, part in parts.items()}
    return json.dumps({"kty": "EC", "crv": "P-256", **key}).encode()
