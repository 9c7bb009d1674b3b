"""What can go wrong when the hub remembers or recalls something.

Each kind says what a person can do.  None carries a statement, a parameter, an engine's message or a stored value.
"""

from typing import ClassVar

from hub.errors import ConflictError, HubError, InvalidError, NotFoundError, UnavailableError


class StoreError(HubError):
    """The store cannot do what was asked."""

    title: ClassVar[str] = "The store cannot do this"


class StoreBusyError(StoreError, UnavailableError):
    """Others held the write lock for too long, or readers kept the store from tidying up."""

    title: ClassVar[str] = "The store is busy"


class StoreFailedError(StoreError, UnavailableError):
    """The database refused or failed; its own words stay in its own log."""

    title: ClassVar[str] = "The database failed"


class StoreVersionError(StoreError):
    """The database was laid out by another version of the hub."""

    title: ClassVar[str] = "The database is of another version"


class ValueRefusedError(StoreError, InvalidError):
    """A value cannot be remembered: not a whole number in range, not an instant in UTC, not a name."""

    title: ClassVar[str] = "The value cannot be remembered"


class AlreadyThereError(StoreError, ConflictError):
    """Something else stands under the same name already."""

    title: ClassVar[str] = "Something else stands under this name"


class UnknownError(StoreError, NotFoundError):
    """The store holds nothing under this name."""

    title: ClassVar[str] = "The store holds no such thing"


class DifferentRequestError(StoreError, ConflictError):
    """The same idempotency key, or the same request id, came with another content."""

    title: ClassVar[str] = "This key was used for another request"


class JournalBrokenError(StoreError):
    """The journal, or what it vouches for, was changed behind the hub's back; `index` is the first bad entry.

    `index` is None when no single entry is bad: a row stands in the ledger of which the journal knows nothing.
    """

    title: ClassVar[str] = "The journal is broken"

    def __init__(self, sentence: str, *, index: int | None) -> None:
        """The sentence is completed with the place and with what to do."""
        place = "" if index is None else f" (journal entry {index})"
        super().__init__(f"{sentence}{place}: answer nothing, keep a copy of the database, and restore a backup")
        self.index = index


class ClockError(StoreError, UnavailableError):
    """The clock of this machine runs behind what the journal has already seen."""

    title: ClassVar[str] = "The clock was set back"


class WrongSecretError(StoreError):
    """The client id is not known, or its secret is not the one that was given; never which of the two."""

    title: ClassVar[str] = "The client id or its secret is wrong"


class MasterKeyError(StoreError):
    """The master key's file is missing, readable by others or damaged, or it is not the key of this vault."""

    title: ClassVar[str] = "The master key cannot be used"


class KeyDestroyedError(StoreError):
    """The data key was destroyed, and with it the data; there is no way back."""

    title: ClassVar[str] = "The data were destroyed"
