"""The hash chain of the journal: what an entry is, and what its hash covers.  Pure.

It stores nothing.  Rules:

* an entry has a public body, which anybody may read, and a private one, of which the public sees only
  SHA-256(salt || private body): without the salt nobody can try guesses;
* the hash of an entry is SHA-256(hash of the one before || canonical bytes of its index, instant, kind, public body and
  that commitment); the first follows 32 zero bytes;
* entries count from 1, so the index of the last is the journal's size;
* a private body can be shown, or be lost, without a change to the chain.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agreements import canonical, instants
from hub.store.errors import ValueRefusedError

NO_HASH = "00" * 32
"""What the first entry follows."""

SALT_BYTES = 32

_KIND = re.compile(r"[a-z]+(-[a-z]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the journal at some moment: its size and the hash of its last entry."""

    index: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the journal, as the public may read it."""

    index: int
    at: datetime
    kind: str
    public: Mapping[str, Any]
    private_sha256: str
    hash: str = field(compare=False)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueRefusedError("the kind of a journal entry is written in small letters and hyphens")

    @property
    def head(self) -> Head:
        """The journal's end when this entry was its last."""
        return Head(self.index, self.hash)


def link(previous: str, *, index: int, at: str, kind: str, public: bytes, private_sha256: str) -> str:
    """The hash of an entry that follows `previous`; `public` is canonical JSON, `at` is written by `moment`."""
    covered = canonical.encode(
        {
            "at": at,
            "index": index,
            "kind": kind,
            "private_sha256": private_sha256,
            "public": canonical.decode(public),
        }
    )
    return hashlib.sha256(bytes.fromhex(previous) + covered).hexdigest()


def commitment(salt: bytes, private: bytes) -> str:
    """What the public sees of a private body."""
    return hashlib.sha256(salt + private).hexdigest()


def moment(at: datetime) -> str:
    """An instant as the journal writes it: whole seconds, the fraction dropped."""
    return instants.write(at.replace(microsecond=0))
