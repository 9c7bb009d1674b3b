"""Identity to linkage tokens, and a source's identifier to a number: all that leaves of who a person is.

It decides nothing about what is compared; `compounds` does.  Rules:

* a token is HMAC-SHA256 of a compound under a key of its kind, cut to 63 bits;
* the key of a kind comes by HKDF from the linkage secret, the memorandum, its epoch, the kind and the version of the
  normalisation, so that tokens of two agreements, epochs, kinds or versions never agree;
* every person has the same number of tokens of each kind; those that stand for nothing are random and used once;
* no error and no representation holds a value, a token or a key.
"""

import hashlib
import hmac
import struct
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from connectors import token_kinds
from connectors.compounds import compounds
from connectors.errors import ConnectorError
from connectors.records import Identity
from connectors.token_kinds import PLACES, Kind

TOKENS_VERSION: Final = token_kinds.TOKENS_VERSION
"""Stands in every delivery's manifest; tokens of two versions are never compared."""

_SECRET_BYTES = 32
_TOKEN_BYTES = 8
_ALL_PLACES = sum(PLACES.values())
_BLOCK_BYTES = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class _Key:
    """HMAC-SHA256 under one key (RFC 2104), with both key blocks hashed beforehand: tokens are made by the million."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner: Any = hashlib.sha256(block.translate(_INNER))
        self._outer: Any = hashlib.sha256(block.translate(_OUTER))

    def token(self, text: str) -> int:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return _cut(outer.digest())


def tokens(
    identity: Identity, *, secret: bytes, agreement: str, random: Callable[[int], bytes], epoch: int = 1
) -> tuple[tuple[int, int], ...]:
    """A person's tokens as (kind, token), in the order of kinds, as many for everybody.

    `secret` is the linkage secret of the memorandum whose id is `agreement`; `random` gives that many random bytes.
    """
    keys = _keys(secret, agreement, epoch)
    known = compounds(identity)
    unused = iter(struct.iter_unpack(">Q", random(_TOKEN_BYTES * _ALL_PLACES)))
    made: list[tuple[int, int]] = []
    for kind, places in PLACES.items():
        texts = known.get(kind, ())
        made += [(kind.value, keys[kind].token(text)) for text in texts]
        made += [(kind.value, number >> 1) for (number,) in islice(unused, places - len(texts))]
    return tuple(made)


def record_number(source_id: str, *, key: bytes) -> int:
    """The number under which a person leaves: 63 bits of HMAC-SHA256 of the source's identifier."""
    if len(key) < _SECRET_BYTES:
        raise ConnectorError(f"a record key has at least {_SECRET_BYTES} random bytes")
    return _cut(hmac.digest(key, source_id.encode("utf-8", "surrogatepass"), "sha256"))


@lru_cache(maxsize=2)
def _keys(secret: bytes, agreement: str, epoch: int) -> dict[Kind, _Key]:
    """The key of every kind; the last two sets are kept, because a pull asks for one set thousands of times."""
    if len(secret) != _SECRET_BYTES:
        raise ConnectorError(f"a linkage secret has {_SECRET_BYTES} random bytes; ask the memorandum's parties for it")
    return {kind: _Key(_derived(secret, agreement, epoch=epoch, kind=kind)) for kind in Kind}


def _derived(secret: bytes, agreement: str, *, epoch: int, kind: Kind) -> bytes:
    info = "\x1f".join((agreement, str(epoch), kind.name, TOKENS_VERSION)).encode()
    return HKDF(algorithm=SHA256(), length=_SECRET_BYTES, salt=None, info=info).derive(secret)


def _cut(digest: bytes) -> int:
    return int.from_bytes(digest[:_TOKEN_BYTES], "big") >> 1
