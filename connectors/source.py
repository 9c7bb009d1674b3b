"""What every source offers: one reading of an export, with an account of each of its records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from connectors.account import Account
from connectors.records import Identity, Row

Tell = Callable[[str], None]
"""Told one line of progress at a time; never told a record's content."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that an export yielded: identities by the source's own identifier, rows about them, and the account."""

    identities: Mapping[str, Identity] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    account: Account


class Source(Protocol):
    """An export that can be read, whole, any number of times."""

    def read(self, tell: Tell) -> Reading:
        """Read everything; raises SourceError when the export as a whole cannot be trusted."""
