"""Collects the fate of every record of one source file while it is read, and holds each record to exactly one.

It does not decide a fate.  Rules: a record is announced before it is settled; it is settled once; records that share a
key are settled together at the end, when it is known which of them is the latest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from connectors.account import FileAccount
from connectors.errors import AccountError
from connectors.reasons import Reason

_SHOWN = 20
"""Rejected lines of one file that are named one by one; the others are only counted."""

Finding = TypeVar("Finding")


class Tally:
    """The fates of one file's records, by the line on which each begins."""

    __slots__ = ("_accepted", "_duplicates", "_open", "_rejected", "_used", "kind", "name")

    def __init__(self, name: str, kind: str) -> None:
        """Count the file called `name`, which holds records of one `kind`."""
        self.name = name
        self.kind = kind
        self._open: set[int] = set()
        self._accepted = 0
        self._used = 0
        self._duplicates = 0
        self._rejected: list[tuple[int, Reason]] = []

    def announce(self, line: int) -> None:
        """A record begins on this line."""
        self._open.add(line)

    def accept(self, line: int, *, used: bool = True) -> None:
        """The record was understood; `used` when it told something about a person who is delivered."""
        self._settle(line)
        self._accepted += 1
        self._used += used

    def reject(self, line: int, reason: Reason) -> None:
        """The record was left out."""
        self._settle(line)
        self._rejected.append((line, reason))

    def duplicate(self, line: int) -> None:
        """Another record of this export is about the same thing, and later."""
        self._settle(line)
        self._duplicates += 1

    def _settle(self, line: int) -> None:
        if line not in self._open:
            raise AccountError(f"{self.name} line {line}: the record has two fates; please report this")
        self._open.remove(line)

    def close(self) -> FileAccount:
        """The file's account; a record that was announced and has no fate fails the run."""
        rejected = Counter(reason for _, reason in self._rejected)
        return FileAccount(
            name=self.name,
            kind=self.kind,
            announced=self._accepted + self._duplicates + len(self._rejected) + len(self._open),
            accepted=self._accepted,
            used=self._used,
            duplicate=self._duplicates,
            rejected=dict(sorted(rejected.items())),
            lines=tuple(sorted(self._rejected)[:_SHOWN]),
        )


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Finding]):
    """A record that may be the latest of its key: where it stands and what it says."""

    tally: Tally
    line: int
    changed: str
    finding: Finding


class Latest(Generic[Finding]):
    """Keeps, of all records with one key, the one that changed last; of equals, the one that was read last."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: dict[str, Candidate[Finding]] = {}

    def offer(self, key: str, candidate: Candidate[Finding]) -> None:
        """Keep the candidate, or settle it as a duplicate of what is kept; the loser has its fate at once."""
        kept = self._kept.get(key)
        if kept is not None and candidate.changed < kept.changed:
            candidate.tally.duplicate(candidate.line)
            return
        if kept is not None:
            kept.tally.duplicate(kept.line)
        self._kept[key] = candidate

    def items(self) -> Iterator[tuple[str, Candidate[Finding]]]:
        """What was kept, by key; the caller settles each."""
        return iter(self._kept.items())

    def values(self) -> Iterator[Candidate[Finding]]:
        """What was kept, without the keys; the caller settles each."""
        return iter(self._kept.values())
